"""The networks of BigGAN, layer by layer, against what the papers define."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest
import torch
from gan_biggan import BigGANArchitecture
from gan_biggan.attention import SelfAttention
from gan_biggan.discriminator import DownBlock
from gan_biggan.generator import UpBlock
from gan_biggan.norm import ConditionalBatchNorm
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d, interpolate, max_pool2d
from torch.nn.utils.parametrize import is_parametrized

from gancli import DataSpec
from gancli.architectures.meta import without_values
from gancli.build.value_problems import is_out_of_bounds
from gancli.penalties import R1
from gancli.regularisers import Orthogonal

GREY = DataSpec((1, 28, 28), 10)
Make = Callable[..., tuple[nn.Module, nn.Module]]


@pytest.fixture
def networks() -> Make:
    def make(data: DataSpec = GREY, latent_dim: int = 8, **options: Any) -> tuple[nn.Module, nn.Module]:
        torch.manual_seed(0)
        architecture = BigGANArchitecture(**{"width": 2, "shared_dim": 3} | options)
        classes = data.num_classes
        return architecture.generator(data, latent_dim, classes), architecture.discriminator(data, classes)

    return make


def spectral_layers(network: nn.Module) -> dict[str, nn.Module]:
    return {name: layer for name, layer in network.named_modules() if is_parametrized(layer)}


def norm_of(layer: nn.Module) -> float:
    weight: Any = layer.weight
    return torch.linalg.matrix_norm(weight.flatten(1), 2).item()


@pytest.mark.parametrize(
    ("data", "latent_dim"),
    [
        (GREY, 8),
        (DataSpec((3, 32, 32), 2), 4),
        (DataSpec((3, 64, 64), 6), 10),
        (DataSpec((3, 128, 128), 3), 6),
        (DataSpec((1, 31, 61), 2), 5),
        (DataSpec((3, 32, 32)), 4),  # without classes
    ],
    ids=str,
)
def test_shapes_and_bounds(networks: Make, data: DataSpec, latent_dim: int) -> None:
    generator, discriminator = networks(data, latent_dim, attention=(max(data.shape) + 1) // 2)
    y = (torch.arange(3) % data.num_classes,) if data.num_classes else ()
    images = generator(torch.randn(3, latent_dim), *y)
    assert images.shape == (3, *data.shape)
    assert not is_out_of_bounds(images)
    assert discriminator(images, *y).shape == (3,)
    assert BigGANArchitecture(width=2).discriminator(data, outputs=4)(images).shape == (3, 4)


def test_sizes_on_the_way(networks: Make) -> None:
    generator, discriminator = networks()
    sizes: list[int] = []
    for block in (*generator.blocks, *discriminator.blocks):  # type: ignore[misc]
        block.register_forward_hook(lambda layer, inputs, x: sizes.append(x.shape[2]))
    discriminator(generator(torch.randn(2, 8), torch.arange(2)), torch.arange(2))
    assert sizes == [7, 14, 28, 14, 7, 4, 4]


def test_conditional_batch_norm_is_its_formula() -> None:
    torch.manual_seed(0)
    layer = ConditionalBatchNorm(4, 3).eval()  # in evaluation mode, so that the spectral norms stay
    layer.norm.train()
    x, condition = torch.randn(5, 4, 6, 6) * 3 + 2, torch.randn(5, 3)
    mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3), unbiased=False)
    normal = (x - mean[:, None, None]) / (variance[:, None, None] + 1e-5).sqrt()
    gain, shift = (condition @ weight.T for weight in (layer.gain.weight, layer.shift.weight))
    expected = (1 + gain)[:, :, None, None] * normal + shift[:, :, None, None]
    torch.testing.assert_close(layer(x, condition), expected, rtol=1e-4, atol=1e-5)


def test_attention_is_the_identity_at_first_and_its_formula_later() -> None:
    torch.manual_seed(0)
    layer, x = SelfAttention(16).eval(), torch.randn(2, 16, 6, 4)
    assert torch.equal(layer(x), x)
    nn.init.constant_(layer.gamma, 0.7)
    theta, phi, g = layer.theta(x), max_pool2d(layer.phi(x), 2), max_pool2d(layer.g(x), 2)
    expected = torch.zeros(2, 8, 6, 4)
    for n, row, column in itertools.product(range(2), range(6), range(4)):
        scores = torch.einsum("c,chw->hw", theta[n, :, row, column], phi[n])
        beta = scores.exp() / scores.exp().sum()
        expected[n, :, row, column] = torch.einsum("hw,chw->c", beta, g[n])
    torch.testing.assert_close(layer(x), x + 0.7 * layer.o(expected), rtol=1e-4, atol=1e-5)


def test_an_up_block_is_that_of_the_paper() -> None:
    """The shortcut's convolution comes before the doubling here, and after it in the paper."""
    torch.manual_seed(0)
    block, x, condition = UpBlock(4, 2, 3, (8, 8), attention=False).eval(), torch.randn(2, 4, 4, 4), torch.randn(2, 3)
    h = interpolate(block.norms[0](x, condition).relu(), scale_factor=2)
    h = block.convolutions[1](block.norms[1](block.convolutions[0](h), condition).relu())
    torch.testing.assert_close(block(x, condition), h + block.shortcut(interpolate(x, scale_factor=2)))


