"""The one door through which components enter: entry points, our own included.

Listing reads package metadata and imports nothing. A component is imported when a recipe names it, and not before, so
a broken plugin disturbs nobody who does not use it.
"""

import difflib
import inspect
import os
import re
import signal
import sys
import threading
import types
import typing
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import Distribution, EntryPoint, distributions
from importlib.util import find_spec
from pathlib import Path
from traceback import walk_tb
from typing import Any

from gancli.errors import PluginError

GROUPS = {
    "model": "gancli.models",
    "architecture": "gancli.architectures",
    "loss": "gancli.losses",
    "penalty": "gancli.penalties",
    "dataset": "gancli.datasets",
    "optimizer": "gancli.optimizers",
    "extractor": "gancli.extractors",
    "recipe": "gancli.recipes",
}
SWITCH = "GAN_PLUGINS"  # the environment's list of packages that may take part; not set: all of them
IMPORT_SECONDS = 60.0  # after them an import is taken for an endless loop; torch from a cold disk is well within


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

    @property
    def is_ours(self) -> bool:
        return self.package == "gancli"

    @property
    def top_level(self) -> str:
        """The outermost package of its code."""
        return re.split(r"[.:]", self.entry_point.value)[0].strip()


@cache
def plugins() -> tuple[Plugin, ...]:
    """Every component that takes part: what is installed, without what ``GAN_PLUGINS`` switches off."""
    return tuple(plugin for plugin in installed() if not _is_switched_off(plugin))


def installed() -> tuple[Plugin, ...]:
    """Every registered component, from package metadata alone; nothing is imported."""
    kinds = {group: kind for kind, group in GROUPS.items()}
    found: dict[tuple[str, str, str], Plugin] = {}
    for distribution in distributions():
        with suppress(Exception):  # metadata that cannot be read hides its own package, and no other
            for point in distribution.entry_points:
                if point.group in kinds:
                    plugin = Plugin(kinds[point.group], point.name, *_name_and_version(distribution, point), point)
                    # Of a package that is on the path twice, Python imports the first.
                    found.setdefault((plugin.kind, plugin.name, _normal(plugin.package)), plugin)
    order = list(GROUPS)
    return tuple(sorted(found.values(), key=lambda plugin: (order.index(plugin.kind), plugin.name)))


def _name_and_version(distribution: Distribution, point: EntryPoint) -> tuple[str, str]:
    """Of a distribution whose metadata is lost, its module's name and ``?``."""
    about: Any = {}
    with suppress(Exception):
        about = distribution.metadata
    module = point.value.partition(":")[0].partition(".")[0]
    return about.get("Name", module), about.get("Version", "?")


def _normal(package: str) -> str:
    """A package's name as pip compares it: ``Gan_X`` is ``gan-x``."""
    return re.sub(r"[-_.]+", "-", package).lower()


def _is_switched_off(plugin: Plugin) -> bool:
    chosen = os.environ.get(SWITCH, "").replace(" ", "")
    # ``none`` needs no case of its own: no package has this name.
    return bool(chosen) and not plugin.is_ours and _normal(plugin.package) not in _normal(chosen).split(",")


def status(plugin: Plugin) -> str:
    """``"ok"``, or what keeps a recipe from naming this component."""
    if _is_switched_off(plugin):
        return f"switched off by {SWITCH}"
    rivals = [it for it in _claims(plugins(), plugin.kind, plugin.name) if it != plugin]
    return "clashes with " + _packages(rivals) if rivals else "ok"


def _claims(among: Iterable[Plugin], kind: str, name: str) -> list[Plugin]:
    return [plugin for plugin in among if (plugin.kind, plugin.name) == (kind, name)]


def _packages(claims: Iterable[Plugin]) -> str:
    return " and ".join(f"{plugin.package} {plugin.version}" for plugin in claims)


def names(kind: str) -> list[str]:
    """The names that a recipe may use for ``kind``."""
    return sorted({plugin.name for plugin in plugins() if plugin.kind == kind})


def suggestion(wrong: str, known: Iterable[str]) -> str:
    """``"; did you mean 'x'?"``, or nothing when no known name is near."""
    near = difflib.get_close_matches(wrong, list(known), n=1, cutoff=0.6)
    return f"; did you mean {near[0]!r}?" if near else ""


def find(kind: str, name: str) -> Plugin:
    """The one component of this kind and name.

    Raises LookupError if there is none, PluginError if two packages claim the name or if it is switched off.
    """
    found = _claims(plugins(), kind, name)
    if not found and (off := _claims(installed(), kind, name)):
        raise PluginError(
            f"{off[0]} is switched off by {SWITCH}={os.environ.get(SWITCH)}; add {off[0].package}, or unset {SWITCH}"
        )
    if not found:
        hint = suggestion(name, names(kind)) or f"; there is {', '.join(names(kind)) or 'none installed'}"
        raise LookupError(f"found {name!r}, which no installed package provides as a {kind}{hint}")
    if len(found) > 1:
        raise _clash(kind, name, _packages(found))
    return found[0]


def _clash(kind: str, name: str, packages: str) -> PluginError:
    return PluginError(
        f"two packages provide the {kind} {name!r}: {packages}; uninstall one of them, or choose with {SWITCH}"
    )


_loaded: dict[Plugin, Any] = {}  # the third parties' components in use, in the order in which they were asked for


