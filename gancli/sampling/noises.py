"""The noise of a picture in words: a seed, one image of a seed, or a sum of such; known before torch is imported."""

import re
from typing import NamedTuple

from gancli.errors import UsageError

TERM = re.compile(r"\s*([0-9]{1,19})(?::([0-9]{1,9}))?\s*")
EXPECTED = "expected a seed, as 1; an image of a seed, as 1:5; or a sum of such, as 1:5-2+3:7"
MAX_TERMS = 8


class Term(NamedTuple):
    """One image of a seed, counted from 0 as ``gan sample`` draws them, and its weight in a sum: 1 or -1."""

    weight: int
    seed: int
    image: int = 0


def terms(noise: int | str) -> list[Term]:
    """The terms of a noise: ``3`` is the first image of seed 3, ``3:5`` image 5 of it, ``1:5-2+3`` a sum.

    Raises UsageError for another text.
    """
    if isinstance(noise, int):
        return [Term(1, noise)]
    signs, parts = ["+", *re.findall(r"[+-]", noise)], re.split(r"[+-]", noise)
    matches = [TERM.fullmatch(part) for part in parts]
    if len(parts) > MAX_TERMS:
        raise UsageError(f"found a sum of {len(parts)} noises; at most {MAX_TERMS} are added")
    return [_term(sign, match, noise) for sign, match in zip(signs, matches, strict=True)]


def _term(sign: str, match: re.Match[str] | None, noise: str) -> Term:
    if match is None:
        raise UsageError(f"found {noise!r}, {EXPECTED}")
    return Term(-1 if sign == "-" else 1, int(match[1]), int(match[2] or 0))
