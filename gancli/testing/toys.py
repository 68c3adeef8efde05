"""Small data, networks and a game that components are tried with, beside the built-in ones."""

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gancli.architectures import Architecture
from gancli.data import Dataset, DataSpec, ImageDataset, Source
from gancli.data.base import Batch, fingerprint
from gancli.losses import Losses
from gancli.models import GAN
from gancli.registry import Plugin, made_of

IMAGES = 60
CLASSES = ("one", "two", "three")


class ToyImages(ImageDataset):
    """Sixty smooth images, which are drawn at random and always the same.

    Args:
        channels: 1 or 3.
        height: in pixels.
        width: in pixels.
        labelled: whether they are of three classes.
    """

    def __init__(self, *, channels: int = 1, height: int = 16, width: int = 16, labelled: bool = False) -> None:
        labels = (torch.arange(IMAGES) % len(CLASSES), CLASSES) if labelled else ()
        super().__init__(_smooth(channels, height, width), *labels)


class ToyTranslations(Dataset):
    """Sixty smooth images, each with its negative as the image to translate.

    Args:
        side: in pixels.
        paired: whether a model may use that they match.
    """

    def __init__(self, *, side: int = 16, paired: bool = True) -> None:
        self.images = _smooth(3, side, side).float().div(127.5).sub(1)
        self.spec = DataSpec((3, side, side), source=Source((3, side, side), paired=paired))
        self.fingerprint = fingerprint(self.images)

    def __len__(self) -> int:
        return IMAGES

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return self.images[indices], -self.images[indices]


class ToyTranslators(Architecture):
    """One convolution each: from source images to images, and from images to a map of logits."""

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        if data.source is None:
            raise ValueError("these networks translate images; this dataset has none to translate")
        return nn.Sequential(nn.Conv2d(data.source.shape[0], data.shape[0], 3, padding=1), nn.Tanh())

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return nn.Conv2d(data.shape[0], outputs, 3, padding=1)


class ToyTranslation(GAN):
    """One generator of source images against one discriminator of its translations."""

    translates = "domains"

    def discriminator_losses(self, batch: Batch) -> Losses:
        real, source = batch
        with torch.no_grad():
            fake = self.generator(source)
        return self.discriminator_loss(self._critic, real, fake)

    def generator_losses(self, batch: Batch) -> Losses:
        real, source = batch
        return self.generator_loss(self._critic, real, self.generator(source))

    def _critic(self, x: Tensor) -> Tensor:
        return self.discriminator(x).float()


def _smooth(channels: int, height: int, width: int) -> Tensor:
    """Images as uint8, of shape (IMAGES, channels, height, width)."""
    coarse = torch.rand(IMAGES, channels, 4, 4, generator=torch.Generator().manual_seed(0))
    return interpolate(coarse, (height, width), mode="bilinear").mul(255).byte()


TOYS: tuple[Plugin, ...] = (
    made_of("dataset", "toy-images", ToyImages, "gancli", "?"),
    made_of("dataset", "toy-translations", ToyTranslations, "gancli", "?"),
    made_of("architecture", "toy-translators", ToyTranslators, "gancli", "?"),
    made_of("model", "toy-translation", ToyTranslation, "gancli", "?"),
)
