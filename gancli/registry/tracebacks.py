"""The plugin whose code raised an error."""

import inspect
import types
from traceback import walk_tb
from typing import Any

from gancli.registry.discovery import Plugin
from gancli.registry.loading import loaded_plugins


def blame(error: BaseException) -> Plugin | None:
    """The third party's component whose code is deepest in the error's traceback; None if there is none.

    A method that a third party's class inherits counts as that class's code. Of a package with several components in
    use, the one in whose class the error was raised is blamed, if that is seen.
    """
    frames = [frame for frame, _ in walk_tb(error.__traceback__)][::-1]  # the deepest first
    used = loaded_plugins()
    package = next(filter(None, (_package(frame, {plugin.top_level for plugin in used}) for frame in frames)), None)
    suspects = [plugin for plugin in used if plugin.top_level == package]
    classes = [name for frame in frames for name in _classes(frame)]
    named = [plugin for name in classes for plugin in suspects if plugin.entry_point.attr == name]
    # A network is nobody's class: it is in the module of its architecture or its model, or made by one of them.
    modules = [str(frame.f_globals.get("__name__", "")) for frame in frames]
    beside = [plugin for module in modules for plugin in suspects if plugin.entry_point.module == module]
    makers = [plugin for kind in ("architecture", "model") for plugin in suspects if plugin.kind == kind]
    return next(iter([*named, *sorted(beside, key=lambda plugin: plugin not in makers), *makers, *suspects]), None)


def is_raised_in(error: BaseException, component: object) -> bool:
    """Whether a method of this object was running when the error was raised."""
    return any(_owner(frame) is component for frame, _ in walk_tb(error.__traceback__))


def _package(frame: types.FrameType, packages: set[str]) -> str | None:
    """The package of a frame's module, or else of the class whose method it is, if it is one of ``packages``."""
    modules = [str(frame.f_globals.get("__name__", "")), type(_owner(frame)).__module__]
    return next((top for module in modules if (top := module.partition(".")[0]) in packages), None)


def _classes(frame: types.FrameType) -> list[str]:
    """The names of the class in which a frame's code was written, and of the object's whose method it is."""
    return [frame.f_code.co_qualname.partition(".")[0], type(_owner(frame)).__name__]


def _owner(frame: types.FrameType) -> Any:
    """The object whose method a frame is, or a decorator around one; None for any other function."""
    code, arguments = frame.f_code, frame.f_locals
    if code.co_varnames[: min(1, code.co_argcount)] == ("self",):
        return arguments.get("self")
    if not code.co_argcount and code.co_flags & inspect.CO_VARARGS:
        passed_on = arguments.get(code.co_varnames[code.co_kwonlyargcount])
        return passed_on[0] if isinstance(passed_on, tuple) and passed_on else None
    return None