@pytest.mark.parametrize("is_first", [True, False])
def test_a_down_block_is_that_of_the_paper(is_first: bool) -> None:
    torch.manual_seed(0)
    block, x = DownBlock(2, 4, (8, 8), (4, 4), is_first=is_first).eval(), torch.randn(2, 2, 8, 8)
    h = block.second(block.first(x if is_first else x.relu()).relu())
    torch.testing.assert_close(block(x), avg_pool2d(h, 2) + avg_pool2d(block.shortcut(x), 2))


def test_the_discriminator_scores_by_a_linear_layer_and_the_projection(networks: Make) -> None:
    _, discriminator = networks()
    discriminator.eval()
    x, y = torch.randn(3, 1, 28, 28), torch.tensor([1, 1, 4])
    features = discriminator.blocks(x).relu().sum((2, 3))  # type: ignore[operator]
    linear: Any = discriminator.linear
    projection: Any = discriminator.projection
    expected = features @ linear.weight[0] + linear.bias + (projection.weight[y] * features).sum(1)
    torch.testing.assert_close(discriminator(x, y), expected)


def test_every_layer_of_the_discriminator_has_the_spectral_norm_1(networks: Make) -> None:
    generator, discriminator = networks(attention=14)
    weights = [layer for layer in discriminator.modules() if isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding)]
    assert len(weights) == len(spectral_layers(discriminator)) == 4 * 2 + 4 + 4 + 2
    for network in (generator, discriminator):
        for layer in spectral_layers(network).values():
            original: Any = layer.parametrizations.weight.original  # type: ignore[union-attr]
            nn.init.normal_(original, 0, 3)
        for _ in range(100):
            for layer in spectral_layers(network).values():
                layer.weight  # noqa: B018 - a power iteration
        network.eval()
        for name, layer in spectral_layers(network).items():
            assert norm_of(layer) == pytest.approx(1, abs=1e-3), name


def test_the_power_iteration_is_in_the_state_dict(networks: Make) -> None:
    _, discriminator = networks()
    layers = spectral_layers(discriminator)
    vectors = [name for name in discriminator.state_dict() if name.endswith(("._u", "._v"))]
    assert len(vectors) == 2 * len(layers)


def test_layers_start_orthogonal(networks: Make) -> None:
    for network in networks(width=4, attention=14):
        for name, layer in network.named_modules():
            if isinstance(layer, nn.Conv2d | nn.Linear | nn.Embedding):
                rows: Tensor = layer.weight.flatten(1).detach()
                square = rows @ rows.T if len(rows) <= rows.shape[1] else rows.T @ rows
                torch.testing.assert_close(square, torch.eye(len(square)), rtol=0, atol=1e-3, msg=name)


