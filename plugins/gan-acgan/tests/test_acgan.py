"""ACGAN on a linear discriminator, where every loss can be worked out by hand, and its recipe."""

from collections.abc import Callable
from math import exp, log
from pathlib import Path

import pytest
import torch
from gan_acgan import ACGAN
from torch import Tensor, nn

from gancli import AdversarialLoss, Architecture, DataSpec, Losses, build, recipe
from gancli.architectures import DCGAN, MLP
from gancli.architectures.dcgan import Norm
from gancli.errors import RecipeError
from gancli.losses import NonSaturating
from gancli.models import LatentPrior
from gancli.penalties import R1, GradientPenalty
from gancli.run.run import Run
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.training.algorithm import descend

SPEC = DataSpec((2,), 2, ("left", "right"))
BATCH = (torch.eye(2), torch.tensor([0, 1]))
SMALL = ("dataset.source=embedded", "train.batch_size=4", "architecture.width=2", "architecture.discriminator_width=2")
# One real/fake row, then one a class.
WEIGHT = torch.tensor([[3.0, 4.0], [1.0, 0.0], [0.0, 1.0]])


class Table(nn.Module):
    """A generator that draws one learned point a class and ignores the noise."""

    def __init__(self) -> None:
        super().__init__()
        self.points = nn.Parameter(torch.zeros(2, 2))

    def forward(self, z: Tensor, y: Tensor) -> Tensor:
        return self.points[y]


class Linear(Architecture):
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        return Table()

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        assert num_classes == 0, "the discriminator does not get the label"
        return nn.Linear(2, outputs)


