"""The options that a component is tried with: its defaults, those of its package's recipes, and narrower networks."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from gancli import registry
from gancli.errors import GanError
from gancli.recipe import read, strict_yaml
from gancli.recipe.components import LISTS
from gancli.recipe.definitions import define
from gancli.registry import Plugin

Block = dict[str, Any]  # a component and its options, as a recipe writes them

DIVISOR = 16  # of widths


def options_to_try(plugin: Plugin) -> list[Block]:
    """The defaults, what the recipes of its package say, and for networks narrower ones, which are tried faster."""
    narrower = [_narrower(plugin)] if plugin.kind == "architecture" else []
    return [{}, *_options_in_recipes(plugin), *narrower]


def _narrower(plugin: Plugin) -> Block:
    """Every whole number among the defaults that is large, divided, if its annotation allows it."""
    definition, found = define(plugin.kind, registry.name_in_recipes(plugin)), Block()
    for name, option in definition.options.items():
        if type(option.default) is int and option.default > DIVISOR:
            with suppress(ValidationError):
                found |= definition.typed({name: option.default // DIVISOR})
    return found


def _options_in_recipes(plugin: Plugin) -> list[Block]:
    """The options that the recipes of its package give to a component; each only once."""
    found: list[Block] = []
    for other, folder in registry.recipe_folders():
        for path in sorted(folder.rglob("*.yaml")) if other.package == plugin.package else ():
            with suppress(GanError):  # a recipe that is wrong is found by another check
                values = strict_yaml.read(read(path), str(path)).values
                found += [options for options in _options(plugin, values) if options not in found]
    return found


def _options(plugin: Plugin, values: Block) -> Iterator[Block]:
    section = values.get(LISTS.get(plugin.kind, plugin.kind))
    for block in section if isinstance(section, list) else [section]:
        if isinstance(block, dict) and block.get("name") in (plugin.name, plugin.full_name):
            yield {key: value for key, value in block.items() if key not in ("name", "every")}
