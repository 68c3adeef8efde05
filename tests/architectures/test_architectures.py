"""Shapes in, shapes out, and how a label enters."""

from itertools import pairwise

import pytest
import torch
from torch import nn

from gancli import Architecture, DataSpec, LabelEmbedding
from gancli.architectures import DCGAN, MLP
from gancli.architectures.dcgan import ConditionalBatchNorm
from gancli.architectures.sizes import Size, discriminator_size, doubling, image_sizes


def doublings(sizes: list[Size]) -> list[tuple[Size, Size]]:
    return [doubling(small, large) for small, large in pairwise(sizes[::-1])]


SMALL = MLP(generator_hidden=(8,), discriminator_hidden=(8,))


def play(
    architecture: Architecture, data: DataSpec, num_classes: int, outputs: int = 1
) -> tuple[torch.Tensor, torch.Tensor]:
    """The samples of the generator, and the discriminator's logits of them."""
    generator = architecture.generator(data, 7, num_classes)
    discriminator = architecture.discriminator(data, num_classes, outputs)
    y = (torch.arange(4) % num_classes,) if num_classes else ()
    x = generator(torch.randn(4, 7), *y)
    return x, discriminator(x, *y)


@pytest.mark.parametrize("side", [28, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("num_classes", [0, 5])
@pytest.mark.parametrize("norm", ["batch", "spectral", "none"])
def test_dcgan(side: int, channels: int, num_classes: int, norm: str) -> None:
    x, logits = play(DCGAN(width=2, discriminator_norm=norm), DataSpec((channels, side, side)), num_classes)
    assert x.shape == (4, channels, side, side)
    assert x.abs().max() <= 1
    assert logits.shape == (4,)


@pytest.mark.parametrize(("norm", "apart"), [("batch", False), ("none", True), ("spectral", True)])
def test_what_is_said_of_a_sample_depends_on_the_others_under_batch_norm_alone(norm: str, apart: bool) -> None:
    discriminator = DCGAN(width=2, discriminator_norm=norm).discriminator(DataSpec((1, 28, 28)))
    discriminator.train(norm != "spectral")  # whose estimate moves at every pass of a training
    x = torch.randn(4, 1, 28, 28)
    among, alone = discriminator(x)[:2], discriminator(x[:2])
    assert torch.allclose(among, alone, atol=1e-6) == apart


def test_unit_pixels_are_those_of_a_sigmoid_and_of_no_input_where_it_is_black() -> None:
    plain, unit = (MLP(generator_hidden=(8,), discriminator_hidden=(8,), unit_pixels=unit) for unit in (False, True))
    data, z = DataSpec((1, 4, 4)), torch.randn(5, 3)
    players = [(mlp.generator(data, 3), mlp.discriminator(data)) for mlp in (plain, unit)]
    for other, network in zip(*players, strict=True):
        network.load_state_dict(other.state_dict())
    (plain_g, plain_d), (unit_g, unit_d) = players
    drawn = (unit_g(z) + 1) / 2
    torch.testing.assert_close(drawn, plain_g(z).atanh().sigmoid())
    torch.testing.assert_close(unit_d(unit_g(z)), plain_d(drawn))
    black = torch.full((1, 1, 4, 4), -1.0)
    torch.testing.assert_close(unit_d(black), plain_d(torch.zeros_like(black)))
    points = unit.generator(DataSpec((2,)), 3)
    assert points(100 * torch.randn(50, 3)).abs().max() > 1  # points are no pixels


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 8, 12), (2,), (5,)])
@pytest.mark.parametrize("num_classes", [0, 5])
@pytest.mark.parametrize("activation", ["relu", "leaky-relu", "maxout"])
def test_mlp(shape: tuple[int, ...], num_classes: int, activation: str) -> None:
    mlp = MLP(
        generator_hidden=(8, 6),
        discriminator_hidden=(6,),
        generator_activation=activation,
        discriminator_activation=activation,
        batch_norm=True,
        discriminator_dropout=0.5,
    )
    x, logits = play(mlp, DataSpec(shape), num_classes)
    assert x.shape == (4, *shape)
    assert logits.shape == (4,)


