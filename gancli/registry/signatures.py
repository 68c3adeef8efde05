"""The options of a component, read off its signature."""

import inspect
import types
import typing
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gancli.errors import PluginError
from gancli.registry.loading import plugin_of


@dataclass(frozen=True)
class Option:
    """One keyword that a component takes: its type, and whether it must be given."""

    annotation: Any
    default: Any
    required: bool


def options(component: Any, supplied: Iterable[str] = ()) -> dict[str, Option]:
    """The keywords that a recipe may give to a component, read off its signature.

    ``supplied`` names the parameters that the caller fills itself; ``*`` and ``**`` parameters pass those on and are
    not options. Raises PluginError for a signature that cannot be read, and for a third party's option without an
    annotation, whose values could not be checked.
    """
    try:
        signature = inspect.signature(component)
        annotated = component.__init__ if inspect.isclass(component) else component
        hints = typing.get_type_hints(annotated, include_extras=True)
    except Exception as error:  # an annotation is the plugin's code, and runs here
        if plugin := plugin_of(component):
            problem = f"its signature cannot be read: {type(error).__name__}: {error}"
            raise PluginError(f"{plugin}: {problem}") from error
        raise
    parameters = {
        name: parameter
        for name, parameter in signature.parameters.items()
        if name not in supplied and parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    }
    _check_annotated(component, [name for name in parameters if name not in hints])
    return {
        name: Option(
            annotation=_without_tensors(hints.get(name, Any)),
            default=parameter.default,
            required=parameter.default is parameter.empty,
        )
        for name, parameter in parameters.items()
    }


def _check_annotated(component: Any, bare: list[str]) -> None:
    """Torch's optimizers have options without annotations too, but a third party's component says what it takes."""
    if bare and (plugin := plugin_of(component)):
        raise PluginError(
            f"{plugin} breaks its contract: every option has an annotation; found {', '.join(map(repr, bare))} without "
            f"one, say {bare[0]}: float = 1.0; pass on other arguments as **game"
        )


def _without_tensors(annotation: Any) -> Any:
    """``float | Tensor`` is what torch's optimizers say; a recipe can only write the float."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        kept = [_without_tensors(argument) for argument in arguments if getattr(argument, "__name__", "") != "Tensor"]
        return typing.Union[tuple(kept)]  # noqa: UP007 - built at run time
    if origin is tuple:
        return tuple[tuple(_without_tensors(argument) for argument in arguments)]  # type: ignore[misc]
    return annotation