def test_each_block_gets_its_own_chunk_of_the_noise(networks: Make) -> None:
    generator, _ = networks()
    generator.eval()
    outputs: list[Tensor] = []
    layers = (generator.linear, *generator.blocks)  # type: ignore[misc]
    for layer in layers:
        layer.register_forward_hook(lambda layer, inputs, x: outputs.append(x))
    z, y = torch.randn(1, 8), torch.tensor([3])
    generator(z, y)
    for chunk in range(len(layers)):
        outputs, before = [], outputs
        changed = z.clone()
        changed[:, 2 * chunk : 2 * chunk + 2] += 1
        generator(changed, y)
        same = [torch.equal(new, old) for new, old in zip(outputs, before[: len(layers)], strict=True)]
        assert same == [True] * chunk + [False] * (len(layers) - chunk)
        outputs = before


def test_the_label_changes_the_picture_and_all_blocks_share_its_embedding(networks: Make) -> None:
    generator, discriminator = networks()
    generator.eval()
    discriminator.eval()
    z = torch.randn(1, 8).expand(10, 8)
    images = generator(z, torch.arange(10))
    assert len(images.unique(dim=0)) == 10
    assert len(discriminator(images[:1].expand(10, 1, 28, 28), torch.arange(10)).unique()) == 10
    weights = torch.eye(10)  # mixtures of classes, which interpolation needs
    torch.testing.assert_close(generator(z, weights), images)
    assert [name for name, _ in generator.named_parameters() if "shared" in name] == ["shared.weight"]
    nn.init.zeros_(generator.shared.weight)  # type: ignore[union-attr, arg-type]
    assert len(generator(z, torch.arange(10)).unique(dim=0)) == 1


def test_penalties_and_regularisers_apply(networks: Make) -> None:
    generator, discriminator = networks(attention=7)
    x, y = torch.randn(2, 1, 28, 28), torch.tensor([0, 1])
    R1()(lambda images: discriminator(images, y), x, x).backward()  # a second derivative, through the attention too
    Orthogonal()(generator, torch.randn(2, 8), y).backward()
    filters: Any = generator.blocks[0].convolutions[0].parametrizations.weight.original  # type: ignore[index, union-attr]
    assert filters.grad is not None
    embedding: Any = generator.shared
    assert embedding.weight.grad is None


def test_bf16(networks: Make) -> None:
    generator, discriminator = networks(attention=14)
    with torch.autocast("cpu", torch.bfloat16):
        logits = discriminator(generator(torch.randn(2, 8), torch.arange(2)), torch.arange(2)).float()
    logits.sum().backward()
    gradients = [parameter.grad for parameter in generator.parameters()]
    assert all(gradient is not None and gradient.isfinite().all() for gradient in gradients)


def test_networks_can_be_made_without_values(networks: Make) -> None:
    with without_values():
        made = networks(attention=14)
    for network, real in zip(made, networks(attention=14), strict=True):
        assert all(tensor.is_meta for tensor in network.state_dict().values())
        shapes = [{name: tensor.shape for name, tensor in each.state_dict().items()} for each in (network, real)]
        assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    ("data", "latent_dim", "options", "problem"),
    [
        (GREY, 9, {}, "latent.dim: found 9, expected a multiple of 4, such as 8: the first layer and each of 3 blocks"),
        (GREY, 2, {}, "latent.dim: found 2, expected a multiple of 4, such as 4"),
        (GREY, 8, {"attention": 28}, "attention: found 28, expected 14 or 7 for these images, or none"),
        (DataSpec((1, 8, 64)), 8, {}, "biggan draws images of 16 to 256 pixels .* this dataset has 8×64"),
        (DataSpec((3, 512, 512)), 8, {}, "biggan draws images of 16 to 256 pixels .* this dataset has 512×512"),
        (DataSpec((2,)), 8, {}, "biggan draws images; this dataset has points"),
        (DataSpec((3, 256, 256), 9), 7, {"width": 1024}, "at most .* are built"),
    ],
)
def test_what_does_not_fit_is_refused(data: DataSpec, latent_dim: int, options: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        BigGANArchitecture(**options).generator(data, latent_dim, data.num_classes)
