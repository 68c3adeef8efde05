"""The networks of StyleGAN2, layer by layer, against what the papers define."""

import math
from typing import Any

import pytest
import torch
from gan_stylegan2 import StyleGAN2Architecture
from gan_stylegan2.architecture import image_sizes
from gan_stylegan2.equalised import EqualisedConv2d, EqualisedLinear
from gan_stylegan2.generator import mixed
from gan_stylegan2.modulated import ModulatedConv2d, demodulation
from gan_stylegan2.noise import Noise
from gan_stylegan2.synthesis import resized
from torch import Tensor
from torch.nn.functional import conv2d, pad

from gancli import DataSpec
from gancli.models.discriminators import mixes_batch
from gancli.penalties import R1
from gancli.regularisers import PathLength
from gancli.regularisers.path_length import path_lengths

COLOUR = DataSpec((3, 16, 16))


def small(**options: Any) -> StyleGAN2Architecture:
    torch.manual_seed(0)
    return StyleGAN2Architecture(**{"width": 2, "w_dim": 6, "mapping_layers": 2} | options)


def generator(**options: Any) -> Any:
    return small(**options).generator(COLOUR, 5)


@pytest.mark.parametrize("num_classes", [0, 3])
@pytest.mark.parametrize("size", [(16, 16), (28, 28), (64, 64), (96, 128), (24, 48)], ids=str)
def test_shapes_and_bounds(size: tuple[int, int], num_classes: int) -> None:
    data = DataSpec((3, *size), num_classes)
    y = (torch.arange(3) % num_classes,) if num_classes else ()
    images = small().generator(data, 5, num_classes).eval()(torch.randn(3, 5), *y)
    assert images.shape == (3, 3, *size)
    assert images.abs().max() <= 1
    assert small().discriminator(data, num_classes)(images, *y).shape == (3,)
    assert small().discriminator(data, num_classes, outputs=4)(images, *y).shape == (3, 4)


def test_the_output_is_the_sum_of_the_images_or_its_tanh() -> None:
    z = torch.randn(3, 5)
    torch.testing.assert_close(generator(output="tanh", noise=False)(z), generator(noise=False)(z).tanh())
    assert generator(output="tanh", noise=False).eval()(50 * z).abs().max() <= 1


def test_the_mapping_learns_as_fast_as_the_recipe_says() -> None:
    made = generator(mapping_lr=0.25)
    assert {layer.learning_rate for layer in made.mapping.layers} == {0.25}
    assert {layer.learning_rate for layer in generator().mapping.layers} == {0.01}  # the paper's


@pytest.mark.parametrize("shape", [(3, 12, 12), (3, 100, 100), (3, 16, 128), (3, 33, 64), (2,)], ids=str)
def test_sizes_that_it_cannot_halve_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="stylegan2 draws images"):
        image_sizes(DataSpec(shape))


def test_channels_double_with_every_halving_up_to_the_largest_number() -> None:
    made: Any = small(width=4, max_width=10).generator(DataSpec((3, 64, 64)), 5)
    assert [layer.convolution.weight.shape[0] for layer in made.synthesis.layers] == [10, 10, 10, 10, 10, 8, 8, 4, 4]


@pytest.mark.parametrize("rate", [1.0, 0.01])
def test_equalised_layers_keep_a_variance_of_1(rate: float) -> None:
    torch.manual_seed(0)
    linear = EqualisedLinear(256, 256, learning_rate=rate)
    assert linear.weight.std().item() == pytest.approx(1 / rate, rel=0.02)
    assert linear(torch.randn(500, 256)).std().item() == pytest.approx(1, abs=0.05)
    convolution = EqualisedConv2d(64, 64, 3)
    assert convolution.weight.std().item() == pytest.approx(1, abs=0.02)
    assert convolution(torch.randn(4, 64, 32, 32))[:, :, 1:-1, 1:-1].std().item() == pytest.approx(1, abs=0.05)


def test_a_learning_rate_of_a_hundredth_moves_the_output_a_hundredth_as_far() -> None:
    x, moved = torch.randn(8, 16), []
    for rate in (1.0, 0.01):
        torch.manual_seed(0)
        layer = EqualisedLinear(16, 16, learning_rate=rate)
        before = layer(x)
        with torch.no_grad():
            layer.weight.add_(0.1)  # what Adam moves every weight by, whatever its scale
        moved.append((layer(x) - before).norm().item())
    assert moved[1] == pytest.approx(moved[0] / 100, rel=1e-3)


