"""A recipe as plain values, with the place of every key."""

import re
from dataclasses import dataclass, field
from typing import Any

from gancli.errors import RecipeError

MAX_DEPTH = 12

Path = tuple[str | int, ...]


@dataclass
class Tree:
    """Plain values, and for every path of keys the place where it was written, as ``file:line:col``."""

    values: dict[str, Any]
    places: dict[Path, str] = field(default_factory=dict)

    def place(self, path: Path) -> str:
        """Where ``path`` was written, or the nearest thing above it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, "")

    def assign(self, path: Path, value: Any, place: str) -> None:
        """Set one value, creating mappings on the way.

        Raises RecipeError if ``path`` is deep or goes through something that has no keys.
        """
        if len(path) > MAX_DEPTH:
            raise RecipeError(f"{place}: a recipe is small; this key goes deeper than {MAX_DEPTH} levels")
        holder: Any = None
        here: Any = self.values
        at: Path = ()
        for part in path:
            try:
                key: Any = _key(here, part)
            except LookupError as error:
                raise RecipeError(f"{place}: {dotted(path)}: {error.args[0]}") from None
            at = (*at, key)
            if isinstance(here, dict) and key not in here:
                here[key], self.places[at] = {}, place
            holder, here = here, here[key]
        holder[at[-1]] = value
        self.places = {known: where for known, where in self.places.items() if known[: len(at)] != at} | {at: place}


def _key(holder: Any, part: str | int) -> str | int:
    """The key of ``part`` in a mapping or a list; raises LookupError where there can be none."""
    if isinstance(holder, dict):
        return str(part)
    if not isinstance(holder, list):
        raise LookupError(f"{part!r} cannot be inside {holder!r}, which has no keys of its own")
    if part not in range(len(holder)):
        raise LookupError(f"there is no entry {part} in a list of {len(holder)}")
    return part


def dotted(path: Path) -> str:
    """``("train", "steps")`` as ``train.steps``; letters that could pass for others are spelt out."""
    return ".".join(ascii(part)[1:-1] if isinstance(part, str) else str(part) for part in path)


def undotted(key: str) -> Path:
    """``train.steps`` as ``("train", "steps")``; a part that is a short number is an entry of a list."""
    return tuple(int(part) if re.fullmatch("[0-9]{1,4}", part) else part for part in key.split("."))
