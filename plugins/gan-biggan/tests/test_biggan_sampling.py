"""Sampling with truncated noise and standing statistics."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from gan_biggan import BigGAN, BigGANArchitecture
from gan_biggan.truncation import truncated
from torch import Tensor, nn

from gancli import ConditionalGAN, DataSpec, Inputs, LatentPrior
from gancli.architectures import MLP
from gancli.losses import Hinge
from gancli.sampling import draw

NORMAL = LatentPrior(9)  # a multiple of 3, for 16 pixels


@pytest.fixture
def game() -> Callable[..., BigGAN]:
    def make(model: type = BigGAN, architecture: Any = None, latent: LatentPrior = NORMAL) -> Any:
        torch.manual_seed(0)
        return model(
            data=DataSpec((1, 16, 16), 3, ("a", "b", "c")),
            architecture=architecture or BigGANArchitecture(width=2, shared_dim=4),
            loss=Hinge(),
            penalties={},
            regularisers={},
            augmentation=None,
            latent=latent,
        )

    return make


def noise(n: int = 20_000, scale: float = 1.0) -> Tensor:
    return LatentPrior(1, scale=scale).sample(n, rng=torch.Generator().manual_seed(0))


def phi(x: Tensor) -> Tensor:
    return torch.special.ndtr(x.double())


@pytest.mark.parametrize("threshold", [0.04, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("scale", [1.0, 0.3])
def test_truncated_noise_has_the_truncated_normal_distribution(threshold: float, scale: float) -> None:
    z = truncated(noise(scale=scale), threshold, LatentPrior(1, scale=scale))
    assert z.dtype == torch.float32
    assert z.abs().max().item() <= torch.tensor(threshold * scale).item()
    x = z.squeeze(1).sort().values / scale
    ends = phi(torch.tensor([-threshold, threshold]))
    expected = (phi(x) - ends[0]) / (ends[1] - ends[0])
    found = torch.arange(1, len(x) + 1) / len(x)
    assert (found - expected).abs().max() < 1.63 / math.sqrt(len(x))  # Kolmogorov and Smirnov's bound for 1 %


def test_it_is_the_distribution_of_noise_that_is_drawn_again() -> None:
    z = noise()
    again = z[z.abs() < 1]
    quantiles = torch.linspace(0.05, 0.95, 19)
    torch.testing.assert_close(
        truncated(z, 1.0, NORMAL).quantile(quantiles), again.quantile(quantiles), rtol=0, atol=0.03
    )


def test_truncation_keeps_the_order_and_the_sign() -> None:
    z = noise(1000).squeeze(1).sort().values
    mapped = truncated(z, 0.7, NORMAL)
    assert (mapped.diff() >= 0).all()
    assert torch.equal(mapped.sign(), z.sign())


def test_a_large_threshold_changes_nothing() -> None:
    z = noise()
    torch.testing.assert_close(truncated(z, 50.0, NORMAL), z, rtol=1e-6, atol=0)
    assert truncated(torch.tensor([-40.0, 40.0]), 3.0, NORMAL).tolist() == [-3, 3]


def test_uniform_noise_is_truncated_to_uniform_noise() -> None:
    prior = LatentPrior(1, "uniform", 2.0)
    z = prior.sample(1000)
    torch.testing.assert_close(truncated(z, 0.25, prior), z / 4)
    assert torch.equal(truncated(z, 3.0, prior), z)


def test_without_options_it_draws_as_the_conditional_gan_does(game: Callable[..., BigGAN]) -> None:
    ours, plain = game(), game(ConditionalGAN)
    y = torch.arange(5) % 3
    expected = draw.sample(plain, plain.generator, 5, labels=y)
    assert torch.equal(draw.sample(ours, ours.generator, 5, labels=y), expected)
    far = draw.sample(ours, ours.generator, 5, labels=y, options={"truncation": 50.0})
    torch.testing.assert_close(far, expected, rtol=0, atol=1e-5)


def test_it_trains_as_the_conditional_gan_does(game: Callable[..., BigGAN]) -> None:
    batch = torch.zeros(4, 1, 16, 16), torch.arange(4) % 3
    losses = []
    for model in (BigGAN, ConditionalGAN):
        made = game(model)
        torch.manual_seed(1)
        losses.append(made.discriminator_losses(batch) | made.generator_losses(batch))
    assert losses[0] == losses[1]


def test_the_noise_that_the_generator_gets_is_within_the_threshold(game: Callable[..., BigGAN]) -> None:
    made, seen = game(), []
    made.generator.register_forward_hook(lambda network, inputs, images: seen.append(inputs[0].abs().max()))
    y = torch.arange(70) % 3
    draw.sample(made, made.generator, 70, labels=y, options={"truncation": 0.5, "standing_statistics": 2})
    assert len(seen) == 2 + 2  # the copy's minibatches, and two blocks of samples
    assert torch.stack(seen).max().item() <= 0.5


OPTIONS = [{"truncation": 0.5}, {"standing_statistics": 3}, {"truncation": 0.5, "standing_statistics": 3}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_sample_i_is_the_same_in_any_number_and_the_generator_stays(
    game: Callable[..., BigGAN], options: dict[str, Any]
) -> None:
    made = game()
    before = {name: tensor.clone() for name, tensor in made.state_dict().items()}
    random_numbers = torch.get_rng_state()
    y = torch.arange(70) % 3
    many = draw.sample(made, made.generator, 70, labels=y, options=options)
    assert torch.equal(draw.sample(made, made.generator, 3, labels=y[:3], options=options), many[:3])
    assert not torch.equal(draw.sample(made, made.generator, 3, labels=y[:3]), many[:3])
    assert all(torch.equal(tensor, before[name]) for name, tensor in made.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random_numbers)
    assert made.generator.training


def standing(made: BigGAN, minibatches: int) -> tuple[nn.BatchNorm2d, list[Tensor]]:
    """The first BatchNorm of the copy with standing statistics, and all that it was given for them."""
    copies: list[nn.Module] = []
    inputs: list[Tensor] = []

    def see(norm: nn.Module, arguments: tuple[Tensor, ...], output: Tensor) -> None:
        copies.append(norm)
        inputs.append(arguments[0])

    made.generator.blocks[0].norms[0].norm.register_forward_hook(see)  # type: ignore[index, union-attr]
    made.sampler(made.generator, truncation=0.5, standing_statistics=minibatches)
    assert isinstance(copies[0], nn.BatchNorm2d)
    return copies[0], inputs


def test_standing_statistics_are_the_mean_of_those_of_the_minibatches(game: Callable[..., BigGAN]) -> None:
    norm, inputs = standing(game(), 4)
    assert len(inputs) == 4
    assert norm.running_mean is not None
    assert norm.running_var is not None
    mean = torch.stack([x.mean((0, 2, 3)) for x in inputs]).mean(0)
    torch.testing.assert_close(norm.running_mean, mean, rtol=1e-4, atol=1e-6)
    variance = torch.stack([x.var((0, 2, 3)) for x in inputs]).mean(0)
    torch.testing.assert_close(norm.running_var, variance, rtol=1e-4, atol=1e-6)


def test_standing_statistics_do_not_depend_on_torchs_random_numbers(game: Callable[..., BigGAN]) -> None:
    made, inputs = game(), Inputs(torch.randn(3, 9), torch.arange(3))
    drawn = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        drawn.append(made.sampler(made.generator, standing_statistics=3)(inputs))
    assert torch.equal(*drawn)


def test_networks_without_batch_norm_can_be_sampled_so_too(game: Callable[..., BigGAN]) -> None:
    made = game(architecture=MLP())
    y = torch.arange(3)
    plain, standing = (
        draw.sample(made, made.generator, 3, labels=y, options={"truncation": 0.5, **more})
        for more in ({}, {"standing_statistics": 2})
    )
    assert torch.equal(plain, standing)
