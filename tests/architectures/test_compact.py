"""The small networks for few colour images: their normalisation, their sizes, and how a label enters."""

import pytest
import torch
from torch.nn.functional import pixel_shuffle

from gancli import DataSpec
from gancli.architectures import Compact
from gancli.architectures.compact import ModulatedBlock, ResidualBlock, four_in_one, he_normal
from gancli.architectures.minibatch_deviation import MinibatchDeviation
from gancli.architectures.pixel_norm import normalised
from gancli.models.discriminators import mixes_batch

SMALL = Compact(width=2, max_width=8)


@pytest.mark.parametrize("num_classes", [0, 3])
@pytest.mark.parametrize("size", [(16, 16), (28, 28), (64, 64), (33, 17), (16, 64), (255, 16), (75, 100)], ids=str)
def test_every_size_is_drawn_and_scored(size: tuple[int, int], num_classes: int) -> None:
    data = DataSpec((3, *size), num_classes)
    y = (torch.arange(4) % num_classes,) if num_classes else ()
    x = SMALL.generator(data, 7, num_classes)(torch.randn(4, 7), *y)
    assert x.shape == (4, 3, *size)
    assert x.abs().max() <= 1
    assert SMALL.discriminator(data, num_classes)(x, *y).shape == (4,)
    assert SMALL.discriminator(data, num_classes, outputs=5)(x, *y).shape == (4, 5)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((1, 15, 30), "compact draws images of 16 to 256 pixels"), ((2,), "compact draws images; .*mlp")],
)
def test_what_it_cannot_draw_is_refused(shape: tuple[int, ...], message: str) -> None:
    for make in (lambda: SMALL.generator(DataSpec(shape), 7), lambda: SMALL.discriminator(DataSpec(shape))):
        with pytest.raises(ValueError, match=message):
            make()


def test_channels_double_with_every_halving_up_to_the_largest_number() -> None:
    generator = Compact(width=4, max_width=24).generator(DataSpec((3, 64, 64)), 7)
    assert [block.convolution.out_channels for block in generator.blocks] == [24, 24, 16, 8, 4]
    discriminator = Compact(width=4, max_width=24).discriminator(DataSpec((3, 64, 64)))
    assert discriminator.first.out_channels == 8  # twice the generator's, at half of the resolution
    assert [block.second.out_channels for block in discriminator.blocks] == [16, 24, 24]


def test_every_pixel_has_a_mean_square_of_1_after_normalisation() -> None:
    x = normalised(5 * torch.randn(2, 6, 3, 4) + 1)
    torch.testing.assert_close(x.square().mean(1), torch.ones(2, 3, 4))


def test_a_block_is_scaled_and_shifted_by_the_style() -> None:
    block, style, x = ModulatedBlock(3, 4), torch.randn(2, 128), torch.randn(2, 3, 5, 5)
    scale, shift = block.modulation(style).chunk(2, 1)
    features = normalised(block.convolution(x)) * (1 + scale[:, :, None, None]) + shift[:, :, None, None]
    torch.testing.assert_close(block(x, style), torch.where(features > 0, features, 0.2 * features))


def test_four_in_one_loses_no_pixel() -> None:
    x = torch.randn(2, 3, 6, 8)
    torch.testing.assert_close(pixel_shuffle(four_in_one(x), 2), x)
    odd = torch.randn(2, 3, 5, 7)
    whole = pixel_shuffle(four_in_one(odd), 2)
    torch.testing.assert_close(whole[:, :, :5, :7], odd)
    torch.testing.assert_close(whole[:, :, 5, :7], odd[:, :, 4])


def test_initial_weights_keep_the_variance() -> None:
    torch.manual_seed(0)
    layer = he_normal(torch.nn.Linear(512, 512))
    x = torch.nn.functional.leaky_relu(torch.randn(1000, 512), 0.2)
    assert layer(x).square().mean().item() == pytest.approx(1, abs=0.05)


def test_a_residual_block_halves_what_its_strides_say() -> None:
    x = torch.randn(2, 4, 7, 5)
    assert ResidualBlock(4, 6, (2, 1))(x).shape == (2, 6, 4, 5)


def test_minibatch_deviation_is_its_formula_and_shows_a_collapse() -> None:
    x = torch.randn(8, 3, 2, 2)
    last = MinibatchDeviation()(x)[:, -1]
    for first in range(2):  # the groups are 0, 2, 4, 6 and 1, 3, 5, 7
        expected = x[first::2].std(0, unbiased=False).mean()
        torch.testing.assert_close(last[first::2], expected.expand(4, 2, 2))
    assert MinibatchDeviation()(x[:1].expand(4, -1, -1, -1))[:, -1].max() < 1e-3
    assert MinibatchDeviation()(x[:3]).shape == (3, 4, 2, 2)  # a group of one


def test_real_and_fake_images_are_scored_apart() -> None:
    assert mixes_batch(SMALL.discriminator(DataSpec((3, 16, 16))))


def test_a_sample_depends_on_nothing_but_its_noise() -> None:
    generator, z = SMALL.generator(DataSpec((3, 16, 16)), 7), torch.randn(4, 7)
    torch.testing.assert_close(generator(z)[:2], generator(z[:2]))


def test_a_pure_mixture_of_classes_is_the_class() -> None:
    data, z, y = DataSpec((3, 16, 16), 3), torch.randn(3, 7), torch.arange(3)
    generator, discriminator = SMALL.generator(data, 7, 3), SMALL.discriminator(data, 3)
    x = generator(z, y)
    torch.testing.assert_close(generator(z, torch.eye(3)), x)
    torch.testing.assert_close(discriminator(x, torch.eye(3)), discriminator(x, y))
    assert not torch.allclose(generator(z, y.roll(1)), x)