def per_sample(layer: ModulatedConv2d, x: Tensor, w: Tensor) -> Tensor:
    """Equations 1 and 3 of the paper, with weights for every sample."""
    weights = layer.weight * layer.scale * layer.style(w)[:, None, :, None, None]  # (N, C_out, C_in, K, K)
    if layer.demodulated:
        weights = weights / (weights.square().sum((2, 3, 4), keepdim=True) + 1e-8).sqrt()
    return torch.cat([conv2d(x[n : n + 1], weights[n], padding=layer.padding) for n in range(len(x))])


@pytest.mark.parametrize("demodulated", [True, False])
def test_scaling_inputs_and_outputs_equals_weights_for_every_sample(demodulated: bool) -> None:
    torch.manual_seed(0)
    layer, x, w = ModulatedConv2d(4, 5, 3, 6, demodulated=demodulated), torch.randn(3, 4, 7, 7), torch.randn(3, 6)
    torch.testing.assert_close(layer(x, w), per_sample(layer, x, w))


def test_demodulated_outputs_have_a_variance_of_1_whatever_the_style() -> None:
    torch.manual_seed(0)
    layer, x = ModulatedConv2d(32, 16, 3, 6), torch.randn(4, 32, 64, 64)
    for strength in (0.1, 10.0):
        outputs = layer(x, strength * torch.randn(4, 6))[:, :, 1:-1, 1:-1]
        torch.testing.assert_close(outputs.var((2, 3)), torch.ones(4, 16), rtol=0.15, atol=0)


def test_doubling_is_the_papers_filter() -> None:
    """Zeros between the pixels, and a convolution by [1, 3, 3, 1] / 4 along both sides; at the border pixels repeat."""
    torch.manual_seed(0)
    x = torch.randn(2, 3, 5, 4)
    padded = pad(x, (1, 1, 1, 1), mode="replicate")
    spread = torch.zeros(2, 3, 14, 12)
    spread[:, :, ::2, ::2] = padded
    line = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
    kernel = torch.outer(line, line).expand(3, 1, 4, 4)
    filtered = conv2d(spread, kernel, padding=2, groups=3)[:, :, 2:-3, 2:-3]
    torch.testing.assert_close(resized(x, (10, 8)), filtered)
    assert resized(x, (5, 4)) is x


def test_noise_is_new_in_training_and_saved_in_evaluation() -> None:
    noise, x = Noise((4, 4)), torch.zeros(2, 3, 4, 4)
    torch.nn.init.ones_(noise.strength)
    assert not torch.equal(noise(x), noise(x))
    assert not torch.equal(noise(x)[0], noise(x)[1])
    noise.eval()
    assert torch.equal(noise(x), noise.saved.expand(2, 3, -1, -1))
    assert "saved" in noise.state_dict()


def test_in_evaluation_mode_an_image_depends_on_its_noise_alone() -> None:
    made, z = generator().eval(), torch.randn(4, 5)
    for layer in made.synthesis.layers:
        torch.nn.init.ones_(layer.noise.strength)
    torch.testing.assert_close(made(z)[:2], made(z[:2]))
    average = made.average.clone()
    assert torch.equal(made(z), made(z))
    assert torch.equal(made.average, average)


def test_the_average_style_is_that_of_the_training() -> None:
    made = generator()
    for _ in range(3000):
        made.styles(torch.randn(64, 5))
    with torch.no_grad():
        mean = made.mapping(torch.randn(10_000, 5)).mean((0, 1))
    torch.testing.assert_close(made.average, mean, rtol=0, atol=0.03)


def test_truncation_0_draws_one_picture_and_1_draws_them_all() -> None:
    made, z = generator().eval(), torch.randn(3, 5)
    torch.nn.init.normal_(made.average)
    one = made.truncated(made.mapping(z), 0)
    torch.testing.assert_close(one[1:], one[:1].expand(2, -1, -1, -1))
    torch.testing.assert_close(made.truncated(made.mapping(z), 1), made(z))
    half = made.synthesis((made.average + made.mapping(z)) / 2)
    torch.testing.assert_close(made.truncated(made.mapping(z), 0.5), half)


