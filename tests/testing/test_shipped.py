"""Every built-in component, and all of the packages in plugins/, keep what their contracts promise."""

import pytest

from gancli import registry
from gancli.registry import Plugin
from gancli.testing import tried
from gancli.testing.packages import PACKAGE, Package
from gancli.testing.promises import outcomes

SHIPPED = {"gancli", "gan-acgan", "gan-biggan", "gan-emoji", "gan-relativistic", "gan-stylegan2", "gan-translate"}
COMPONENTS = [plugin for plugin in registry.plugins() if plugin.package in SHIPPED and plugin.kind != "recipe"]
NEEDS_MORE = {"folder", "pairs", "domains", "edges", "torchvision", "inception"}  # options, files, a download
AFTER_A_REFUSAL = {"draws a path", "gives as many outputs as asked", "trains on an accelerator"}


@pytest.mark.parametrize("plugin", COMPONENTS, ids=lambda plugin: f"{plugin.kind} {plugin.name}")
def test_a_component_keeps_its_contract(plugin: Plugin) -> None:
    found = tried(plugin.kind, plugin.entry_point.load(), plugin)
    assert [outcome for outcome in found if outcome.status == "broken"] == []
    if plugin.name not in NEEDS_MORE and plugin.name != "fashion-mnist":  # which not every machine has
        assert {outcome.check for outcome in found if outcome.status == "not tried"} <= AFTER_A_REFUSAL


@pytest.mark.parametrize("name", sorted({plugin.package for plugin in COMPONENTS}))
def test_a_package_keeps_its_promises(name: str) -> None:
    package = Package(name, tuple(plugin for plugin in registry.plugins() if plugin.package == name))
    assert [outcome for outcome in outcomes((PACKAGE,), package) if outcome.status == "broken"] == []
