"""The networks of the extractors; a change of the features needs a new name, because saved extractors keep theirs."""

from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from gancli.architectures.meta import without_values

DIM = 64  # so few, because the bias of a Fréchet distance grows with the square of it
INPUT_SIDE = 64  # pixels; a larger side is averaged down to it
LAST_SIDE = 8  # pixels; the side down to which a network goes


def reduced(x: Tensor) -> Tensor:
    """Images of shape (N, C, H, W) with no side longer than INPUT_SIDE."""
    height, width = (min(side, INPUT_SIDE) for side in x.shape[-2:])
    return x if x.shape[-2:] == (height, width) else adaptive_avg_pool2d(x, (height, width))


class ClassifierV1(nn.Module):
    """A classifier of small images: three convolutions, and one more each time the side halves.

    The features are taken before the last ReLU, which would make some of them constant.

    Args:
        shape: (C, H, W) of the images.
        num_classes: at least 2.
    """

    def __init__(self, shape: tuple[int, ...], num_classes: int) -> None:
        super().__init__()
        blocks = [*_block(shape[0], 24, kernel=5, stride=2), *_block(24, 48), _halve(), *_block(48, 64)]
        side = -(-min(max(shape[1:]), INPUT_SIDE) // 4)
        while side > LAST_SIDE:
            blocks += [_halve(), *_block(64, 64)]
            side = -(-side // 2)
        self.embed = nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(3), nn.Flatten(), nn.Linear(9 * 64, DIM))
        self.classify = nn.Sequential(nn.ReLU(), nn.Linear(DIM, num_classes))

    def forward(self, x: Tensor) -> Tensor:
        """Logits of shape (N, num_classes)."""
        return self.classify(self.embed(x))


def _block(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> tuple[nn.Module, ...]:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)
    return convolution, nn.BatchNorm2d(outputs), nn.ReLU()


def _halve() -> nn.Module:
    return nn.MaxPool2d(2, ceil_mode=True)  # so that a side of 1 stays 1


class RandomV1(nn.Module):
    """Random convolutions that nobody trains, averaged over a 3×3 grid, in random directions.

    Args:
        shape: (C, H, W) of the images.
    """

    def __init__(self, shape: tuple[int, ...], num_classes: int = 0) -> None:
        super().__init__()
        self.patches = _patches(shape)
        self.project = nn.Linear(9 * 64, DIM)

    def embed(self, x: Tensor) -> Tensor:
        """Features of shape (N, DIM)."""
        return self.project(self.patches(x))


class PatchPCAV1(RandomV1):
    """The same in the principal components of certain images: of files that were made before ``random-v1``."""


def _patches(shape: tuple[int, ...]) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(shape[0], 32, 5, 2, 2), nn.ReLU(), nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool2d(3), nn.Flatten(),
    )  # fmt: skip


Network = ClassifierV1 | RandomV1
NETWORK_CLASSES: dict[str, type[ClassifierV1] | type[RandomV1]] = {
    "classifier-v1": ClassifierV1,
    "random-v1": RandomV1,
    "digits-v1": ClassifierV1,  # what files call it that were made before
    "patch-pca-v1": PatchPCAV1,
}


def on_meta(name: str, shape: tuple[int, ...], num_classes: int) -> Network:
    """A network without weights, which takes no memory."""
    with without_values():
        return NETWORK_CLASSES[name](shape, num_classes)
