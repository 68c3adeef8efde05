"""Import of the components that a recipe names."""

import inspect
import signal
import sys
import threading
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from typing import Any

from gancli.errors import PluginError
from gancli.names import suggestion
from gancli.registry.discovery import Plugin, claims, clash, find, installed, names, package_list, plugins

UNFIT_OPTIMIZERS = ("optimizer", "lbfgs", "sparseadam")  # of torch: abstract; needs a closure; needs sparse gradients
IMPORT_SECONDS = 60.0  # a longer import counts as an endless loop; torch from a cold disk takes far less

_loaded: dict[Plugin, Any] = {}  # the third parties' components in use, in the order in which they were asked for


@dataclass(frozen=True)
class Loaded:
    """An imported component, and who provides it."""

    factory: Callable[..., Any]  # a class, or a function that makes an instance
    plugin: Plugin | None  # None: an optimizer of torch


def load(kind: str, name: str) -> Any:
    """Import the component: a class, or a function that makes one.

    Raises LookupError for an unknown name, PluginError if its package fails to import, or if what it registered cannot
    be called.
    """
    return load_with_plugin(kind, name).factory


def load_with_plugin(kind: str, name: str) -> Loaded:
    """``load``, with the plugin that provides the component."""
    if kind == "optimizer" and (built_in := _torch_optimizer(name)):
        return Loaded(built_in, None)
    plugin = find(kind, name)
    component = _imported(plugin)
    if not callable(component):
        raise PluginError(
            f"{plugin}: found {component!r:.60} at {plugin.entry_point.value}; "
            f"expected the class of a {kind}, or a function that makes one"
        )
    if not plugin.is_ours:
        _loaded[plugin] = component
    return Loaded(component, plugin)


def loaded_plugins() -> list[Plugin]:
    """The third parties' components in use, in the order in which they were asked for."""
    return list(_loaded)


def forget(plugin: Plugin) -> None:
    """Count a component as not in use."""
    _loaded.pop(plugin, None)


def plugin_of(component: Any) -> Plugin | None:
    """The third party's plugin that provides this component; None for one of ours."""
    return next((plugin for plugin, loaded in _loaded.items() if loaded is component), None)


def _imported(plugin: Plugin) -> Any:
    try:
        with redirect_stdout(sys.stderr), _time_limit(None if plugin.is_ours else IMPORT_SECONDS):
            return plugin.entry_point.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plugin may do anything at import, sys.exit included
        raise PluginError(f"{plugin} cannot be imported: {type(error).__name__}: {error}") from error


class ImportTimeout(BaseException):
    """An import took too long; not an Exception, so that the plugin's own ``except Exception`` does not catch it."""


@contextmanager
def _time_limit(seconds: float | None) -> Iterator[None]:
    """Raise ImportTimeout after ``seconds``, where a signal can: in the main thread. None is no limit."""
    if seconds is None or threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(number: int, frame: types.FrameType | None) -> None:
        raise ImportTimeout(f"it was not done after {seconds:g} s; if the disk is slow, try again")

    handler = signal.signal(signal.SIGALRM, expire)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, handler)


def _torch_optimizer(name: str) -> Any:
    """The optimizer of torch, which ``torch/adam`` names too, or None if only a package has this name.

    Raises LookupError if neither has it, PluginError if both have.
    """
    import torch

    known = torch_optimizers()
    known |= {f"torch/{key}": value for key, value in known.items()}
    rivals = claims(plugins(), "optimizer", name)
    if rivals and name in known:
        full_names = [f"torch/{name}", *(plugin.full_name for plugin in rivals)]
        raise clash("optimizer", name, f"torch {torch.__version__} and {package_list(rivals)}", full_names)
    if name not in known and not claims(installed(), "optimizer", name):
        there = sorted([*(key for key in known if "/" not in key), *names("optimizer")])
        hint = suggestion(name, there) or f"; available: {', '.join(there)}"
        raise LookupError(f"found {name!r}, which is not an optimizer of torch.optim{hint}")
    return known.get(name)


def torch_optimizers() -> dict[str, Any]:
    """The optimizers of torch that a recipe can name, by their names."""
    import torch

    known = {key.lower(): value for key, value in vars(torch.optim).items() if inspect.isclass(value)}
    for other in UNFIT_OPTIMIZERS:
        known.pop(other, None)
    return known
