"""The one door through which components enter: entry points, our own included.

Listing reads package metadata and imports nothing. A component is imported when a recipe names it, and not before, so
a broken plugin disturbs nobody who does not use it.
"""

import difflib
import inspect
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gancli.errors import PluginError

GROUPS = {
    "model": "gancli.models",
    "architecture": "gancli.architectures",
    "loss": "gancli.losses",
    "penalty": "gancli.penalties",
    "dataset": "gancli.datasets",
    "optimizer": "gancli.optimizers",
    "recipe": "gancli.recipes",
}


@dataclass(frozen=True)
class Plugin:
    """One registered component: a name in a recipe, and the package that answers to it."""

    kind: str
    name: str
    package: str
    version: str
    entry_point: EntryPoint

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r} of {self.package} {self.version}"


@cache
def plugins() -> tuple[Plugin, ...]:
    """Every registered component, from package metadata alone; nothing is imported."""
    return tuple(
        Plugin(
            kind, point.name, point.dist.name if point.dist else "?", point.dist.version if point.dist else "?", point
        )
        for kind, group in GROUPS.items()
        for point in sorted(entry_points(group=group), key=lambda point: point.name)
    )


def names(kind: str) -> list[str]:
    """The names that a recipe may use for ``kind``."""
    return sorted({plugin.name for plugin in plugins() if plugin.kind == kind})


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """``"; did you mean 'x'?"``, or nothing when no known name is near."""
    near = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def find(kind: str, name: str) -> Plugin:
    """The one component of this kind and name.

    Raises LookupError if there is none, PluginError if two packages claim the name.
    """
    found = [plugin for plugin in plugins() if plugin.kind == kind and plugin.name == name]
    if not found:
        hint = suggestion(name, names(kind)) or f"; there is {', '.join(names(kind)) or 'none installed'}"
        raise LookupError(f"found {name!r}, which no installed package provides as a {kind}{hint}")
    if len(found) > 1:
        claims = " and ".join(f"{plugin.package} {plugin.version}" for plugin in found)
        raise PluginError(f"two packages provide the {kind} {name!r}: {claims}; uninstall one of them")
    return found[0]


def load(kind: str, name: str) -> Any:
    """Import the component.

    Raises LookupError for an unknown name, PluginError if its package fails to import.
    """
    if kind == "optimizer" and name not in names(kind):
        return _torch_optimizer(name)
    plugin = find(kind, name)
    try:
        return plugin.entry_point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may do anything at import, sys.exit included
        raise PluginError(f"{plugin} cannot be imported: {type(error).__name__}: {error}") from error


def _torch_optimizer(name: str) -> Any:
    import torch

    known = {key.lower(): value for key, value in vars(torch.optim).items() if inspect.isclass(value)}
    for other in ("optimizer", "lbfgs", "sparseadam"):  # no optimizer; needs a closure; needs sparse gradients
        known.pop(other, None)
    if name not in known:
        hint = suggestion(name, known) or f"; there is {', '.join(sorted(known))}"
        raise LookupError(f"found {name!r}, which is no optimizer of torch.optim{hint}")
    return known[name]


def recipe_folders() -> list[tuple[Plugin, Path]]:
    """The folders of recipes that installed packages bring, located without importing the packages.

    An entry point of the group ``gancli.recipes`` names a sub-folder of its package: ``gan_acgan.recipes``.
    """
    folders = []
    for plugin in plugins():
        if plugin.kind != "recipe":
            continue
        top, *rest = plugin.entry_point.value.split(".")
        spec = find_spec(top)  # a top-level name: nothing is imported
        for location in (spec.submodule_search_locations or []) if spec else []:
            # In a source checkout our own recipes lie beside the package; the wheel packs them inside.
            for folder in (Path(location, *rest), Path(location).parent.joinpath(*rest)):
                if folder.is_dir():
                    folders.append((plugin, folder))
                    break
    return folders


@dataclass(frozen=True)
class Option:
    """One keyword that a component takes: its type, and whether it must be given."""

    annotation: Any
    default: Any
    required: bool


def options(component: Any, supplied: Iterable[str] = ()) -> dict[str, Option]:
    """The keywords that a recipe may give to a component, read off its signature.

    ``supplied`` names the parameters that the caller fills itself; ``*`` and ``**`` parameters pass those on and are
    not options.
    """
    signature = inspect.signature(component)
    hints = typing.get_type_hints(component.__init__ if inspect.isclass(component) else component, include_extras=True)
    return {
        name: Option(
            annotation=_without_tensors(hints.get(name, Any)),
            default=parameter.default,
            required=parameter.default is parameter.empty,
        )
        for name, parameter in signature.parameters.items()
        if name not in supplied and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }


def _without_tensors(annotation: Any) -> Any:
    """``float | Tensor`` is what torch's optimizers say; a recipe can only write the float."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        kept = [_without_tensors(argument) for argument in arguments if getattr(argument, "__name__", "") != "Tensor"]
        return typing.Union[tuple(kept)]  # noqa: UP007 - built at run time
    if origin is tuple:
        return tuple[tuple(_without_tensors(argument) for argument in arguments)]  # type: ignore[misc]
    return annotation
