"""Whatever a file and overrides say, it is a recipe that loads back as itself, or a RecipeError."""

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gancli import recipe
from gancli.errors import RecipeError
from gancli.recipe import Recipe, strict_yaml
from tests.recipe.invalid import LEAST, SHIPPED

SIZES = [
    pytest.param(500, id="quick"),
    pytest.param(5_000, id="full", marks=pytest.mark.full),
    pytest.param(125_000, id="night", marks=pytest.mark.night),
]
VALUES = [strict_yaml.read(text.encode(), "f").values for text in SHIPPED.values()]
NUMBERS = [
    "2e-4",
    "1E400",
    "1e-999",
    "-0",
    "1_000",
    "007",
    ".5",
    "1.",
    "0x1",
    "12:30",
    ".inf",
    "-.inf",
    ".nan",
    "9" * 25,
]
WORDS = ["adam", "r1", "mlp", "dcgan", "cgan", "folder", "yes", "null", "true", "name", "cuda:1", "\x85", "\ufeff"]
KEYS = [*Recipe.model_fields, "schema", "name", "lr", "from", "to", "generator", "dim", "steps", "0", "é", "", "self"]
SPECIAL = "ab:-?{}[],&*!|>'\"%@`#~<= \t\n\r\\u0129.e\ufeff\x85\u2028\0"

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.sampled_from(WORDS + NUMBERS)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A shipped recipe with some keys dropped, renamed, added, or given another value."""
    tree = copy.deepcopy(draw(st.sampled_from(VALUES)))
    for _ in range(draw(st.integers(1, 4))):
        part: Any = tree
        while isinstance(part, dict | list) and part:
            keys = sorted(part) if isinstance(part, dict) else range(len(part))
            key: Any = draw(st.sampled_from(keys))
            if not isinstance(part[key], dict | list) or draw(st.booleans()):
                break
            part = part[key]
        else:
            continue
        change = draw(st.sampled_from(["drop", "rename", "replace", "replace", "add"]))
        kept = part.pop(key) if change in ("drop", "rename") else part[key]
        if change == "replace":
            part[key] = draw(values)
        elif change != "drop" and isinstance(part, dict):
            part[draw(st.sampled_from(KEYS))] = kept if change == "rename" else draw(values)
    return strict_yaml.dump(tree).encode(errors="surrogatepass")


@st.composite
def edited(draw: st.DrawFn) -> bytes:
    """The text of a shipped recipe with lines repeated, moved and cut, and odd characters put in."""
    text = draw(st.sampled_from(list(SHIPPED.values())))
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    for _ in range(draw(st.integers(0, 2))):
        lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(lines)))
    text = "".join(lines)
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 5))
        text = text[:start] + draw(st.text(SPECIAL, max_size=4) | st.sampled_from(NUMBERS)) + text[start + length :]
    return text.encode(errors="surrogatepass")


anything = st.binary(max_size=200) | st.text(SPECIAL, max_size=60).map(str.encode)
overrides = st.lists(
    st.builds(
        "{}={}".format,
        st.lists(st.sampled_from(KEYS) | st.text(max_size=3), min_size=1, max_size=4).map(".".join),
        st.sampled_from(NUMBERS + WORDS) | st.text(SPECIAL, max_size=12) | values.map(str),
    )
    | st.text(max_size=12),
    min_size=1,
    max_size=3,
)


STRATEGIES = {
    "mutated": st.tuples(mutated(), st.just([])),
    "edited": st.tuples(edited(), st.just([])),
    "anything": st.tuples(anything, st.just([])),
    "overrides": st.tuples(st.just(LEAST.encode() + b"penalties: [r1]\noptimizer: {name: adam, lr: 1}\n"), overrides),
}


def read_twice(example: tuple[bytes, list[str]]) -> None:
    """Load a recipe as the command line does; what is accepted must come back unchanged from what it prints."""
    raw, arguments = example
    path = Path("r.yaml")
    path.write_bytes(raw)
    try:
        found = recipe.load(path, arguments)
    except RecipeError:
        return
    path.write_bytes(found.to_yaml().encode())
    again = recipe.load(path)
    assert repr(again.values()) == repr(found.values())
    assert again.to_yaml() == found.to_yaml()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("strategy", STRATEGIES.values(), ids=STRATEGIES)
def test_it_is_a_recipe_or_a_recipe_error(size: int, strategy: st.SearchStrategy[tuple[bytes, list[str]]]) -> None:
    settings(max_examples=size)(given(strategy)(read_twice))()
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]
