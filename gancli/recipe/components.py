"""The components that a recipe names: whether they exist, and whether they take the options written beside them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pydantic import ValidationError

from gancli import registry
from gancli.errors import PluginError
from gancli.recipe.definitions import NO_AUGMENTATION, TERM_KEYS, Define, Definition
from gancli.recipe.missing import missing_place
from gancli.recipe.problems import Problem, described, problem_at
from gancli.recipe.schema import PLAYERS, is_name
from gancli.recipe.tree import Path, Tree

SECTIONS = ("dataset", "model", "architecture", "loss", "augmentation")  # with one component each
MAX_NESTED = 3  # datasets inside one another; more are a mistake, or an attack
TERMS = {"penalties": "penalty", "regularisers": "regulariser"}  # sections with a list of terms, and their kind
LISTED = TERMS | {"log": "logger"}
LISTS = {kind: section for section, kind in LISTED.items()}


@dataclass
class Named:
    """A component as written, before it is known to exist."""

    kind: str
    path: Path
    name: str
    options: dict[str, Any]
    defaults_into: dict[str, Any] | None  # the mapping that the component's own defaults are filled into

    def has_written_options(self, tree: Tree) -> bool:
        """Whether options are written beside the name; those of a default have no place."""
        return any((*self.path, option) in tree.places for option in self.options)

    def problems(self, tree: Tree, define: Define, *, import_it: bool) -> list[Problem]:
        """The problems of the name and of the options; if there are none, the component's defaults are filled in.

        Raises PluginError for a package that cannot be imported, or whose signature is of no use.
        """
        try:
            if self.kind != "optimizer" and (self.kind, self.name) != NO_AUGMENTATION:
                registry.find(self.kind, self.name)
            if not import_it:
                return []
            definition = define(self.kind, self.name)
        except LookupError as error:
            return [problem_at(tree, (*self.path, "name"), str(error.args[0]))]
        problems = [*self._dataset_problems(tree, definition, define), *self._option_problems(tree, definition)]
        if not problems and self.defaults_into is not None:
            for option, default in defaults(definition).items():
                self.defaults_into.setdefault(option, default)
        return problems

    def _dataset_problems(self, tree: Tree, definition: Definition, define: Define) -> Iterator[Problem]:
        """The problems of the datasets among a dataset's options, which are written out."""
        for option in definition.datasets:
            if self.defaults_into is None or option not in self.options:
                continue
            expand_datasets(self.defaults_into, definition)
            self.options[option], path = self.defaults_into[option], (*self.path, option)
            if len(path) > 1 + MAX_NESTED:
                yield problem_at(tree, path, f"found more than {MAX_NESTED} datasets inside one another")
                continue
            for dataset in _component("dataset", path, self.options[option]):
                yield from dataset.problems(tree, define, import_it=True)

    def _option_problems(self, tree: Tree, definition: Definition) -> list[Problem]:
        try:
            definition.typed(self.options)
        except ValidationError as error:
            return [self._described(tree, definition, detail) for detail in error.errors()]
        return []

    def _described(self, tree: Tree, definition: Definition, detail: Any) -> Problem:
        if detail["type"] == "missing" and detail["loc"][0] in definition.places:
            return missing_place(tree, (*self.path, *detail["loc"]))
        return described(tree, self.path, detail, [*definition.options, *TERM_KEYS.get(self.kind, ())])


def expand_datasets(written: dict[str, Any], definition: Definition) -> None:
    """Write ``of: name`` out as ``of: {name: name}``."""
    for option in definition.datasets:
        if isinstance(name := written.get(option), str):
            written[option] = {"name": name}


def defaults(definition: Definition) -> dict[str, Any]:
    """The options that need not be written, as a recipe would write them.

    Raises PluginError for a default that no recipe can write.
    """
    found = {}
    for name, option in definition.options.items():
        if not option.required:
            found[name] = str(option.default) if isinstance(option.default, PurePath) else option.default
            try:
                json.dumps(found[name])
            except (TypeError, ValueError):
                raise PluginError(
                    f"{definition.plugin}: its option {name!r} has the default {option.default!r:.60}, which a recipe "
                    "cannot hold; expected a number, a text, true, false, None, or a list of these"
                ) from None
    return found


def named_components(tree: Tree) -> Iterator[Named]:
    """Every component that the recipe names with a word; anything else is refused by the schema."""
    values = tree.values
    for kind in SECTIONS:
        yield from _component(kind, (kind,), values.get(kind))
    yield from listed(tree, *LISTED)
    for path, options in optimizers(tree):
        # torch's own defaults stay torch's, so none are filled in; a ramp is checked by the number it starts from.
        numbers = {key: value.get("from", 0.0) if isinstance(value, dict) else value for key, value in options.items()}
        yield from _component("optimizer", path, numbers, fill_in=False)


def listed(tree: Tree, *sections: str) -> Iterator[Named]:
    """The components of sections with a list of them, such as the penalties."""
    for section in sections:
        written = tree.values.get(section)
        for index, component in enumerate(written if isinstance(written, list) else ()):
            yield from _component(LISTED[section], (section, index), component)


def optimizers(tree: Tree) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The shared block of the optimizer, then each player's, each with the name that holds for it."""
    optimizer = tree.values.get("optimizer")
    if isinstance(optimizer, dict):
        yield ("optimizer",), {key: value for key, value in optimizer.items() if key not in PLAYERS}
        for player in PLAYERS:
            if isinstance(own := optimizer.get(player), dict):
                yield ("optimizer", player), {"name": optimizer.get("name")} | own


def _component(kind: str, path: Path, written: Any, *, fill_in: bool = True) -> Iterator[Named]:
    if isinstance(written, dict) and is_name(written.get("name")):
        options = {key: value for key, value in written.items() if key not in ("name", *TERM_KEYS.get(kind, ()))}
        yield Named(kind, path, written["name"], options, written if fill_in else None)
