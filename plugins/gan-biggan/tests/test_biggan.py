"""The model of BigGAN: truncation, standing statistics; its recipes, its checkpoints."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from gan_biggan import BigGAN, BigGANArchitecture
from gan_biggan.truncation import truncated
from PIL import Image
from torch import Tensor, nn

import gancli
from gancli import ConditionalGAN, DataSpec, Inputs, LatentPrior, recipe, registry
from gancli.architectures import MLP
from gancli.errors import PluginError, RecipeError, UsageError
from gancli.losses import Hinge
from gancli.run.run import Run
from gancli.sampling import draw
from gancli.storage import checkpoint

NORMAL = LatentPrior(9)  # a multiple of 3, for 16 pixels
TINY = (
    "train.batch_size=4",
    "architecture.width=2",
    "architecture.shared_dim=3",
    "device=cpu",
    "train.log_every=1",
    "train.checkpoint_every=2",
)


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


def tiny_run(folder: Path, *changes: str) -> Run:
    """A training by the recipe, of tiny networks on the digits that come with gan."""
    digits = "dataset={name: mnist, source: embedded}"
    return Run.create(recipe.load(recipe.locate("fashion_biggan"), [*TINY, digits, *changes]), folder)


def test_a_resumed_training_ends_in_the_same_bits(tmp_path: Path) -> None:
    with tiny_run(tmp_path / "whole", "train.steps=4") as run:
        names = {name for losses in run for name in losses}
    assert names == {"discriminator", "generator", "orthogonal"}
    with tiny_run(tmp_path / "half", "train.steps=4") as run:
        for _, _ in zip(range(2), run, strict=False):
            pass
    with Run.resume(tmp_path / "half") as run:
        assert len(list(run)) == 2
    whole, half = (checkpoint.newest(tmp_path / name).tensors for name in ("whole", "half"))
    assert whole.keys() == half.keys()
    assert any(name.endswith("._u") for name in whole)  # of the power iteration
    assert all(torch.equal(tensor, half[name]) for name, tensor in whole.items())


def test_a_checkpoint_is_sampled_with_the_options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "run"
    with tiny_run(folder, "train.steps=2") as run:
        assert len(list(run)) == 2
    assert checkpoint.newest(folder).plugins == {"gan-biggan": "0.1.0"}
    generator = gancli.load(folder)
    options: dict[str, Any] = {"truncation": 0.5, "standing_statistics": 2}
    images = generator.sample(3, labels=3, **options)
    assert images.shape == (3, 1, 28, 28)
    assert not torch.equal(images, generator.sample(3, labels=3))
    assert not torch.equal(images, generator.sample(3, labels=4, **options))
    assert generator.interpolate(4, label=3, to_label=4, **options).shape == (4, 1, 28, 28)
    with pytest.raises(UsageError, match="truncation: found 0, expected"):
        generator.sample(1, truncation=0)
    installed = [plugin for plugin in registry.installed() if plugin.package != "gan-biggan"]
    monkeypatch.setattr(registry, "installed", lambda: installed)
    with pytest.raises(PluginError, match=r"needs the package gan-biggan .*; pip install gan-biggan"):
        gancli.load(folder)


def photos(folder: Path, size: int) -> str:
    """The change of a recipe that has it train on four colour pictures of two classes."""
    for index, name in enumerate("abab"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (64, 64), (60 * index, 9, 9)).save(folder / name / f"{index}.png")
    return f"dataset={{name: folder, root: {folder}, size: {size}}}"


def test_the_recipe_of_portraits_fits_colour_pictures_of_64_pixels(tmp_path: Path) -> None:
    changes = [*TINY, photos(tmp_path / "photos", 64), "train.steps=1", "latent.dim=10"]
    with Run.create(recipe.load(recipe.locate("emoji_biggan"), changes), tmp_path / "run") as run:
        (losses,) = list(run)
    assert torch.stack([*losses.values()]).isfinite().all()


def test_pictures_of_a_wrong_size_are_refused_at_the_recipes_line(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"biggan\.yaml:\d+:1: architecture: biggan draws images of 16 .* 12×12"):
        tiny_run(tmp_path / "run", photos(tmp_path / "photos", 12))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("latent.dim=63", r"biggan\.yaml:\d+:1: architecture: latent\.dim: found 63, expected a multiple of 4"),
        (
            "architecture.attention=13",
            r"fashion_biggan\.yaml:\d+:1: architecture: attention: found 13, expected 14 or 7",
        ),
        ("architecture.widht=4", r"architecture\.widht: .*did you mean 'width'\?"),
        ("dataset=ring", "this dataset has no labels; model=gan trains without them"),
    ],
)
def test_a_mistake_is_shown_with_its_place(tmp_path: Path, change: str, problem: str) -> None:
    with pytest.raises(RecipeError, match=problem):
        tiny_run(tmp_path / "run", change)
