"""Components are found by package metadata alone; a name that two packages claim is an error of that name alone."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import registry
from gancli.errors import PluginError
from tests.registry.scaled import SCALED, Install


def test_two_packages_of_one_name_are_an_error_of_that_name_alone(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    for package in ("gan-one", "gan-two"):
        install(package, "gancli.losses", {"scaled": f"{package.replace('-', '_')}:Scaled"}, SCALED)
    with pytest.raises(PluginError, match="two packages provide the loss 'scaled': ") as caught:
        registry.find("loss", "scaled")
    assert "gan-one 1.0" in str(caught.value)
    assert "gan-two 1.0" in str(caught.value)
    result = gan("train", write(points), "loss=scaled")
    assert result.exit_code == 6
    assert gan("train", "r.yaml", "--quiet").exit_code == 0
    assert gan("plugin", "list").stdout.count("scaled") == 2


def test_one_of_two_packages_of_one_name_can_be_chosen(
    install: Install, load: Callable[..., Any], points: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_PLUGINS", "gan_one, gan-three")
    for package in ("gan-one", "gan-two"):
        install(package, "gancli.losses", {"scaled": f"{package.replace('-', '_')}:Scaled"}, SCALED)
    assert registry.find("loss", "scaled").package == "gan-one"
    assert load(points, "loss=scaled").loss.name == "scaled"
    status = {plugin.package: registry.status(plugin) for plugin in registry.installed() if plugin.name == "scaled"}
    assert status == {"gan-one": "ok", "gan-two": "switched off by GAN_PLUGINS"}


@pytest.mark.parametrize("chosen", ["none", "gan-other", "no such package"])
def test_a_package_that_is_switched_off_is_not_imported(
    install: Install,
    gan: Callable[..., Any],
    write: Callable[..., Path],
    points: str,
    monkeypatch: pytest.MonkeyPatch,
    chosen: str,
) -> None:
    monkeypatch.setenv("GAN_PLUGINS", chosen)
    install("gan-hidden", "gancli.losses", {"hidden": "gan_hidden:X"}, "raise RuntimeError('imported')")
    install("gan-thief", "gancli.losses", {"hinge": "gan_thief:X"}, "raise RuntimeError('imported')")
    install("gan-step", "gancli.optimizers", {"step": "gan_step:X"}, "raise RuntimeError('imported')")
    path = write(points)
    assert gan("train", path, "loss=hinge", "--quiet").exit_code == 0
    for word in ("loss=hidden", "optimizer={name: step}"):
        result = gan("train", path, word)
        assert result.exit_code == 6
        assert f"is switched off by GAN_PLUGINS={chosen}; add gan-" in result.stderr
    rows = json.loads(gan("plugin", "list", "--json").stdout)
    assert {row["package"] for row in rows if row["status"] == "ok"} == {"gancli"}
    assert "switched off by GAN_PLUGINS" in {row["status"] for row in rows if row["package"] == "gan-hidden"}


@pytest.mark.parametrize("chosen", ["", "gan-scaled", "gan.acgan,GAN_Scaled"])
def test_a_chosen_package_takes_part(install: Install, monkeypatch: pytest.MonkeyPatch, chosen: str) -> None:
    monkeypatch.setenv("GAN_PLUGINS", chosen)
    install("gan-scaled", "gancli.losses", {"scaled": "gan_scaled:Scaled"}, SCALED)
    assert registry.find("loss", "scaled").package == "gan-scaled"
