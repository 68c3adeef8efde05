"""A problem of a recipe as one line: its place, its key, what was found, and what was expected."""

import json
import re
from collections.abc import Sequence
from typing import Any

from gancli.errors import plain
from gancli.names import suggestion
from gancli.recipe.schema import Recipe
from gancli.recipe.tree import Path, Tree, dotted

Problem = tuple[str, str]  # its place, and the whole line


def problem_at(tree: Tree, path: Path, text: str) -> Problem:
    """``text`` about a key, with the place where the key was written."""
    place = tree.place(path)
    return place, ": ".join(part for part in (place, dotted(path), text) if part)


def described(tree: Tree, prefix: Path, detail: Any, known: Sequence[str]) -> Problem:
    """One error of pydantic in our words."""
    path = (*prefix, *detail["loc"])
    # A union's members appear in pydantic's path; only keys that were written have a place.
    while len(path) > len(prefix) + 1 and path not in tree.places and detail["type"] != "missing":
        path = path[:-1]
    if detail["type"] == "extra_forbidden":
        hint = suggestion(str(path[-1]), known) or f"; available: {', '.join(sorted(known)) or 'no options'}"
        return problem_at(tree, path, f"unknown key{hint}")
    if detail["type"] == "missing":
        wanted = f"{path[-1]}: …" if isinstance(path[-1], str) else "one more value"
        return problem_at(tree, path, f"missing; expected {wanted}")
    expected = _expected(path, detail)
    return problem_at(tree, path, f"found {_shown(detail['input'])}, {expected[0].lower()}{expected[1:]}")


def _expected(path: Path, detail: Any) -> str:
    """What should stand there; of a section that somebody wants to be empty, how to write that."""
    if detail["type"] == "string_pattern_mismatch":
        return "expected auto, cpu, cuda, cuda:N or mps" if path[-1] == "device" else "expected the name of a component"
    if detail["type"] == "tuple_type":
        return "expected a list" + ", such as [NAME]; [] is the empty one" * (len(path) == 1)
    if detail["type"] == "model_type":
        if detail["ctx"]["class_name"] not in ("Component", "Term", "Optimizer"):
            return "expected keys with their values: {KEY: VALUE}; without this line, each has its default"
        return "expected a name, or {name: NAME, …}" + "; no augmentation is written none" * (path == ("augmentation",))
    return plain(detail["msg"])


def _shown(value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False, default=str)
    return shown if len(shown) <= 60 else shown[:57] + "…"


def known_keys(path: tuple[Any, ...]) -> list[str]:
    """The keys that the recipe's schema allows beside the last one of ``path``."""
    section: Any = Recipe
    for key in path[:-1]:
        field = getattr(section, "model_fields", {}).get(key)
        section = field.annotation if field else None
    return [field.alias or key for key, field in getattr(section, "model_fields", {}).items()]


def reading_order(problem: Problem) -> list[int]:
    """The line and the column; the command line's problems have neither, and come first."""
    return [int(number) for number in re.findall(r":(\d+)", problem[0])[-2:]]
