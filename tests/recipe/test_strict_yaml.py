"""Plain values only, with the place of every key; nothing but RecipeError may escape."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gancli.errors import RecipeError
from gancli.recipe import strict_yaml


def value(text: str) -> object:
    return strict_yaml.read(f"x: {text}\n".encode(), "f").values["x"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2e-4", 2e-4),
        ("1E3", 1000.0),
        (".5", 0.5),
        ("-1.", -1.0),
        ("007", 7),
        ("+3", 3),
        ("no", "no"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("null", None),
        ("1_000", "1_000"),
        ("0x10", "0x10"),
        ("12:30:45", "12:30:45"),
        ("2024-01-01", "2024-01-01"),
        ("'2e-4'", "2e-4"),
        ('"null"', "null"),
        ("<<", "<<"),
        ("=", "="),
        ("[1, [2.0, a]]", [1, [2.0, "a"]]),
        (".inf", math.inf),
        ("-.INF", -math.inf),
    ],
)
def test_scalars_of_yaml_1_2(text: str, expected: object) -> None:
    found = value(text)
    assert found == expected
    assert type(found) is type(expected)


def test_not_a_number_is_a_float() -> None:
    assert math.isnan(value(".nan"))


@pytest.mark.parametrize(
    ("raw", "place", "message"),
    [
        (b"a: 1\nb: 2\na: 3\n", "3:1", "'a' is repeated"),
        (b"a: {b: 1, b: 2}\n", "1:11", "'b' is repeated"),
        (b"a: 1\nb: &x 2\n", "2:4", "anchors and aliases"),
        (b"a: 1\nb: *x\n", "2:4", "anchors and aliases"),
        (b"a: &x {}\n", "1:4", "anchors and aliases"),
        (b"a:\n  <<: {b: 1}\n  <<: {c: 1}\n", "3:3", "is repeated"),
        (b"a: !!python/object:os.system {}\n", "1:4", "tags such as"),
        (b"a: !!str 3\n", "1:4", "tags such as"),
        (b"!!map {a: 1}\n", "1:1", "tags such as"),
        (b"a: 1\n---\nb: 2\n", "2:1", "not valid YAML"),
        (b"a:\n\tb: 1\n", "2:1", "not valid YAML"),
        (b"a: 1\nb: [1, 2\n", "3:1", "not valid YAML"),
        (b"a: 1\nb\x00: 2\n", "2:1", "which YAML forbids"),
        (b"a: 1\nb: \xff\xfe\n", "2:1", "not UTF-8"),
        (b"a: " + b"[" * 13 + b"]" * 13, "1:15", "deeper than 12 levels"),
        (b"a:\n- [" + b"1," * 2001 + b"]\n", "2:", "more than 2000 values"),
        (b"a: 1\nb: " + b"9" * 5000, "2:4", "number is too long"),
        (b"a: 1e" + b"9" * 400, "1:4", "number is too long"),
        (b"a: " + b"x" * 70_000, "1:1", "at most 65536"),
        (b"1: a\n", "1:1", "a key must be a word"),
        (b"a: 1\n[b]: a\n", "2:1", "a key must be a word"),
        (b"- a\n", "1:1", "found a list"),
        (b"hello\n", "1:1", "found a str"),
        (b"", "1:1", "found an empty file"),
        (b"# only a comment\n", "1:1", "found an empty file"),
        (b"\xff\xfea\x00:\x00", "1:1", "not UTF-8"),
    ],
)
def test_what_is_refused_and_where(raw: bytes, place: str, message: str) -> None:
    with pytest.raises(RecipeError) as caught:
        strict_yaml.read(raw, "r.yaml")
    (problem,) = caught.value.problems
    assert problem.startswith(f"r.yaml:{place}")
    assert message in problem


def test_a_byte_order_mark_is_no_part_of_the_first_key() -> None:
    assert strict_yaml.read(b"\xef\xbb\xbfa: 1\n", "f").values == {"a": 1}


def test_merge_keys_merge_nothing() -> None:
    assert strict_yaml.read(b"a: {<<: {b: 1}}\n", "f").values == {"a": {"<<": {"b": 1}}}


def test_every_key_has_its_place() -> None:
    tree = strict_yaml.read(b"a: 1\nb:\n  c: {d: 2}\n  e:\n  - 1\n  - f: 3\n", "f")
    assert tree.place(("a",)) == "f:1:1"
    assert tree.place(("b", "c", "d")) == "f:3:7"
    assert tree.place(("b", "e", 1, "f")) == "f:6:5"
    assert tree.place(("b", "e", 1, "not", "there")) == "f:6:5"
    assert tree.place(("nowhere",)) == "f:1:1"


def refusal(raw: bytes) -> str:
    """Why a file is refused; empty if it is not."""
    try:
        strict_yaml.read(raw, "f")
    except RecipeError as error:
        return str(error)
    return ""


words = st.text(max_size=12)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False)
    | words
    | st.sampled_from(
        ["no", "2e-4", "1.", "~", "null", "=", "<<", "1_0", "0o7", "2024-01-01", "- a", "a: b", "\x85", "\ufeff"]
    )
)
trees = st.dictionaries(
    words,
    st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=8
    ),
)


@given(trees)
@example({"x": "2e-4", "no": "true", "": ""})
@example({"1": 1e22, "2e-4": 5e-324, "null": [[]], "true": {}})
def test_what_is_dumped_reads_back_as_the_same_values(values: dict[str, object]) -> None:
    text = strict_yaml.dump(values)
    if refusal(text.encode()):
        # Characters that YAML forbids, and trees that are too deep, cannot be written at all.
        assert "YAML forbids" in refusal(text.encode()) or "deeper" in refusal(text.encode())
        return
    found = strict_yaml.read(text.encode(), "f").values
    assert found == values
    assert str(found) == str(values)  # 1 is not 1.0, nor True


@given(st.binary(max_size=200))
@example(b"a: \x85")
@example(b"? a\n: b")
@example(b"%YAML 9.9\n---\na: 1")
@example(b"a: !<x> 1")
@example(b'a: "\\ud800"')
@example(b'a: "\\U00110000"')
@example(b"a: 1e999")
@example(b"{" * 60_000)
@example(b"- " * 30_000)
@example(b"a: |99999999999\n x")
def test_bytes_from_a_stranger_raise_nothing_but_recipe_errors(raw: bytes) -> None:
    assert not refusal(raw) or refusal(raw).startswith("f:")


@given(st.text(alphabet="ab:-?{}[],&*!|>'\"%@#~<= \t\n\\u0129.e\ufeff", max_size=60))
def test_text_that_looks_like_yaml_raises_nothing_but_recipe_errors(text: str) -> None:
    assert not refusal(text.encode()) or refusal(text.encode()).startswith("f:")
