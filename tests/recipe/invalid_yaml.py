"""Recipes that are no mapping of plain values: each is refused by the reader of YAML, before torch is imported."""

from tests.recipe.invalid import LEAST, SHIPPED, TOP, Found, kind, third


@kind(structural=True)
def nothing() -> Found:
    yield from ((text, "1:1", "found an empty file") for text in ("", "\n\n", "# a remark\n", "---\n", "~\n"))


@kind(structural=True)
def a_scalar() -> Found:
    yield from ((text, "1:1", "a recipe is a mapping") for text in ("ring", "3", "true", "2e-4", "'dataset: ring'"))


@kind(structural=True)
def a_list() -> Found:
    yield from ((text, "1:1", "found a list") for text in ("- dataset: ring", "[ring, mlp]", "[]"))


@kind(structural=True)
def indented_by_tabs() -> Found:
    for section in ("train", "latent", "optimizer"):
        yield third(f"{section}:\n\tname: 1", "4:1", "cannot start any token")


@kind(structural=True)
def not_utf8() -> Found:
    yield LEAST.encode("utf-16"), "1:1", "not UTF-8"
    for raw in (b"\xff", b"seed: \xe9", b"# \xf0\x9f\x8e", b"\xc0\xaf", b"\xed\xa0\x80"):
        yield LEAST.encode() + raw, "3:1", "not UTF-8"


@kind(structural=True)
def forbidden_characters() -> Found:
    for character in "\0\1\a\b\x1b\x7f\x9b\ufffe":
        yield third(f"seed: {character}1", "3:1", "which YAML forbids")
    for escape in (r"\ud800", r"\udfff"):
        yield third(f'device: "{escape}"', "3:9", "half of a character")


@kind(structural=True)
def unterminated() -> Found:
    for piece in ("seed: [1", "seed: {a: 1", "seed: 'a", 'seed: "a', "seed: [1}", "seed: ]", '"seed', "{", "seed: @"):
        yield third(piece, "", "not valid YAML")


@kind(structural=True)
def several_documents() -> Found:
    for gap in ("---\n", "...\n---\n", "--- \n# more\n"):
        yield LEAST + gap + LEAST, "3:1" if gap.startswith("---") else "4:1", "not valid YAML"


@kind(structural=True)
def python_tags() -> Found:
    for tag in (
        "object/apply:os.system",
        "name:os.system",
        "module:os",
        "tuple",
        "object/new:type",
        "object:gancli.GAN",
    ):
        yield third(f"seed: !!python/{tag} [x]", "3:7", "are not allowed")


@kind(structural=True)
def other_tags() -> Found:
    for tag in ("!!str", "!!int", "!!binary", "!!set", "!!timestamp", "!mine", "!<x>", "!%1b%5b"):
        yield third(f"seed: {tag} 1", "3:7", "are not allowed")


@kind(structural=True)
def aliases() -> Found:
    yield third("seed: *nowhere", "3:7", "anchors and aliases")
    yield third("seed: &a 1", "3:7", "anchors and aliases")
    laughs = "\n".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 10))
    yield third(f"l0: &l0 lol\n{laughs}", "3:5", "anchors and aliases")
    yield third("seed: &a [*a]", "3:7", "anchors and aliases")


@kind(structural=True)
def merge_keys() -> Found:
    for depth in (1, 18, 60):
        doubled = "\n".join(f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}" for n in range(1, depth + 1))
        yield third(f"m0: &m0 {{a: 1}}\n{doubled}", "3:5", "anchors and aliases")


@kind(structural=True)
def deep() -> Found:
    for piece in ("[", "{a: ", "- ", "? "):
        for depth in (13, 500, 10_000):
            yield third(f"seed:\n {piece * depth}", "4:", "deeper than 12 levels")


@kind(structural=True)
def large() -> Found:
    yield LEAST + "#" * 2**16, "1:1", "at most 65536"
    yield b"x" * 10**6, "1:1", "at most 65536"
    yield third(f"seed: [{'1, ' * 2000}]", "3:", "more than 2000 values")
    yield LEAST + "".join(f"k{n}: 1\n" for n in range(1000)), "", "more than 2000 values"


@kind(structural=True)
def repeated_keys() -> Found:
    for text in SHIPPED.values():
        for key in TOP.findall(text):
            yield text + f"{key}: 1\n", f"{text.count(chr(10)) + 1}:1", f"the key {key!r} is repeated"
    yield third("train: {steps: 1, steps: 1}", "3:19", "'steps' is repeated")


@kind(structural=True)
def keys_that_are_no_words() -> Found:
    for key in ("1", "true", "null", "~", "2.5", "[a]", "{a: b}", ".inf", "? - a\n"):
        yield third(f"{key}: 1", "3:", "a key must be a word")


@kind(structural=True)
def long_numbers() -> Found:
    for number in ("9" * 5000, "-" + "9" * 20, "0." + "1" * 40, "1e" + "9" * 400, "9" * 5000 + ".0"):
        yield third(f"seed: {number}", "3:7", "the number is too long")
