"""A regulariser that refuses the generator is met before there is a run, and trying it changes nothing."""

from pathlib import Path

import pytest
import torch

from gancli import build, recipe
from gancli.errors import RecipeError

RECIPE = """dataset: {name: mnist, source: embedded}
model: cgan
architecture: {name: mlp, generator_hidden: [8], discriminator_hidden: [8], batch_norm: true}
device: cpu
"""


def made(tmp_path: Path, regularisers: str) -> build.Training:
    path = tmp_path / "r.yaml"
    path.write_text(f"{RECIPE}regularisers: {regularisers}\n")
    return build.training(recipe.load(path))


def test_a_wrong_name_is_shown_at_its_line(tmp_path: Path) -> None:
    with pytest.raises(
        RecipeError, match=r"r\.yaml:5:35: regularisers.0.exclude.*found 'netwrk', .* it has embedding, network"
    ):
        made(tmp_path, "[{name: orthogonal, exclude: [netwrk]}]")


def test_trying_leaves_no_trace(tmp_path: Path) -> None:
    plain, tried = made(tmp_path, "[]"), made(tmp_path, "[path-length, {name: orthogonal, exclude: [network.0]}]")
    states = plain.gan.state_dict(), tried.gan.state_dict()
    assert states[1].pop("regularisers.path-length.mean") == 0
    assert states[0].keys() == states[1].keys()
    assert all(torch.equal(one, other) for one, other in zip(states[0].values(), states[1].values(), strict=True))
