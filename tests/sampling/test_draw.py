"""Image i of a seed is always the same; ways between samples begin and end at samples."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from torch import nn

from gancli import DataSpec, build
from gancli.architectures import DCGAN, MLP
from gancli.errors import UsageError
from gancli.losses import NonSaturating
from gancli.models import GAN, ConditionalGAN, Inputs, LatentPrior, VanillaGAN
from gancli.models.latent import slerp
from gancli.sampling import draw
from gancli.storage import checkpoint


@pytest.fixture
def gan() -> GAN:
    data = DataSpec((1, 28, 28), 3, ("a", "b", "c"))
    return ConditionalGAN(data, DCGAN(width=4), NonSaturating(), {}, {}, None, LatentPrior(6))


@pytest.mark.parametrize("n", [1, 3, 63, 64, 65, 199])
def test_image_i_of_a_seed_does_not_depend_on_how_many_are_drawn(gan: GAN, n: int) -> None:
    few, many = (draw.sample(gan, gan.generator, count, seed=5, labels=torch.arange(count) % 3) for count in (n, 200))
    assert few.shape == (n, 1, 28, 28)
    assert torch.equal(few, many[:n])
    assert len(many.flatten(1).unique(dim=0)) == 200


def test_samples_come_in_blocks_that_are_made_when_they_are_asked_for(gan: GAN) -> None:
    seen = []
    gan.generator.register_forward_hook(lambda network, inputs, output: seen.append(len(output)))
    blocks = draw.stream(gan, gan.generator, 10**15, labels=torch.tensor(1).expand(10**15))
    assert [len(next(blocks)) for _ in range(3)] == [64, 64, 64]
    assert seen == [64, 64, 64]
    assert [len(block) for block in draw.stream(gan, gan.generator, 70, labels=torch.zeros(70).long())] == [64, 6]
    assert seen == [64] * 5  # the network sees full blocks only


def test_a_sample_does_not_depend_on_what_is_drawn_beside_it(gan: GAN) -> None:
    labels = torch.arange(200) % 3
    z = draw.latents(gan.latent, 0, 200, 0)
    with torch.no_grad(), draw.eval_mode(gan.generator):
        at_once = gan.generate(gan.generator, Inputs(z, labels))
    torch.testing.assert_close(draw.sample(gan, gan.generator, 200, labels=labels), at_once, rtol=0, atol=1e-6)


def test_noise_from_the_middle_is_the_middle_of_the_noise() -> None:
    prior = LatentPrior(4)
    whole = draw.latents(prior, 0, 300, 1)
    assert torch.equal(draw.latents(prior, 50, 100, 1), whole[50:150])
    assert torch.equal(draw.latents(prior, 64, 64, 1), whole[64:128])
    assert not torch.equal(draw.latents(prior, 0, 300, 2), whole)
    assert len(whole.unique(dim=0)) == 300


def test_sampling_leaves_no_trace(gan: GAN) -> None:
    gan.generator.norms[0].eval()  # a module's own mode comes back too
    modes = [module.training for module in gan.modules()]
    state = {key: value.clone() for key, value in gan.state_dict().items()}
    rng = torch.get_rng_state()
    samples = draw.sample(gan, gan.generator, 10, labels=torch.zeros(10).long())
    assert not samples.requires_grad
    assert torch.equal(torch.get_rng_state(), rng)
    assert [module.training for module in gan.modules()] == modes
    assert all(torch.equal(state[key], value) for key, value in gan.state_dict().items())


def test_eval_mode_comes_back_after_an_error() -> None:
    network = nn.Sequential(nn.Dropout())
    during = []
    with suppress(KeyError), draw.eval_mode(network):
        during.append(network[0].training)
        raise KeyError
    assert (during, network[0].training) == ([False], True)


def test_slerp_keeps_the_norm_and_turns_evenly() -> None:
    start, end = torch.tensor([2.0, 0, 0]), torch.tensor([0, 2.0, 0])
    along = torch.linspace(0, 1, 5).unsqueeze(1)
    way = slerp(start, end, along)
    torch.testing.assert_close(way.norm(dim=1), torch.full((5,), 2.0))
    torch.testing.assert_close(torch.atan2(way[:, 1], way[:, 0]), along[:, 0] * torch.pi / 2)


@pytest.mark.parametrize("end", [[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]])
def test_slerp_goes_from_end_to_end_even_where_there_is_no_arc(end: list[float]) -> None:
    start, target = torch.tensor([1.0, 2.0, 3.0]), torch.tensor(end)
    way = slerp(start, target, torch.linspace(0, 1, 7).unsqueeze(1))
    torch.testing.assert_close(way[[0, -1]], torch.stack([start, target]))
    assert way.isfinite().all()


def test_the_way_between_classes_ends_at_plain_samples(gan: GAN) -> None:
    z = draw.latents(gan.latent, 0, 1, 1)[0]
    way = torch.cat(list(draw.walk(gan, gan.generator, [draw.Stop(z, 0), draw.Stop(z, 2)], 70)))
    assert way.shape == (70, 1, 28, 28)
    for image, digit in ((way[0], 0), (way[-1], 2)):
        plain = draw.sample(gan, gan.generator, 1, seed=1, labels=torch.tensor([digit]))[0]
        torch.testing.assert_close(image, plain, rtol=0, atol=1e-6)
    assert not torch.allclose(way[0], way[-1])
    # In between, every image is between its neighbours: no jump at the border of a block.
    jumps = way.diff(dim=0).flatten(1).norm(dim=1)
    assert jumps.max() < 3 * jumps.mean()


@pytest.mark.parametrize("prior", ["normal", "uniform"])
def test_the_way_between_noises_ends_at_plain_samples(gan: GAN, prior: str) -> None:
    gan.latent = LatentPrior(6, prior)
    ends = [draw.Stop(draw.latents(gan.latent, 0, 1, seed)[0], 1) for seed in (1, 2)]
    way = torch.cat(list(draw.walk(gan, gan.generator, ends, 5)))
    for image, seed in ((way[0], 1), (way[-1], 2)):
        plain = draw.sample(gan, gan.generator, 1, seed=seed, labels=torch.tensor([1]))[0]
        torch.testing.assert_close(image, plain, rtol=0, atol=1e-5)


def test_a_loaded_model_draws_what_it_is_asked_for(digits_run: Path) -> None:
    gan, generator = build.from_checkpoint(checkpoint.newest(digits_run), torch.device("cpu"))
    zeros, ones = (draw.sample(gan, generator, 4, labels=torch.full((4,), digit)) for digit in (0, 1))
    assert zeros.shape == (4, 1, 28, 28)
    assert not torch.equal(zeros, ones)


class Noisy(nn.Module):
    """A generator that draws noise of its own, in evaluation too."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(6, 2)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.linear(z)
        return x + torch.randn_like(x)


