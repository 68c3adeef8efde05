"""A file that would grow without bound in memory or time is refused while it is still small."""

import tracemalloc
from pathlib import Path

import pytest

from gancli import recipe
from gancli.errors import RecipeError
from gancli.recipe import strict_yaml

# Each grows by two or nine at every level: read to its end, none of them would let the tests end.
MERGES = "".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}\n" for n in range(1, 60))
LAUGHS = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 40))

BOMBS = {
    "merge keys": f"m0: &m0 {{a: 1}}\n{MERGES}",
    "a billion laughs": f"l0: &l0 lol\n{LAUGHS}",
    "an alias of itself": "a: &a [*a, *a]",
    "60,000 brackets": "a: " + "[" * 60_000,
    "60,000 braces": "{" * 60_000,
    "30,000 dashes": "- " * 30_000,
    "30,000 question marks": "? " * 30_000,
    "500 deep, and closed": "a: " + "[" * 500 + "]" * 500,
    "30,000 entries": "a: [" + "1," * 30_000 + "]",
    "8,000 keys": "".join(f"k{n}: \n" for n in range(8_000)),
    "a megabyte of remarks": "#" * 2**20,
    "a long number": "a: " + "9" * 60_000,
    "a long exponent": "a: 1e" + "9" * 60_000,
    "a word of 65,536 letters": "a" * 65_536,
    "65,536 quotes": "'" * 65_535,
    "indented by 99999999999": "a: |99999999999\n x",
    "a tag that calls": "a: !!python/object/apply:time.sleep [1000000]",
    "two documents": "a: 1\n---\n" * 5_000,
}


@pytest.mark.parametrize("text", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_refused_within_32_megabytes(text: str) -> None:
    raw = text.encode()
    tracemalloc.start()
    try:
        with pytest.raises(RecipeError, match=r"^r\.yaml:\d+:\d+: "):
            strict_yaml.read(raw, "r.yaml")
        assert tracemalloc.get_traced_memory()[1] < 32 * 2**20
    finally:
        tracemalloc.stop()


def test_of_a_file_of_terabytes_no_more_is_read_than_a_recipe_has() -> None:
    with Path("r.yaml").open("wb") as file:
        file.truncate(2**40)  # all of it a hole
    tracemalloc.start()
    try:
        with pytest.raises(RecipeError, match="at most 65536"):
            recipe.load("r.yaml")
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_what_is_just_within_the_limits_is_read() -> None:
    level = strict_yaml.MAX_DEPTH - 2  # the mapping, and the innermost list's own value
    assert strict_yaml.read(f"a: {'[' * level}1{']' * level}".encode(), "f").values
    numbers = strict_yaml.MAX_NODES - 3  # the mapping, its key and its list
    assert len(strict_yaml.read(f"a: [{'1, ' * numbers}]".encode(), "f").values["a"]) == numbers
    assert strict_yaml.read(("a: 1 #" + "x" * (strict_yaml.MAX_BYTES - 6)).encode(), "f").values == {"a": 1}
    assert strict_yaml.read(f"a: {'9' * strict_yaml.MAX_DIGITS}".encode(), "f").values == {"a": 10**19 - 1}


@pytest.mark.parametrize(
    "text",
    [
        f"a: {'[' * strict_yaml.MAX_DEPTH}{']' * strict_yaml.MAX_DEPTH}",
        f"a: [{'1, ' * (strict_yaml.MAX_NODES - 2)}]",
        "a: 1 #" + "x" * (strict_yaml.MAX_BYTES - 5),
        f"a: {'9' * (strict_yaml.MAX_DIGITS + 1)}",
    ],
    ids=["depth", "values", "bytes", "digits"],
)
def test_what_is_just_beyond_them_is_not(text: str) -> None:
    with pytest.raises(RecipeError):
        strict_yaml.read(text.encode(), "f")
