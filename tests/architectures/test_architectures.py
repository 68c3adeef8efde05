"""Shapes in, shapes out, and how a label enters."""

import pytest
import torch
from torch import nn

from gancli import Architecture, DataSpec, LabelEmbedding
from gancli.architectures import DCGAN, MLP
from gancli.architectures.dcgan import ConditionalBatchNorm

SMALL = MLP(generator_hidden=(8,), discriminator_hidden=(8,))


def play(
    architecture: Architecture, data: DataSpec, num_classes: int, outputs: int = 1
) -> tuple[torch.Tensor, torch.Tensor]:
    """What the generator draws, and what the discriminator says to it."""
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
    plain, unit = (MLP(generator_hidden=(8,), discriminator_hidden=(8,), unit_pixels=it) for it in (False, True))
    data, z = DataSpec((1, 4, 4)), torch.randn(5, 3)
    players = [(it.generator(data, 3), it.discriminator(data)) for it in (plain, unit)]
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
    [((1, 30, 30), "28, 32 or 64"), ((1, 28, 32), "28×32"), ((2,), "points of shape .*mlp")],
)
def test_dcgan_refuses_what_it_does_not_fit(shape: tuple[int, ...], message: str) -> None:
    for build in (lambda: DCGAN().generator(DataSpec(shape), 7), lambda: DCGAN().discriminator(DataSpec(shape))):
        with pytest.raises(ValueError, match=message):
            build()


def test_dcgan_refuses_more_blocks_than_the_image_has_halvings() -> None:
    with pytest.raises(ValueError, match="4 blocks are too many for 28 pixels; at most 3"):
        DCGAN(blocks=4).discriminator(DataSpec((1, 28, 28)))


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
