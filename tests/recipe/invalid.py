"""Invalid recipes: valid ones with a broken piece each, and what must be said of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.recipe.shipped import whole

LEAST = "dataset: ring\narchitecture: mlp\n"
SHIPPED = {path.stem: whole(path) for path in sorted((Path(__file__).parents[2] / "recipes").glob("*.yaml"))}
TOP = re.compile(r"^(\w+):", re.MULTILINE)

Found = Iterator[tuple[str | bytes, str, str]]  # the recipe, where its first problem is, and what must be said of it


@dataclass(frozen=True)
class Invalid:
    """A recipe that is refused at ``place`` with a line that contains ``says``."""

    kind: str
    text: bytes
    place: str  # line:column, or line: where the column is the parser's business
    says: str
    structural: bool  # not a YAML mapping, so that no key of it can be read


CASES: list[Invalid] = []


def kind(*, structural: bool = False) -> Callable[[Callable[[], Found]], Callable[[], Found]]:
    """Add what a generator yields to the cases, under the generator's name."""

    def add(cases: Callable[[], Found]) -> Callable[[], Found]:
        for text, place, says in cases():
            raw = text if isinstance(text, bytes) else text.encode()
            CASES.append(Invalid(cases.__name__, raw, place, says, structural))
        return cases

    return add


def third(lines: str, place: str, says: str) -> tuple[str, str, str]:
    """A recipe that is whole but for what begins on its third line."""
    return LEAST + lines + "\n", place, says