@pytest.mark.parametrize("architecture", [SMALL, DCGAN(width=2)])
@pytest.mark.parametrize("num_classes", [0, 5])
def test_a_discriminator_gives_as_many_outputs_as_are_asked_for(architecture: Architecture, num_classes: int) -> None:
    _, logits = play(architecture, DataSpec((1, 28, 28)), num_classes, outputs=3)
    assert logits.shape == (4, 3)


def test_mlp_bounds_images_and_leaves_points_free() -> None:
    for shape, bounded in (((1, 4, 4), True), ((16,), False)):
        generator = SMALL.generator(DataSpec(shape), 7)
        assert (generator(1000 * torch.randn(64, 7)).abs().max() <= 1) == bounded


@pytest.mark.parametrize("architecture", [SMALL, DCGAN(width=2)])
@pytest.mark.parametrize("wrong", [(1, 28, 29), (3, 28, 28), (1, 14, 56), (784,)])
def test_samples_of_another_shape_are_refused(architecture: Architecture, wrong: tuple[int, ...]) -> None:
    discriminator = architecture.discriminator(DataSpec((1, 28, 28)))
    with pytest.raises(ValueError, match="takes samples of shape"):
        discriminator(torch.zeros(4, *wrong))


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        ((1, 15, 30), "16 to 256 pixels in height and in width; this dataset has 15×30"),
        ((1, 32, 257), "this dataset has 32×257"),
        ((2,), "points of shape .*mlp"),
    ],
)
def test_dcgan_refuses_what_it_does_not_fit(shape: tuple[int, ...], message: str) -> None:
    for build in (lambda: DCGAN().generator(DataSpec(shape), 7), lambda: DCGAN().discriminator(DataSpec(shape))):
        with pytest.raises(ValueError, match=message):
            build()


def test_dcgan_refuses_more_blocks_than_the_image_has_halvings() -> None:
    with pytest.raises(ValueError, match="blocks: 4 are too many for 28 pixels; at most 3"):
        DCGAN(blocks=4).discriminator(DataSpec((1, 28, 28)))

    with pytest.raises(ValueError, match="blocks: 6 are too many for 96×128 pixels; at most 5"):
        DCGAN(blocks=6).discriminator(DataSpec((1, 96, 128)))