class Pairs(AdversarialLoss):
    """A loss that records what the generator's step is scored against."""

    needs_real_logits = True
    seen: Tensor | None = None

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return (fake_logits - real_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        assert real_logits is not None
        self.seen = real_logits.detach()
        return (real_logits - fake_logits).mean()


@pytest.fixture
def game() -> Callable[..., ACGAN]:
    def make(class_weight: float = 1.0, loss: AdversarialLoss | None = None, **penalties: object) -> ACGAN:
        gan = ACGAN(
            data=SPEC,
            architecture=Linear(),
            loss=loss or NonSaturating(),
            penalties=penalties,
            regularisers={},
            augmentation=None,
            latent=LatentPrior(1),
            class_weight=class_weight,
        )
        with torch.no_grad():
            weight, bias = gan.discriminator.parameters()
            weight.copy_(WEIGHT)
            bias.zero_()
        return gan

    return make


def numbers(losses: Losses) -> dict[str, float]:
    return {name: loss.item() for name, loss in losses.items()}


def test_discriminator_has_a_logit_for_the_source_and_one_a_class(game: Callable[..., ACGAN]) -> None:
    assert game().discriminator(BATCH[0]).shape == (2, 3)


@pytest.mark.parametrize("class_weight", [0.0, 0.5, 1.0])
def test_losses_are_the_ones_worked_out_by_hand(game: Callable[..., ACGAN], class_weight: float) -> None:
    gan = game(class_weight)
    # The real points score 3 and 4; their own class scores 1, the other 0. All logits of the fakes are 0.
    real = (log(1 + exp(-3)) + log(1 + exp(-4))) / 2
    expected = {"discriminator": real + log(2), "real_class": class_weight * log(1 + exp(-1))}
    expected |= {"fake_class": class_weight * log(2)}
    assert numbers(gan.discriminator_losses(BATCH)) == pytest.approx(expected, rel=1e-6)
    expected = {"generator": log(2), "class": class_weight * log(2)}
    assert numbers(gan.generator_losses(BATCH)) == pytest.approx(expected, rel=1e-6)


def test_every_fake_is_classified_by_the_label_that_it_was_asked_for(game: Callable[..., ACGAN]) -> None:
    gan = game()
    (points,) = gan.generator.parameters()
    with torch.no_grad():
        points.copy_(torch.eye(2) * 5)
    assert gan.generator_losses(BATCH)["class"].item() == pytest.approx(log(1 + exp(-5)), rel=1e-5)
    with torch.no_grad():
        points.copy_(torch.eye(2).flip(0) * 5)
    assert gan.generator_losses(BATCH)["class"].item() == pytest.approx(log(1 + exp(5)), rel=1e-5)


def test_penalties_see_the_first_logit_alone(game: Callable[..., ACGAN]) -> None:
    gan = game(r1=R1(gamma=0.4), gradient_penalty=GradientPenalty(weight=10))
    losses = numbers(gan.discriminator_losses(BATCH))
    assert losses["r1"] == pytest.approx(0.4 / 2 * 25)  # γ/2 ‖w‖², w = (3, 4)
    assert losses["gradient_penalty"] == pytest.approx(10 * (5 - 1) ** 2)  # λ (‖w‖ − 1)²


def test_generator_moves_each_class_to_where_it_is_recognised_and_taken_for_real(game: Callable[..., ACGAN]) -> None:
    gan = game()
    (points,) = gan.generator.parameters()
    losses = gan.generator_losses(BATCH)
    (by_source,) = torch.autograd.grad(losses["generator"], points, retain_graph=True)
    (by_class,) = torch.autograd.grad(losses["class"], points)
    assert (by_source @ WEIGHT[0] < 0).all()  # down the loss is along w
    torch.testing.assert_close(by_class.sign(), torch.tensor([[-1.0, 1.0], [1.0, -1.0]]))


def test_the_discriminators_step_spends_no_time_on_the_generator(game: Callable[..., ACGAN]) -> None:
    gan = game(r1=R1())
    (points,) = gan.generator.parameters()
    total = torch.stack(tuple(gan.discriminator_losses(BATCH).values())).sum()
    assert torch.autograd.grad(total, points, allow_unused=True)[0] is None


@pytest.mark.parametrize("mover", ["discriminator", "generator"])
def test_the_idle_player_does_not_move(game: Callable[..., ACGAN], mover: str) -> None:
    gan = game(r1=R1())
    idle = gan.generator if mover == "discriminator" else gan.discriminator
    moving = gan.discriminator if mover == "discriminator" else gan.generator
    idle_before = [parameter.clone() for parameter in idle.parameters()]
    moving_before = [parameter.clone() for parameter in moving.parameters()]
    losses = gan.discriminator_losses(BATCH) if mover == "discriminator" else gan.generator_losses(BATCH)
    descend(torch.optim.SGD(moving.parameters(), lr=0.1), losses)
    for before, after in zip(idle_before, idle.parameters(), strict=True):
        assert after.grad is None
        torch.testing.assert_close(after.data, before.data, rtol=0, atol=0)
    assert any((before != after).any() for before, after in zip(moving_before, moving.parameters(), strict=True))


def test_a_relativistic_loss_is_given_the_scores_of_the_real_batch(game: Callable[..., ACGAN]) -> None:
    loss = Pairs()
    game(loss=loss).generator_losses(BATCH)
    torch.testing.assert_close(loss.seen, torch.tensor([3.0, 4.0]))


def test_generator_step_does_not_score_the_real_batch_without_need(game: Callable[..., ACGAN]) -> None:
    gan, passes = game(), []
    gan.discriminator.register_forward_hook(lambda *_: passes.append(1))
    gan.generator_losses(BATCH)
    assert len(passes) == 1


@pytest.mark.parametrize("norm", ["batch", "spectral", "none"])
def test_plays_with_every_norm_of_dcgan(norm: Norm) -> None:
    data = DataSpec((1, 28, 28), 10)
    architecture = DCGAN(width=2, discriminator_norm=norm)
    gan = ACGAN(
        data=data,
        architecture=architecture,
        loss=NonSaturating(),
        penalties={"r1": R1()},
        regularisers={},
        augmentation=None,
        latent=LatentPrior(3),
    )
    batch = torch.zeros(4, 1, 28, 28), torch.arange(4)
    descend(torch.optim.SGD(gan.discriminator.parameters(), lr=0.1), gan.discriminator_losses(batch))
    descend(torch.optim.SGD(gan.generator.parameters(), lr=0.1), gan.generator_losses(batch))


def test_data_without_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="no labels"):
        ACGAN(
            data=DataSpec((2,)),
            architecture=MLP(),
            loss=NonSaturating(),
            penalties={},
            regularisers={},
            augmentation=None,
            latent=LatentPrior(1),
        )


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("clas_weight: 1.0", r"r\.yaml:2:22: model\.clas_weight: unknown key; did you mean 'class_weight'\?"),
        (
            "class_weight: -1.0",
            r"r\.yaml:2:22: model\.class_weight: found -1\.0, expected .*greater than or equal to 0",
        ),
    ],
)
def test_a_wrong_option_is_shown_with_its_place(tmp_path: Path, option: str, problem: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"dataset: mnist\nmodel: {{name: acgan, {option}}}\narchitecture: mlp\n")
    with pytest.raises(RecipeError, match=problem):
        recipe.load(path)


def test_recipe_trains_resumes_and_draws_the_class_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    checked = recipe.load(recipe.locate("mnist_acgan"), [*SMALL, "train.steps=2", "device=cpu"])
    with Run.create(checked) as run:
        names = {name for losses in run for name in losses}
    assert names == {"discriminator", "real_class", "fake_class", "generator", "class"}
    with Run.resume(Path("runs/mnist_acgan"), ["train.steps=3"]) as run:
        assert len(list(run)) == 1
    saved = checkpoint.newest(Path("runs/mnist_acgan"))
    assert saved.plugins == {"gan-acgan": "0.1.0"}
    gan, generator = build.from_checkpoint(saved, torch.device("cpu"))
    threes, fours = (draw.sample(gan, generator, 2, labels=torch.full((2,), digit)) for digit in (3, 4))
    assert threes.shape == (2, 1, 28, 28)
    assert not threes.equal(fours)
