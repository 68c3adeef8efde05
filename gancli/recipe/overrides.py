"""Overrides: ``KEY=VALUE`` of the command line, put into a recipe's tree with the argument as the place."""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from gancli.errors import RecipeError
from gancli.recipe.components import LISTED, SECTIONS, expand_datasets
from gancli.recipe.definitions import Define
from gancli.recipe.problems import Problem
from gancli.recipe.schema import Recipe, is_name
from gancli.recipe.strict_yaml import parse
from gancli.recipe.tree import Path, Tree, undotted

ADDING = {f"{section}+": section for section in LISTED}  # log+=csv, which gan train --log csv stands for


def is_override(word: str) -> bool:
    """Whether a word of a command line is ``KEY=VALUE``; a path that has such a name is none."""
    return "=" in word and not os.path.exists(word)  # noqa: PTH110 - Path is another one here


def override(tree: Tree, overrides: Sequence[str], define: Define) -> list[Problem]:
    """Change the tree as the command line says, the defaults of its components filled in before.

    Returns a problem for every argument that cannot be carried out; the others are. Raises PluginError for a package
    that cannot be used, if an argument changes a dataset inside its dataset.
    """
    problems: list[Problem] = []
    # Written out, so that an override can change one key of a default.
    for section in ("model", "loss", "augmentation", "optimizer"):
        tree.values.setdefault(section, Recipe.model_fields[section].default.model_dump(mode="json"))
    expand(tree)
    for argument in overrides:
        key, equals, text = argument.partition("=")
        adds, key = key in ADDING, ADDING.get(key, key)
        path = undotted(key)
        if not equals or not all(key.split(".")) or not key.isprintable():
            problems.append(("", f"argument {argument!r}: expected KEY=VALUE, for example train.steps=100"))
            continue
        _expand_datasets_on(path, tree, define)
        try:
            place = f"--log {text}" if adds and key == "log" else f"argument {argument!r}"
            value = parse(text, place).values[""] if text.strip() else None
            tree.assign(path, _with(tree.values.get(key), value) if adds else value, place)
        except RecipeError as error:
            problems += [("", problem) for problem in error.problems]
        expand(tree)
    return problems


def _with(there: Any, new: Any) -> Any:
    """A list of components and one more, in the place of the one that has its name."""
    if not isinstance(there, list):
        return [new]
    name = _name(new)
    return [*(part for part in there if _name(part) != name), new]


def _name(component: Any) -> Any:
    return component.get("name") if isinstance(component, dict) else component


def expand(tree: Tree) -> None:
    """Write ``X: name`` out as ``X: {name: name}``."""
    values = tree.values
    for section in (*SECTIONS, "optimizer"):
        if isinstance(values.get(section), str):
            values[section] = {"name": values[section]}
    for section in LISTED:
        if isinstance(parts := values.get(section), list):
            values[section] = [{"name": part} if isinstance(part, str) else part for part in parts]


def _expand_datasets_on(path: Path, tree: Tree, define: Define) -> None:
    """Write ``of: name`` out wherever ``path`` goes on into its options, as that of ``dataset.of.size`` does."""
    written = tree.values.get("dataset") if path[0] == "dataset" else None
    for option in path[1:-1]:
        if not isinstance(written, dict):
            return
        name = written.get("name")
        if isinstance(name, str) and is_name(name) and isinstance(written.get(option), str):
            with suppress(LookupError):  # there is no such dataset, which is reported later
                expand_datasets(written, define("dataset", name))
        written = written.get(option)
