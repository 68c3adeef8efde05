"""U-Net, ResNet and PatchGAN: sizes, channels, receptive fields, initial weights, and what they refuse."""

from typing import Any

import pytest
import torch
from gan_translate import ResNet, UNet
from gan_translate.initial import initialised
from gan_translate.patchgan import PatchGAN
from torch import nn

from gancli import Architecture, DataSpec, Source, registry

BOTH: list[Any] = [UNet(width=2, patch_layers=1, dropout=0), ResNet(width=2, blocks=1, patch_layers=1)]
IDS = ["unet", "resnet"]


def images(channels: int, size: tuple[int, int], source_channels: int = 1) -> DataSpec:
    return DataSpec((channels, *size), source=Source((source_channels, *size)))


@pytest.mark.parametrize("architecture", BOTH, ids=IDS)
@pytest.mark.parametrize("size", [(8, 8), (16, 16), (28, 28), (32, 32), (30, 45), (32, 96), (256, 256)], ids=str)
@pytest.mark.parametrize("channels", [(1, 3), (3, 1), (3, 3)], ids=str)
def test_a_translation_has_the_size_of_the_image(
    architecture: Architecture, size: tuple[int, int], channels: tuple[int, int]
) -> None:
    torch.manual_seed(0)
    data = images(channels[1], size, channels[0])
    outputs = architecture.generator(data, 5)(torch.randn(1, channels[0], *size))  # in training, a batch of one
    assert outputs.shape == (1, channels[1], *size)
    assert outputs.abs().max() <= 1
    logits = architecture.discriminator(data)(outputs)
    assert logits.shape == (1, 1, size[0] // 2 - 2, size[1] // 2 - 2)


@pytest.mark.parametrize("architecture", BOTH, ids=IDS)
def test_sides_that_the_number_divides_stay_as_they_are(architecture: Architecture) -> None:
    generator: Any = architecture.generator(images(3, (32, 32)), 5).eval()
    multiple = generator.size_multiple
    assert multiple == (32 if isinstance(architecture, UNet) else 4)
    for height, width in [(32, 64), (96, 32)]:
        assert generator(torch.randn(1, 1, height, width)).shape == (1, 3, height, width)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("architecture", BOTH, ids=IDS)
def test_no_sample_depends_on_another(architecture: Architecture, training: bool) -> None:
    torch.manual_seed(0)
    data = images(3, (16, 16), 3)
    x, other = torch.randn(3, 3, 16, 16), torch.randn(3, 3, 16, 16)
    other[1] = x[1]
    for network in (architecture.generator(data, 5), architecture.discriminator(data)):
        network.train(training)
        torch.testing.assert_close(network(x)[1], network(other)[1])
        torch.testing.assert_close(network(x)[1], network(x[1:2])[0])


def test_the_unet_has_the_papers_channels_and_joins_every_size() -> None:
    generator: Any = UNet().generator(images(3, (256, 256), 3), 5)
    encoder = [generator.first, *generator.encoder]
    convolutions = [next(layer for layer in block.modules() if isinstance(layer, nn.Conv2d)) for block in encoder]
    assert [layer.out_channels for layer in convolutions] == [64, 128, 256, 512, 512, 512, 512, 512]
    decoder = [layer.convolution for layer in generator.decoder]
    assert [layer.in_channels for layer in decoder] == [512, 1024, 1024, 1024, 1024, 512, 256]
    dropped = [layer.p for layer in generator.modules() if isinstance(layer, nn.Dropout)]
    assert dropped == [0.5, 0.5, 0.5, 0, 0, 0, 0]
    norms = [layer.num_features for layer in generator.modules() if isinstance(layer, nn.InstanceNorm2d)]
    assert norms == [128, 256, 512, 512, 512, 512, 512, 512, 512, 512, 256, 128, 64]  # none first, none at one pixel


@pytest.mark.parametrize(("side", "blocks"), [(128, 6), (129, 9), (256, 9)])
def test_the_resnet_has_the_papers_blocks_and_channels(side: int, blocks: int) -> None:
    generator: Any = ResNet(width=4).generator(images(3, (side, 32)), 5)
    assert len(generator.blocks) == blocks
    widths = [layer.out_channels for layer in generator.modules() if isinstance(layer, nn.Conv2d)]
    assert widths == [4, 8, 16, *[16] * 2 * blocks, 3]


@pytest.mark.parametrize(("layers", "pixels"), [(0, 1), (1, 16), (2, 34), (3, 70), (4, 142)])
def test_a_patch_has_the_papers_size(layers: int, pixels: int) -> None:
    torch.manual_seed(0)
    discriminator = PatchGAN(DataSpec((1, 160, 160)), 2, layers)
    for name, layer in discriminator.network.named_children():
        if isinstance(layer, nn.InstanceNorm2d):  # it takes the mean over the whole image, which is no patch
            setattr(discriminator.network, name, nn.Identity())
    x = torch.randn(1, 1, 160, 160, requires_grad=True)
    logits = discriminator(x)
    middle = logits.shape[2] // 2
    (gradient,) = torch.autograd.grad(logits[0, 0, middle, middle], x)
    seen = gradient[0, 0].nonzero()
    assert (seen.amax(0) - seen.amin(0) + 1).tolist() == [pixels, pixels]


@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_the_smallest_image_of_a_patch_gives_a_logit(layers: int) -> None:
    least = 3 * 2**layers if layers else 8
    logits = UNet(width=2, patch_layers=layers).discriminator(DataSpec((1, least, least)))(
        torch.randn(2, 1, least, least)
    )
    assert logits.shape == ((2, 1, 1, 1) if layers else (2, 1, 8, 8))


def test_weights_start_as_in_the_papers() -> None:
    torch.manual_seed(0)
    data = images(3, (64, 64), 3)
    networks = [
        UNet(width=16).generator(data, 5),
        ResNet(width=16).generator(data, 5),
        UNet(width=16).discriminator(data),
    ]
    for network in networks:
        weights = torch.cat([value.flatten() for name, value in network.named_parameters() if name.endswith("weight")])
        assert weights.mean().item() == pytest.approx(0, abs=2e-4)
        assert weights.std().item() == pytest.approx(0.02, rel=0.01)
        assert not any(value.any() for name, value in network.named_parameters() if name.endswith("bias"))
    assert initialised(nn.Conv2d(1, 1, 1, bias=False)).weight.abs().item() < 0.2


REFUSED: dict[str, tuple[Architecture, DataSpec, str]] = {
    "no source": (UNet(), DataSpec((3, 32, 32)), "this dataset has no source images"),
    "two sizes": (
        ResNet(),
        DataSpec((3, 32, 32), source=Source((3, 32, 64))),
        "found source images of 32×64 pixels and targets of 32×32",
    ),
    "a small image": (ResNet(), images(3, (4, 32)), "found images of 4×32 pixels; expected 8 or more"),
    "too many blocks": (
        UNet(blocks=6),
        images(3, (32, 64)),
        "blocks: 6 are too many for 32 pixels; expected 5 at most",
    ),
}


@pytest.mark.parametrize(("architecture", "data", "words"), REFUSED.values(), ids=REFUSED)
def test_images_that_do_not_fit_are_refused(architecture: Architecture, data: DataSpec, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        architecture.generator(data, 5)


@pytest.mark.parametrize(
    ("data", "classes", "outputs", "words"),
    [
        (images(3, (20, 40)), 0, 1, "patch_layers: 3 halve images of 24 pixels or more; found 20×40"),
        (images(3, (32, 32)), 3, 1, "without labels; found 1 and 3 classes"),
        (images(3, (32, 32)), 0, 4, "expected one logit a patch"),
    ],
)
def test_a_discriminator_of_patches_refuses(data: DataSpec, classes: int, outputs: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        UNet().discriminator(data, classes, outputs)


NOISY = sorted(set(registry.names("architecture")) - {"unet", "resnet"})


@pytest.mark.parametrize("name", NOISY)
def test_an_architecture_of_noise_refuses_source_images(name: str) -> None:
    architecture: Any = registry.load("architecture", name)()
    with pytest.raises(ValueError, match="this architecture draws from noise"):
        architecture.generator(images(3, (32, 32), 3), 8)
