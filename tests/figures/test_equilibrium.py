"""What both losses are where the generator draws the data: known of our own losses, searched for in plugins."""

from math import log
from pathlib import Path

import pytest
import torch

from gancli import registry
from gancli.figures import equilibrium
from gancli.losses import AdversarialLoss, Hinge, LeastSquares, Minimax, NonSaturating, Wasserstein
from gancli.recipe import strict_yaml

SMOOTHED = [0.0, 0.1, 0.3]


class Relativistic(AdversarialLoss):
    needs_real_logits = True

    def discriminator(self, real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.softplus(fake_logits - real_logits).mean()

    def generator(self, fake_logits: torch.Tensor, real_logits: torch.Tensor | None = None) -> torch.Tensor:
        assert real_logits is not None
        return torch.nn.functional.softplus(real_logits - fake_logits).mean()


class Endless(AdversarialLoss):
    def discriminator(self, real_logits: torch.Tensor, fake_logits: torch.Tensor) -> torch.Tensor:
        return -fake_logits.mean()

    def generator(self, fake_logits: torch.Tensor, real_logits: torch.Tensor | None = None) -> torch.Tensor:
        return fake_logits.mean()


def write(folder: Path, loss: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "recipe.yaml").write_text(f"schema: 1\nloss: {loss}\n")
    return folder


def test_two_players_at_chance() -> None:
    assert equilibrium.minimax() == pytest.approx({"discriminator": 2 * log(2), "generator": -log(2)})
    assert equilibrium.non_saturating() == pytest.approx({"discriminator": 2 * log(2), "generator": log(2)})
    assert equilibrium.least_squares() == pytest.approx({"discriminator": 0.25, "generator": 0.125})


@pytest.mark.parametrize("smoothing", SMOOTHED)
@pytest.mark.parametrize("loss", [Minimax, NonSaturating, LeastSquares])
def test_what_is_known_is_what_is_found(loss: type, smoothing: float) -> None:
    name = {Minimax: "minimax", NonSaturating: "non-saturating", LeastSquares: "least-squares"}[loss]
    found = equilibrium.searched(loss(label_smoothing=smoothing))
    assert found == pytest.approx(equilibrium.KNOWN[name](smoothing), abs=2e-3)


def test_where_the_generators_loss_is_free_there_is_none() -> None:
    assert equilibrium.searched(Hinge()) == pytest.approx(equilibrium.KNOWN["hinge"]())
    assert equilibrium.searched(Wasserstein()) == pytest.approx(equilibrium.KNOWN["wasserstein"]())
    assert equilibrium.searched(Endless()) == {}


def test_a_loss_of_differences_is_found() -> None:
    assert equilibrium.searched(Relativistic()) == pytest.approx({"discriminator": log(2), "generator": log(2)})


def test_every_loss_of_ours_is_known() -> None:
    ours = {plugin.name for plugin in registry.plugins() if plugin.kind == "loss" and plugin.is_ours}
    assert ours == set(equilibrium.KNOWN)


def test_it_is_read_from_the_recipe_of_a_run(tmp_path: Path) -> None:
    smoothed = write(tmp_path / "a", "{name: minimax, label_smoothing: 0.1}")
    assert equilibrium.of_run(smoothed) == equilibrium.minimax(0.1)
    for broken in ("{name: nowhere}", "{name: minimax, of: 3}", "minimax", "[]", "{name: [1]}", "{"):
        assert equilibrium.of_run(write(tmp_path / "b", broken)) == {}
    assert equilibrium.of_run(tmp_path / "nowhere") == {}
    assert strict_yaml.read(b"a: 1", "x").values == {"a": 1}
