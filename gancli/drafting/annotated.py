"""A recipe as YAML in which every key has a comment."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from gancli.explanation.options import plain
from gancli.json_schema import MODELINE
from gancli.recipe import PLAYERS, Latent, Recipe, ResolvedComponent, Term, Train, strict_yaml
from gancli.registry.docstrings import documentation

WIDTH = 110
SETTINGS = {"latent": Latent, "train": Train}


def annotated(recipe: Recipe, comment: str, reasons: Mapping[str, str]) -> str:
    """The recipe with every default written, a comment for each key, and the reasons above their keys."""
    return "\n".join([*_comment(comment), "#", MODELINE, *_lines(recipe, reasons), ""])


def _lines(recipe: Recipe, reasons: Mapping[str, str]) -> Iterator[str]:
    about = documentation(Recipe).options
    components = {component.key: component for component in recipe.plan if "." not in component.key}
    for key, value in _values(recipe).items():
        is_block = isinstance(value, dict) or (isinstance(value, list) and value)
        if key != "schema" and (is_block or key in reasons):
            yield ""
        if key in reasons:
            yield from _comment(reasons[key])
        if not is_block:
            yield from _key(key, value, about[key])
            continue
        yield from _comment(_sentence(about[key]))
        yield f"{key}:"
        if isinstance(value, list):
            for number, term in enumerate(value):
                yield from _term(getattr(recipe.plan, key)[number], term)
        elif key in SETTINGS:
            yield from _options(value, documentation(SETTINGS[key]).options)
        elif key in components:
            yield from _component(components[key], value)
        else:  # no augmentation
            yield from _options(value, {})


def _values(recipe: Recipe) -> dict[str, Any]:
    """Those of the recipe; a ramp over the whole training stays one when ``train.steps`` is changed."""
    values = recipe.values()
    optimizer = values["optimizer"]
    for options in (optimizer, *(optimizer[player] for player in PLAYERS)):
        for ramp in options.values():
            if isinstance(ramp, dict) and ramp.get("steps") == recipe.train.steps:
                del ramp["steps"]
    return values


def _component(component: ResolvedComponent, value: Mapping[str, Any]) -> Iterator[str]:
    found = documentation(component.factory)
    about = {"name": found.summary, **found.options}
    about |= {player: f"what differs for the {player}" for player in PLAYERS if component.kind == "optimizer"}
    yield from _options({key: value[key] for key in sorted(value, key=PLAYERS.__contains__)}, about)
    if component.kind == "optimizer":  # torch's own defaults stay torch's
        for name, option in component.definition.options.items():
            if name not in value and not option.required and option.default is not None:
                text = next(iter(_key(name, plain(option.default), "")))
                yield f"  # {text}"


def _term(component: ResolvedComponent, value: Mapping[str, Any]) -> Iterator[str]:
    found = documentation(component.factory)
    lines = list(_options(value, {"name": found.summary, **found.options, **documentation(Term).options}))
    first = next(number for number, line in enumerate(lines) if not line.lstrip().startswith("#"))
    yield from (f"  {line}" if number != first else f"  - {line[2:]}" for number, line in enumerate(lines))


def _options(value: Mapping[str, Any], about: Mapping[str, str]) -> Iterator[str]:
    for name, option in value.items():
        yield from _key(name, option, about.get(name, ""), indent="  ")


def _key(key: str, value: Any, about: str, indent: str = "") -> Iterator[str]:
    """``key: value  # about``, or the comment above it if the line would be long."""
    line = f"{indent}{key}: {strict_yaml.in_one_line(value)}"
    if not about:
        yield line
    elif len(line) + len(about) + 4 <= WIDTH:
        yield f"{line}  # {_printable(about)}"
    else:
        yield from (f"{indent}{comment}" for comment in _comment(about))
        yield line


def _comment(text: str) -> list[str]:
    lines = [textwrap.wrap(part, WIDTH, break_long_words=False, break_on_hyphens=False) for part in text.split("\n")]
    return [f"# {_printable(line)}".rstrip() for part in lines for line in part or [""]]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _printable(text: str) -> str:
    """A plugin's docstring may hold what YAML forbids."""
    return "".join(character if character.isprintable() else " " for character in text)
