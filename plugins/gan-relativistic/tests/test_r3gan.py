"""R3GAN's networks against closed forms, and the recipe for CIFAR-10."""

import math
from pathlib import Path

import pytest
import torch
from gan_relativistic.layers import Block, Resample, Stage
from gan_relativistic.r3gan import R3GAN, stage_sizes
from torch import nn

import gancli
from gancli import DataSpec, recipe
from gancli.run.run import Run

CIFAR = DataSpec((3, 32, 32), 10, tuple("abcdefghij"))


def parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_it_has_as_many_parameters_as_the_papers() -> None:
    with torch.device("meta"):
        generator = R3GAN().generator(CIFAR, 64, 10)
        discriminator = R3GAN().discriminator(CIFAR, 10)
    block = 768 * 1536 + 1536 * 16 * 9 + 1536 * 768 + 2 * 1536  # 1×1, 3×3 in 96 groups of 16, 1×1, two biases
    assert parameters(generator) == 8 * block + 10 * 64 + 128 * 768 + 768 * 16 + 768 * 3
    assert parameters(discriminator) == 8 * block + 10 * 768 + 768 * 768 + 768 * 16 + 768 * 3
    assert parameters(generator) == 20_781_952


def test_a_block_starts_as_the_identity_and_keeps_the_variance_inside() -> None:
    gain = math.sqrt(2 / 1.04)  # of a leaky ReLU with a slope of 0.2, at a depth of one block
    block = Block(256, 512, 32, gain)
    x = torch.randn(64, 256, 4, 4)
    assert block(x).equal(x)
    inside = nn.functional.leaky_relu(block.expand(x), 0.2)
    assert inside.square().mean().item() == pytest.approx(1, rel=0.05)


def test_weights_shrink_with_the_fourth_root_of_the_depth() -> None:
    """Fixup's L^(−1 / (2m − 2)) for the m = 3 layers of a block."""
    shallow, deep = (R3GAN(width=256, blocks=blocks).discriminator(CIFAR) for blocks in (1, 4))
    blocks = [next(part for part in network.modules() if isinstance(part, Block)) for network in (shallow, deep)]
    weights = [block.expand.weight.std() for block in blocks]
    assert (weights[0] / weights[1]).item() == pytest.approx(4**0.25, rel=0.02)


def test_going_up_is_four_times_the_adjoint_of_going_down() -> None:
    up, down = Resample(3, 3, up=True), Resample(3, 3, up=False)
    small, large = torch.randn(2, 3, 5, 4), torch.randn(2, 3, 10, 8)
    torch.testing.assert_close((up(small) * large).sum(), 4 * (small * down(large)).sum())


@pytest.mark.parametrize("up", [True, False])
def test_a_flat_picture_stays_flat_away_from_the_border(up: bool) -> None:
    changed = Resample(1, 1, up=up)(torch.full((1, 1, 8, 8), 3.0))[:, :, 1:-1, 1:-1]
    torch.testing.assert_close(changed, torch.full_like(changed, 3.0))


def test_at_the_start_the_generator_is_linear_in_its_noise_and_the_discriminator_in_its_image() -> None:
    """All residual branches are zero."""
    generator = R3GAN(width=16).generator(DataSpec((3, 16, 16)), 8).train()
    discriminator = R3GAN(width=16).discriminator(DataSpec((3, 16, 16)))
    z, x = torch.randn(2, 8), torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(
        generator(2 * z[:1] - z[1:]), 2 * generator(z[:1]) - generator(z[1:]), rtol=1e-4, atol=1e-5
    )
    torch.testing.assert_close(discriminator(2 * x[:1] - x[1:]), 2 * discriminator(x[:1]) - discriminator(x[1:]))


def test_a_mixture_of_classes_has_the_mixture_of_their_logits() -> None:
    discriminator = R3GAN(width=16).discriminator(CIFAR, 10)
    x = torch.randn(1, 3, 32, 32)
    classes = torch.cat([discriminator(x, torch.tensor([label])) for label in (3, 8)])
    mixed = torch.zeros(1, 10).index_fill_(1, torch.tensor([3, 8]), 0.5)
    torch.testing.assert_close(discriminator(x, mixed), classes.mean(0, keepdim=True))
    assert classes[0] != classes[1]


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((3, 32, 32), [(4, 4), (8, 8), (16, 16), (32, 32)]),
        ((1, 28, 28), [(7, 7), (14, 14), (28, 28)]),
        ((3, 96, 128), [(3, 4), (6, 8), (12, 16), (24, 32), (48, 64), (96, 128)]),
    ],
)
def test_every_stage_halves_the_sides(shape: tuple[int, ...], sizes: list[tuple[int, int]]) -> None:
    data = DataSpec(shape)
    assert stage_sizes(data) == sizes
    architecture = R3GAN(width=8, blocks=1, group_width=4)
    assert architecture.generator(data, 4)(torch.randn(2, 4)).shape == (2, *shape)
    assert architecture.discriminator(data)(torch.randn(2, *shape)).shape == (2,)
    assert architecture.discriminator(data, outputs=5)(torch.randn(2, *shape)).shape == (2, 5)
    assert architecture.discriminator(data, 3, outputs=5)(torch.randn(2, *shape), torch.tensor([0, 2])).shape == (2, 5)


def test_channels_halve_above_32_pixels() -> None:
    """As in the paper's networks for faces of 64 and 256 pixels."""
    with torch.device("meta"):
        modules = R3GAN().generator(DataSpec((3, 256, 256)), 64).modules()
    assert [stage.width for stage in modules if isinstance(stage, Stage)] == [768, 768, 768, 768, 384, 192, 96]


@pytest.mark.parametrize("shape", [(2,), (3, 45, 45), (3, 18, 18)])
def test_sides_that_cannot_be_halved_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="r3gan "):
        R3GAN().generator(DataSpec(shape), 8)


def test_pictures_are_in_bounds_in_evaluation() -> None:
    generator = R3GAN(width=16).generator(DataSpec((3, 16, 16)), 8).eval()
    assert generator(10 * torch.randn(8, 8)).abs().max() == 1


def test_the_recipe_for_cifar_10_trains_and_draws(tmp_path: Path) -> None:
    """On digits: CIFAR-10 would have to be downloaded."""
    checked = recipe.load(recipe.locate("cifar10_r3gan"))
    assert checked.plan.dataset.options["dataset"] == "CIFAR10"
    small = ("architecture.width=16", "architecture.blocks=1", "train.batch_size=4", "train.steps=2", "device=cpu")
    digits = "dataset={name: mnist, source: embedded}"
    with Run.create(recipe.load(recipe.locate("cifar10_r3gan"), [digits, *small]), tmp_path / "run") as run:
        losses = list(run)
    assert set(losses[0]) >= {"discriminator", "r1", "r2", "generator"}
    assert all(loss.isfinite() for step in losses for loss in step.values())
    samples = gancli.load(tmp_path / "run").sample(3, labels=8)
    assert samples.shape == (3, 1, 28, 28)
    assert samples.isfinite().all()
