"""A package that is written for another version of the contract is reported from its metadata; its code never runs."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import gancli
from gancli import registry
from gancli.errors import PluginError
from tests.registry.scaled import SCALED, Install

IMPORTED = "raise RuntimeError('imported')"


@pytest.fixture
def declare(install: Install, tmp_path: Path) -> Callable[..., None]:
    """``declare("gan-x", "2")`` has an installed plugin say for which versions it is written."""

    def declare_versions(package: str, *versions: str) -> None:
        module = package.replace("-", "_")
        with (tmp_path / f"site/{module}-1.0.dist-info/entry_points.txt").open("a") as file:
            file.write("\n".join(["[gancli.contract]", *(f"{version} = {module}" for version in versions), ""]))
        registry.plugins.cache_clear()

    return declare_versions


def test_the_version_is_an_integer_that_everybody_can_read() -> None:
    assert isinstance(gancli.CONTRACT, int)
    assert registry.CONTRACT == gancli.CONTRACT


def test_a_plugin_for_another_contract_is_reported_and_not_imported(
    install: Install, declare: Callable[..., None], gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    install("gan-later", "gancli.losses", {"later": "gan_later:X"}, IMPORTED)
    declare("gan-later", "98", "99")
    result = gan("train", write(points), "loss=later")
    assert (result.exit_code, result.stdout) == (6, "")
    found = "loss 'later' of gan-later 1.0 is written for version 98 and 99 of the contract, and this gan has version 1"
    assert found in result.stderr
    assert "imported" not in result.stderr
    (row,) = [row for row in json.loads(gan("plugin", "list", "--json").stdout) if row["name"] == "later"]
    assert row["status"] == "written for version 98 and 99 of the contract"


def test_it_takes_no_name_from_those_that_can_be_used(install: Install, declare: Callable[..., None]) -> None:
    install("gan-later", "gancli.losses", {"hinge": "gan_later:X"}, IMPORTED)
    declare("gan-later", "99")
    assert registry.find("loss", "hinge").is_ours
    with pytest.raises(PluginError, match="written for version 99"):
        registry.find("loss", "gan-later/hinge")


@pytest.mark.parametrize("versions", [(), ("1",), ("1", "99")])
def test_a_plugin_for_this_contract_or_that_says_nothing_takes_part(
    install: Install, declare: Callable[..., None], versions: tuple[str, ...]
) -> None:
    install("gan-scaled", "gancli.losses", {"scaled": "gan_scaled:Scaled"}, SCALED)
    if versions:
        declare("gan-scaled", *versions)
    plugin = registry.find("loss", "scaled")
    assert registry.status(plugin) == "ok"