def test_a_generators_own_noise_is_a_function_of_the_seed_and_disturbs_no_training() -> None:
    game = VanillaGAN(DataSpec((2,)), MLP(), NonSaturating(), {}, {}, None, LatentPrior(6))
    generator = Noisy()
    before = torch.get_rng_state()
    first, again, other = (draw.sample(game, generator, 130, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first, again)
    assert torch.equal(first[:64], draw.sample(game, generator, 64, seed=1))
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("shape", "size"), [((2,), 64), ((3, 32, 32), 64), ((3, 64, 64), 64), ((3, 128, 128), 16), ((3, 256, 256), 4)]
)
def test_fewer_large_images_go_through_a_generator_together(shape: tuple[int, ...], size: int) -> None:
    assert draw.block_size(shape) == size
    assert draw.block_size((1, 4, 4), shape) == size  # the larger one of a source and its target


class Truncating(VanillaGAN):
    """A game with a sampling option."""

    def sampler(self, generator: nn.Module, *, truncation: float = 1.0) -> Callable[[Inputs], torch.Tensor]:
        if truncation > 1:
            raise ValueError("expected 1 at most")

        def sample(inputs: Inputs) -> torch.Tensor:
            assert inputs.z is not None
            x: torch.Tensor = generator(truncation * inputs.z)
            return x

        return sample


def test_an_option_of_the_sampler() -> None:
    game = Truncating(DataSpec((2,)), MLP(), NonSaturating(), {}, {}, None, LatentPrior(6))
    one = draw.sample(game, game.generator, 70, options={"truncation": 0.0})
    assert torch.equal(one, one[:1].expand(70, 2))
    assert torch.equal(
        draw.sample(game, game.generator, 70, options={"truncation": 1.0}), draw.sample(game, game.generator, 70)
    )
    with pytest.raises(UsageError, match=r"truncation=2\.0: expected 1 at most"):
        draw.make_sampler(game, game.generator, {"truncation": 2.0})
