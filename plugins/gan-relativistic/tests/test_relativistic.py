"""The relativistic loss against closed forms, and its recipes."""

from math import exp, log
from pathlib import Path

import pytest
import torch
from gan_relativistic import Relativistic
from torch import Tensor

from gancli import DataSpec, build, recipe
from gancli.architectures import MLP
from gancli.errors import RecipeError
from gancli.models import ConditionalGAN, LatentPrior, VanillaGAN
from gancli.penalties import R1, R2
from gancli.run.run import Run
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.training.algorithm import descend

SMALL = ("dataset.source=embedded", "train.batch_size=4", "architecture.width=2", "architecture.discriminator_width=2")
REAL, FAKE = torch.tensor([0.0, 2.0]), torch.tensor([-1.0, 5.0])


def test_losses_are_the_ones_worked_out_by_hand() -> None:
    loss = Relativistic()  # D(x) − D(G(z)) is 1 and −3
    assert loss.discriminator(REAL, FAKE).item() == pytest.approx((log(1 + exp(-1)) + log(1 + exp(3))) / 2, rel=1e-6)
    assert loss.generator(FAKE, REAL).item() == pytest.approx((log(1 + exp(1)) + log(1 + exp(-3))) / 2, rel=1e-6)


def test_both_players_pay_log_2_where_real_and_fake_cannot_be_told_apart() -> None:
    assert Relativistic().discriminator(REAL, REAL).item() == pytest.approx(log(2))
    assert Relativistic().generator(REAL, REAL).item() == pytest.approx(log(2))


def test_the_level_of_the_logits_means_nothing() -> None:
    loss = Relativistic()
    torch.testing.assert_close(loss.discriminator(REAL + 7, FAKE + 7), loss.discriminator(REAL, FAKE))
    torch.testing.assert_close(loss.generator(FAKE + 7, REAL + 7), loss.generator(FAKE, REAL))


def test_what_one_player_gains_the_other_loses() -> None:
    real, fake = REAL.clone().requires_grad_(), FAKE.clone().requires_grad_()
    by_real, by_fake = torch.autograd.grad(Relativistic().discriminator(real, fake), (real, fake))
    assert (by_real < 0).all()
    assert (by_fake > 0).all()
    torch.testing.assert_close(by_real, -by_fake)
    by_real, by_fake = torch.autograd.grad(Relativistic().generator(fake, real), (real, fake))
    assert (by_real > 0).all()
    assert (by_fake < 0).all()


def test_losses_are_finite_for_huge_differences() -> None:
    far = torch.tensor([1e4])
    assert Relativistic().discriminator(-far, far).item() == pytest.approx(2e4)
    assert Relativistic().generator(far, -far).item() == 0


@pytest.fixture(params=[VanillaGAN, ConditionalGAN])
def gan(request: pytest.FixtureRequest) -> VanillaGAN | ConditionalGAN:
    torch.manual_seed(0)
    architecture = MLP(generator_hidden=(8,), discriminator_hidden=(8,))
    made: VanillaGAN | ConditionalGAN = request.param(
        data=DataSpec((2,), 3),
        architecture=architecture,
        loss=Relativistic(),
        penalties={"r1": R1(), "r2": R2()},
        regularisers={},
        augmentation=None,
        latent=LatentPrior(2),
    )
    return made


def test_the_generators_step_scores_the_real_batch_too(gan: VanillaGAN | ConditionalGAN) -> None:
    seen: list[Tensor] = []
    gan.discriminator.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].detach()))
    real = torch.randn(4, 2)
    gan.generator_losses((real, torch.tensor([0, 1, 2, 0])))
    assert len(torch.cat(seen)) == 8
    assert any(chunk.equal(real) for x in seen for chunk in x.split(4))


@pytest.mark.parametrize("mover", ["discriminator", "generator"])
def test_the_idle_player_does_not_move(gan: VanillaGAN | ConditionalGAN, mover: str) -> None:
    batch = torch.randn(4, 2), torch.tensor([0, 1, 2, 0])
    idle = gan.generator if mover == "discriminator" else gan.discriminator
    moving = gan.discriminator if mover == "discriminator" else gan.generator
    idle_before = [parameter.clone() for parameter in idle.parameters()]
    moving_before = [parameter.clone() for parameter in moving.parameters()]
    losses = gan.discriminator_losses(batch) if mover == "discriminator" else gan.generator_losses(batch)
    descend(torch.optim.SGD(moving.parameters(), lr=0.1), losses)
    for before, after in zip(idle_before, idle.parameters(), strict=True):
        assert after.grad is None
        torch.testing.assert_close(after.data, before.data, rtol=0, atol=0)
    assert any((before != after).any() for before, after in zip(moving_before, moving.parameters(), strict=True))


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        (
            "penalties: [{name: r2, gama: 1.0}]",
            r"r\.yaml:3:24: penalties[.\[]0\]?\.gama: unknown key; did you mean 'gamma'\?",
        ),
        (
            "loss: {name: relativistic, label_smoothing: 0.1}",
            r"r\.yaml:3:28: loss\.label_smoothing: unknown key; available: no options",
        ),
        ("loss: relativistc", r"r\.yaml:3:1: loss\.name: found 'relativistc', .*did you mean 'relativistic'\?"),
    ],
)
def test_a_mistake_is_shown_with_its_place(tmp_path: Path, part: str, problem: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"dataset: mnist\narchitecture: mlp\n{part}\n")
    with pytest.raises(RecipeError, match=problem):
        recipe.load(path)


def test_the_recipe_of_a_thousand_modes_trains(tmp_path: Path) -> None:
    checked = recipe.load(recipe.locate("stacked_mnist_r3gan"), [*SMALL, "train.steps=2", "device=cpu"])
    with Run.create(checked, tmp_path / "run") as run:
        losses = [loss for step in run for loss in step.values()]
    assert len(losses) == 2 * 4
    assert torch.stack(losses).isfinite().all()


def test_recipe_trains_resumes_and_draws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    checked = recipe.load(recipe.locate("mnist_relativistic"), [*SMALL, "train.steps=4", "device=cpu"])
    with Run.create(checked) as run:
        names = {name for losses in run for name in losses}
    assert names == {"discriminator", "r1", "r2", "generator"}
    with Run.resume(Path("runs/mnist_relativistic"), ["train.steps=5"]) as run:
        assert len(list(run)) == 1
    saved = checkpoint.newest(Path("runs/mnist_relativistic"))
    assert saved.plugins == {"gan-relativistic": "0.1.0"}
    gan, generator = build.from_checkpoint(saved, torch.device("cpu"))
    images = draw.sample(gan, generator, 2, labels=torch.tensor([3, 4]))
    assert images.shape == (2, 1, 28, 28)
    assert images.isfinite().all()
