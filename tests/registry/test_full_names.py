"""A name after that of its package, ``gan-mine/hinge``, is always one component's, whatever else is installed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import registry
from gancli.errors import PluginError
from gancli.losses import Hinge
from gancli.storage import checkpoint
from tests.registry.scaled import SCALED, Install

REMEMBERS = """
import torch
from torch import nn
from gancli import Penalty

class Mine(nn.Module, Penalty):
    def __init__(self):
        super().__init__()
        self.calls = nn.Buffer(torch.zeros(()))
    def __call__(self, critic, real, fake):
        self.calls += 1
        return critic(real).square().mean()
"""


@pytest.fixture
def rivals(install: Install) -> None:
    """Two packages that take one name, which is a built-in's too."""
    for package in ("gan-one", "gan-two"):
        install(package, "gancli.losses", {"hinge": f"{package.replace('-', '_')}:Scaled"}, SCALED)


@pytest.mark.usefixtures("rivals")
def test_each_of_three_components_of_one_name_can_be_named() -> None:
    assert registry.load("loss", "gancli/hinge") is Hinge
    assert registry.find("loss", "gan-one/hinge").package == "gan-one"
    assert registry.find("loss", "GAN_Two/hinge").package == "gan-two"  # as pip compares names
    with pytest.raises(PluginError, match="write gan-one/hinge or gan-two/hinge or gancli/hinge, uninstall one"):
        registry.find("loss", "hinge")


@pytest.mark.usefixtures("rivals")
def test_a_recipe_with_full_names_trains_resumes_and_draws(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    install("gan-pen", "gancli.penalties", {"r1": "gan_pen:Mine"}, REMEMBERS)
    names = "loss={name: gan-one/hinge, scale: 3}", "penalties=[gan-pen/r1]", "optimizer.name=torch/adam"
    result = gan("train", write(points), *names, "--quiet")
    assert result.exit_code == 0, result.stderr
    assert gan("train", "--resume", "runs/r", "train.steps=8", "--quiet").exit_code == 0
    assert gan("sample", "runs/r", "--n", 2, "--out", "x.npz").exit_code == 0
    assert gan("plot-losses", "runs/r", "--out", "x.png").exit_code == 0
    saved = checkpoint.newest(Path("runs/r"))
    assert saved.plugins == {"gan-one": "1.0", "gan-pen": "1.0"}
    assert saved.tensors["model.penalties.gan-pen/r1.calls"] == 8


def test_a_full_name_of_nothing_is_answered_with_the_nearest(
    gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    result = gan("train", write(points), "loss=gancli/hing")
    assert result.exit_code == 2
    assert "loss.name: found 'gancli/hing'" in result.stderr
    assert "did you mean 'gancli/hinge'?" in result.stderr


def test_an_optimizer_of_torch_has_a_full_name_too(install: Install) -> None:
    install("gan-step", "gancli.optimizers", {"adam": "gan_step:X"}, "raise RuntimeError('imported')")
    assert registry.load("optimizer", "torch/adam") is torch.optim.Adam
    with pytest.raises(PluginError, match="write torch/adam or gan-step/adam"):
        registry.load("optimizer", "adam")


def test_two_recipes_of_one_name_are_told_apart_by_their_packages(
    install: Install, gan: Callable[..., Any], tmp_path: Path, points: str
) -> None:
    install("gan-rival", "gancli.recipes", {"gan-rival": "gan_rival_data.recipes"})
    folder = tmp_path / "site/gan_rival_data/recipes"
    folder.mkdir(parents=True)
    (folder.parent / "__init__.py").touch()
    (folder / "ring.yaml").write_text(points)
    result = gan("train", "ring")
    assert result.exit_code == 2
    assert "ring: two packages bring a recipe of this name; write gancli/ring or gan-rival/ring" in result.stderr
    assert gan("recipe", "show", "gan-rival/ring").stdout == points
    assert gan("train", "gan-rival/ring", "--quiet").stdout == "runs/ring\n"