@pytest.mark.parametrize("first", [1, 2, 4])
def test_a_style_from_a_layer_on_changes_only_that_layer_and_finer_ones(first: int) -> None:
    made = generator(noise=False)
    w, other = torch.randn(1, 6), torch.randn(1, 6)
    layers = made.synthesis.num_layers
    styles = torch.stack([w if layer < first else other for layer in range(layers)], 1)  # (1, layers, 6)
    w = w[:, None].expand(-1, layers, -1)
    seen: list[Tensor] = []
    for layer in made.synthesis.layers:
        layer.register_forward_hook(lambda layer, inputs, x: seen.append(x))
    made.synthesis(w)
    made.synthesis(styles)
    same = [torch.equal(a, b) for a, b in zip(seen[: layers - 1], seen[layers - 1 :], strict=True)]
    assert same == [layer < first for layer in range(layers - 1)]


def test_mixed_styles_change_once_from_the_first_to_the_other() -> None:
    torch.manual_seed(0)
    w, other = torch.zeros(1000, 5, 6), torch.ones(1000, 5, 6)
    styles = mixed(w, other, 0.9)[:, :, 0]  # (N, layers)
    assert (styles.diff(dim=1) >= 0).all()
    assert (styles[:, 0] == 0).all()
    number = styles.sum(1).int().bincount(minlength=5) / 1000
    torch.testing.assert_close(number, torch.tensor([0.1, 0.225, 0.225, 0.225, 0.225]), rtol=0, atol=0.05)
    assert not mixed(w, other, 0).any()


def test_path_length_is_its_definition_on_a_linear_synthesis() -> None:
    """Of images A w, the length is that of Aᵀy; its mean square over y of variance 1 is the square of A's norm."""

    class Linear(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.mapping = lambda z, y: z
            self.matrix = torch.randn(3 * 4 * 4, 6)

        def synthesis(self, w: Tensor) -> Tensor:
            return (w @ self.matrix.T).unflatten(1, (3, 4, 4))

    torch.manual_seed(0)
    linear = Linear()
    lengths = path_lengths(linear, torch.randn(4000, 6), None)
    expected = linear.matrix.square().sum() / 16  # y is divided by the square root of the pixels
    assert lengths.square().mean().item() == pytest.approx(expected.item(), rel=0.05)


def test_path_length_reaches_every_parameter_of_the_generator_but_the_last_biases() -> None:
    made = generator()
    for layer in made.synthesis.layers:
        torch.nn.init.ones_(layer.noise.strength)
    PathLength()(made, torch.randn(4, 5), None).backward()
    without = {name for name, parameter in made.named_parameters() if parameter.grad is None}
    assert all("to_image" in name and name.endswith("bias") for name in without), without


def test_r1_reaches_the_weights_of_the_discriminator() -> None:
    critic = small().discriminator(COLOUR)
    x = torch.randn(4, 3, 16, 16)
    R1(gamma=1.0)(critic, x, x).backward()
    weights = [parameter.grad for name, parameter in critic.named_parameters() if name.endswith("weight")]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in weights)
    assert mixes_batch(critic)


def test_the_first_images_have_a_variance_near_one_an_added_image() -> None:
    torch.manual_seed(0)
    made = StyleGAN2Architecture(width=16, w_dim=64).generator(DataSpec((3, 64, 64)), 32)
    assert 1 < made(torch.randn(8, 32)).std().item() < math.sqrt(5) + 1


def test_path_length_is_the_mean_over_the_layers() -> None:
    """As in the paper's code: the square root of the mean, over the layers, of the squared length by each one's w."""
    torch.manual_seed(0)
    made, z = generator(noise=False), torch.randn(4, 5)
    styles = made.mapping(z).detach().requires_grad_(True)
    images = made.synthesis(styles)
    torch.manual_seed(1)
    y = torch.randn_like(images) / 16
    (gradient,) = torch.autograd.grad((images * y).sum(), styles)
    assert gradient.shape == (4, made.synthesis.num_layers, 6)
    torch.manual_seed(1)
    lengths = path_lengths(made, z, None)
    torch.testing.assert_close(lengths, gradient.square().sum(2).mean(1).sqrt())


def test_under_autocast_demodulation_is_in_full_precision() -> None:
    torch.manual_seed(0)
    style, weight = torch.randn(4, 32), torch.randn(8, 32, 3, 3)
    with torch.autocast("cpu", torch.bfloat16):
        scales = demodulation(style, weight)
    assert torch.equal(scales, demodulation(style, weight))
    layer, x, w = ModulatedConv2d(32, 8, 3, 6), torch.randn(2, 32, 8, 8), torch.randn(2, 6)
    with torch.autocast("cpu", torch.bfloat16):
        lower = layer(x, w)
    assert lower.dtype == torch.bfloat16
    torch.testing.assert_close(lower.float(), layer(x, w), rtol=0.05, atol=0.05)