SIZES = [(16, 16), (16, 256), (256, 16), (17, 33), (30, 30), (96, 128), (75, 100), (129, 65), (255, 256)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("blocks", [None, 2])
@pytest.mark.parametrize("norm", ["batch", "spectral"])
def test_dcgan_draws_every_size_from_16_to_256_pixels(size: tuple[int, int], blocks: int | None, norm: str) -> None:
    x, logits = play(DCGAN(width=1, blocks=blocks, discriminator_norm=norm), DataSpec((3, *size)), 2)
    assert x.shape == (4, 3, *size)
    assert logits.shape == (4,)


def test_every_side_is_doubled_from_about_4_pixels() -> None:
    for shape in [(1, side, 64) for side in range(16, 257)] + [(1, 16, side) for side in range(16, 257)]:
        sizes = image_sizes(DataSpec(shape), None)
        for (small, large), (kernel, stride) in zip(pairwise(sizes[::-1]), doublings(sizes), strict=True):
            assert all((n - 1) * s - 2 + k == m for n, m, k, s in zip(small, large, kernel, stride, strict=True))
        assert {3, 4, 5} >= set(sizes[-1])
        assert {2, 3, 4, 5} >= set(discriminator_size(sizes))


def test_the_networks_of_28_32_and_64_pixels_are_those_of_the_recipes() -> None:
    """A checkpoint holds their names and shapes, and a seed their weights."""
    for side, last, shapes in ((28, 4, [4, 4, 3]), (32, 4, [4, 4, 4]), (64, 4, [4, 4, 4, 4])):
        generator = DCGAN(width=2).generator(DataSpec((1, side, side)), 7)
        kernels = [(layer.kernel_size, layer.stride) for layer in generator.convolutions]
        assert kernels == [((kernel, kernel), (2, 2)) for kernel in reversed(shapes)]
        assert generator.linear.weight.shape == (2 * 2 ** (len(shapes) - 1) * last * last, 7)


def test_channels_double_three_times_at_most() -> None:
    generator = DCGAN(width=8).generator(DataSpec((3, 256, 256)), 7)
    assert [layer.in_channels for layer in generator.convolutions] == [64, 64, 64, 32, 16, 8]
    discriminator = DCGAN(width=64).discriminator(DataSpec((3, 256, 256)))
    assert sum(parameter.numel() for parameter in discriminator.parameters()) < 12e6


def test_the_generators_last_layer_is_a_tanh() -> None:
    generator = DCGAN(width=2).generator(DataSpec((1, 28, 28)), 7)
    before: list[torch.Tensor] = []
    generator.convolutions[-1].register_forward_hook(lambda _, inputs, output: before.append(10 * output) or before[-1])
    x = generator(torch.randn(4, 7))
    torch.testing.assert_close(x, before[0].tanh())
    assert before[0].abs().max() > 1


def test_the_features_of_three_blocks_on_digits() -> None:
    """28 → 14 → 7 → 3 pixels, and 32 → 64 → 128 channels."""
    discriminator = DCGAN(blocks=3, width=32).discriminator(DataSpec((1, 28, 28)))
    assert discriminator.linear.in_features == 128 * 3 * 3 == 1152


def test_a_label_changes_what_both_players_do() -> None:
    data = DataSpec((1, 28, 28))
    for architecture in (SMALL, DCGAN(width=4)):
        generator, discriminator = architecture.generator(data, 7, 2).eval(), architecture.discriminator(data, 2).eval()
        z, x = torch.randn(1, 7), torch.randn(1, 1, 28, 28)
        zero, one = torch.tensor([0]), torch.tensor([1])
        assert not torch.allclose(generator(z, zero), generator(z, one))
        assert not torch.allclose(discriminator(x, zero), discriminator(x, one))


def test_a_pure_mixture_of_classes_is_the_class() -> None:
    embedding = LabelEmbedding(5, 3)
    y = torch.tensor([0, 4, 2])
    torch.testing.assert_close(embedding(nn.functional.one_hot(y, 5).float()), embedding(y), rtol=0, atol=0)
    half = torch.tensor([[0.5, 0, 0, 0.5, 0]])
    torch.testing.assert_close(embedding(half)[0], (embedding.weight[0] + embedding.weight[3]) / 2)


def test_conditional_batch_norm_scales_and_shifts_by_class() -> None:
    norm = ConditionalBatchNorm(3, 2)
    x, zero, one = torch.randn(8, 3, 4, 4), torch.zeros(8).long(), torch.ones(8).long()
    torch.testing.assert_close(norm(x, zero), norm(x, one))
    with torch.no_grad():
        norm.scale.weight[1], norm.shift.weight[1] = 2.0, 5.0
    torch.testing.assert_close(norm(x, one), 2 * norm(x, zero) + 5)
    torch.testing.assert_close(norm(x, zero), nn.functional.batch_norm(x, None, None, training=True))


def test_spectral_norm_makes_every_layer_of_the_critic_1_lipschitz() -> None:
    discriminator = DCGAN(width=4, discriminator_norm="spectral").discriminator(DataSpec((1, 28, 28)))
    for _ in range(50):  # power iterations
        discriminator(torch.randn(2, 1, 28, 28))
    largest = [
        torch.linalg.matrix_norm(module.weight.flatten(1), 2).item()
        for module in discriminator.modules()
        if isinstance(module, nn.Conv2d | nn.Linear)
    ]
    assert largest == pytest.approx([1.0] * len(largest), abs=0.01)
    assert len(largest) == 4
