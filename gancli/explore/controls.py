"""The controls of the page for a model's sampling options, as the types that its sampler annotates ask for."""

from collections.abc import Mapping
from typing import Any

from gancli.json_schema.types import of_annotation
from gancli.registry import Option
from gancli.registry.docstrings import documentation

Control = dict[str, Any]
TYPICAL = (0.0, 2.0)  # ends of a slider where the type has none: most such options are factors

LONGEST = 100  # whole numbers of a slider; a larger range counts something, and a slip would cost minutes


def controls(sampler: Any, options: Mapping[str, Option], given: Mapping[str, Any]) -> list[Control]:
    """One a sampling option: its kind, its limits, its default and its description.

    Args:
        sampler: whose docstring describes them.
        given: values of the command line, that the page begins with.
    """
    about = documentation(sampler).options
    return [
        {"name": name, "about": about.get(name, ""), "value": given.get(name, option.default), **_kind(option)}
        for name, option in options.items()
    ]


def _kind(option: Option) -> Control:
    schema = of_annotation(option.annotation)
    alternatives = schema.get("anyOf", [schema])
    plain = [part for part in alternatives if part.get("type") != "null"]
    optional = {"default": option.default, "optional": len(plain) < len(alternatives)}
    part = plain[0] if len(plain) == 1 else {}
    if choices := part.get("enum"):
        return {"kind": "choice", "choices": choices, **optional}
    if part.get("type") == "boolean":
        return {"kind": "switch", **optional}
    if part.get("type") in ("integer", "number"):
        return {"kind": "number", **_limits(part), **optional}
    return {"kind": "text", **optional}


def _limits(part: Mapping[str, Any]) -> Control:
    """The ends of a slider, and its step; an open end is one step further in."""
    whole = part["type"] == "integer"
    step = 1 if whole else 0.05
    least = part.get("minimum", part.get("exclusiveMinimum", TYPICAL[0]))
    most = part.get("maximum", part.get("exclusiveMaximum", max(TYPICAL[1], least + TYPICAL[1])))
    least += step * ("exclusiveMinimum" in part)
    most -= step * ("exclusiveMaximum" in part)
    is_bounded = any("inimum" in key for key in part) and any("aximum" in key for key in part)
    slides = most - least <= LONGEST if whole else True
    return {"whole": whole, "min": least, "max": most, "step": step, "slides": slides and (is_bounded or not whole)}
