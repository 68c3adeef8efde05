"""The components that a recipe names: whether they exist, and whether they take the options written beside them."""

import json
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, NotRequired, Required

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict  # pydantic asks for this one below Python 3.12

from gancli import registry
from gancli.recipe import strict_yaml
from gancli.recipe.problems import Problem, explain, problem_at
from gancli.recipe.schema import PLAYERS, Component, is_name
from gancli.recipe.strict_yaml import Tree

SUPPLIED = {  # what build fills in, and a recipe cannot
    "model": {"data", "architecture", "loss", "penalties", "regularisers", "augmentation", "latent"},
    "optimizer": {"params", "capturable", "differentiable"},  # no CUDA graphs, no gradients through a step
}


@dataclass
class Named:
    """A component as written, before it is known to exist."""

    kind: str
    path: strict_yaml.Path
    name: str
    options: dict[str, Any]
    defaults_into: dict[str, Any] | None  # the mapping that the component's own defaults are filled into

    def has_written_options(self, tree: Tree) -> bool:
        """Whether options stand beside the name; a default's have no place."""
        return any((*self.path, option) in tree.places for option in self.options)

    def problems(self, tree: Tree, *, import_it: bool) -> list[Problem]:
        """What is wrong with the name and the options; if nothing is, the component's defaults are filled in."""
        try:
            if self.kind != "optimizer":
                registry.find(self.kind, self.name)
            if not import_it:
                return []
            known = registry.options(registry.load(self.kind, self.name), SUPPLIED.get(self.kind, ()))
        except LookupError as error:
            return [problem_at(tree, (*self.path, "name"), str(error.args[0]))]
        problems = self._option_problems(tree, known)
        if not problems and self.defaults_into is not None:
            for option, about in known.items():
                if not about.required:
                    default = about.default
                    self.defaults_into.setdefault(option, str(default) if isinstance(default, PurePath) else default)
        return problems

    def _option_problems(self, tree: Tree, known: dict[str, registry.Option]) -> list[Problem]:
        try:
            _typed(self.options, known)
        except ValidationError as error:
            return [explain(tree, self.path, detail, list(known)) for detail in error.errors()]
        return []


_OPTIONS = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, arbitrary_types_allowed=True)


def typed_options(kind: str, component: Component) -> dict[str, Any]:
    """A checked component's options as the types of its signature: a list as the tuple that was annotated."""
    known = registry.options(registry.load(kind, component.name), SUPPLIED.get(kind, ()))
    return _typed(component.options, known)


def place_options(kind: str, component: Component) -> list[str]:
    """The options of a component that are places: annotated as paths.

    Where something lies is not what is trained, so a run may be gone on with, or judged, from another place.
    """
    known = registry.options(registry.load(kind, component.name), SUPPLIED.get(kind, ()))
    return [name for name, option in known.items() if _is_place(option.annotation)]


def _is_place(annotation: Any) -> bool:
    """Whether it is ``Path``, or holds it: ``Path | None``, ``tuple[Path, ...]``."""
    return annotation is Path or any(map(_is_place, typing.get_args(annotation)))


def _typed(options: dict[str, Any], known: dict[str, registry.Option]) -> dict[str, Any]:
    fields = {name: (Required if it.required else NotRequired)[it.annotation] for name, it in known.items()}
    make: Any = TypedDict  # the type checker knows only those that are written out
    form = with_config(_OPTIONS)(make("Options", fields))
    typed: dict[str, Any] = TypeAdapter(form).validate_json(json.dumps(options))
    return typed


def named_components(tree: Tree) -> Iterator[Named]:
    """Every component that the recipe names with a word; whatever else stands there, the schema has refused."""
    values = tree.values
    for kind in ("dataset", "model", "architecture", "loss"):
        yield from _component(kind, (kind,), values.get(kind))
    penalties = values.get("penalties")
    for index, penalty in enumerate(penalties if isinstance(penalties, list) else ()):
        yield from _component("penalty", ("penalties", index), penalty)
    for path, options in optimizers(tree):
        # torch's own defaults stay torch's, so none are filled in; a ramp is checked by the number it starts from.
        numbers = {key: value.get("from", 0.0) if isinstance(value, dict) else value for key, value in options.items()}
        yield from _component("optimizer", path, numbers, fill_in=False)


def optimizers(tree: Tree) -> Iterator[tuple[strict_yaml.Path, dict[str, Any]]]:
    """The shared block of the optimizer, then each player's, each with the name that holds for it."""
    optimizer = tree.values.get("optimizer")
    if isinstance(optimizer, dict):
        yield ("optimizer",), {key: value for key, value in optimizer.items() if key not in PLAYERS}
        for player in PLAYERS:
            if isinstance(own := optimizer.get(player), dict):
                yield ("optimizer", player), {"name": optimizer.get("name")} | own


def _component(kind: str, path: strict_yaml.Path, written: Any, *, fill_in: bool = True) -> Iterator[Named]:
    if isinstance(written, dict) and is_name(written.get("name")):
        options = {key: value for key, value in written.items() if key != "name"}
        yield Named(kind, path, written["name"], options, written if fill_in else None)