def load(kind: str, name: str) -> Any:
    """Import the component: a class, or a function that makes one.

    Raises LookupError for an unknown name, PluginError if its package fails to import, or if what it registered cannot
    be called.
    """
    if kind == "optimizer" and (built_in := _torch_optimizer(name)):
        return built_in
    plugin = find(kind, name)
    try:
        with redirect_stdout(sys.stderr), _time_limit(None if plugin.is_ours else IMPORT_SECONDS):
            component = plugin.entry_point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may do anything at import, sys.exit included
        raise PluginError(f"{plugin} cannot be imported: {type(error).__name__}: {error}") from error
    if not callable(component):
        raise PluginError(
            f"{plugin}: found {component!r:.60} at {plugin.entry_point.value}; "
            f"expected the class of a {kind}, or a function that makes one"
        )
    if not plugin.is_ours:
        _loaded[plugin] = component
    return component


class ImportTimeout(BaseException):
    """An import took too long; no Exception, lest the plugin's own ``except Exception`` catches it."""


@contextmanager
def _time_limit(seconds: float | None) -> Iterator[None]:
    """Raise ImportTimeout after ``seconds``, where a signal can: in the main thread. None is no limit."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(number: int, frame: types.FrameType | None) -> None:
        raise ImportTimeout(f"it was not done after {seconds:g} s; if only the disk is slow, try again")

    handler = signal.signal(signal.SIGALRM, expire)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


def blame(error: BaseException) -> Plugin | None:
    """The third party's component whose code is deepest in the error's traceback; None if there is none.

    Of a package with several components in use, it is the one in whose class the error came up, if that can be seen.
    """
    frames = [frame for frame, _ in walk_tb(error.__traceback__)][::-1]  # the deepest first
    modules = [frame.f_globals.get("__name__", "").partition(".")[0] for frame in frames]
    classes = [frame.f_code.co_qualname.partition(".")[0] for frame in frames]
    package = next((module for module in modules if module in {plugin.top_level for plugin in _loaded}), None)
    suspects = [plugin for plugin in _loaded if plugin.top_level == package]
    named = [plugin for name in classes for plugin in suspects if plugin.entry_point.attr == name]
    return next(iter(named + suspects), None)


def _torch_optimizer(name: str) -> Any:
    """The optimizer of torch, or None if only a package has this name.

    Raises LookupError if nobody has it, PluginError if both have.
    """
    import torch

    known = {key.lower(): value for key, value in vars(torch.optim).items() if inspect.isclass(value)}
    for other in ("optimizer", "lbfgs", "sparseadam"):  # no optimizer; needs a closure; needs sparse gradients
        known.pop(other, None)
    rivals = _claims(plugins(), "optimizer", name)
    if rivals and name in known:
        raise _clash("optimizer", name, f"torch {torch.__version__} and {_packages(rivals)}")
    if name not in known and not _claims(installed(), "optimizer", name):
        there = sorted([*known, *names("optimizer")])
        hint = suggestion(name, there) or f"; there is {', '.join(there)}"
        raise LookupError(f"found {name!r}, which is no optimizer of torch.optim{hint}")
    return known.get(name)


def recipe_folders() -> list[tuple[Plugin, Path]]:
    """The folders of recipes that installed packages bring, located without importing the packages.

    An entry point of the group ``gancli.recipes`` names a sub-folder of its package: ``gan_acgan.recipes``.
    """
    folders = []
    for plugin in plugins():
        if plugin.kind != "recipe":
            continue
        top, *rest = plugin.entry_point.value.split(".")
        spec = None
        with suppress(ImportError, ValueError):  # not the name of a package: there are no recipes
            spec = find_spec(top)  # a top-level name: nothing is imported
        for location in (spec.submodule_search_locations or []) if spec else []:
            # In a source checkout our own recipes lie beside the package; the wheel packs them inside.
            for folder in (Path(location, *rest), Path(location).parent.joinpath(*rest)):
                with suppress(PermissionError):  # a package that may not be read hides its own recipes, and no others
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
    not options. Raises PluginError for a signature that cannot be read.
    """
    try:
        signature = inspect.signature(component)
        annotated = component.__init__ if inspect.isclass(component) else component
        hints = typing.get_type_hints(annotated, include_extras=True)
    except Exception as error:  # an annotation is the plugin's code, and runs here
        if plugin := _home(component):
            problem = f"its signature cannot be read: {type(error).__name__}: {error}"
            raise PluginError(f"{plugin}: {problem}") from error
        raise
    return {
        name: Option(
            annotation=_without_tensors(hints.get(name, Any)),
            default=parameter.default,
            required=parameter.default is parameter.empty,
        )
        for name, parameter in signature.parameters.items()
        if name not in supplied and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }


def _home(component: Any) -> Plugin | None:
    """The third party's component that this is."""
    return next((plugin for plugin, loaded in _loaded.items() if loaded is component), None)


def _without_tensors(annotation: Any) -> Any:
    """``float | Tensor`` is what torch's optimizers say; a recipe can only write the float."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        kept = [_without_tensors(argument) for argument in arguments if getattr(argument, "__name__", "") != "Tensor"]
        return typing.Union[tuple(kept)]  # noqa: UP007 - built at run time
    if origin is tuple:
        return tuple[tuple(_without_tensors(argument) for argument in arguments)]  # type: ignore[misc]
    return annotation
