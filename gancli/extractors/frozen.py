"""An extractor with fixed weights: a network, and the mean and deviation of its features."""

from collections.abc import Iterator

import torch
from torch import Tensor

from gancli.data.base import fingerprint
from gancli.errors import UsageError
from gancli.extractors.base import Extractor, as_pictures
from gancli.extractors.examples import Examples
from gancli.extractors.networks import DIM, ClassifierV1, Network, reduced
from gancli.extractors.record import Record

IMAGES_AT_ONCE = 500  # images that go through the network together


class Frozen(Extractor):
    """A network with fixed weights, and the mean and deviation of its features over its training images.

    Args:
        network: with its weights; it is set to evaluation.
        mean: of the raw features, of shape (DIM,).
        deviation: likewise.
    """

    dim = DIM

    def __init__(self, network: Network, mean: Tensor, deviation: Tensor, record: Record) -> None:
        self.network = network.eval().requires_grad_(False)
        self.mean, self.deviation, self.record = mean, deviation, record
        self.id = f"{record.network}@sha256:{fingerprint(*self._in_order())[:8]}"
        self.caveat = record.caveat
        self.learns = record.examples > 0

    def tensors(self) -> dict[str, Tensor]:
        """The tensors of its file."""
        weights = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        return {**weights, "mean": self.mean, "deviation": self.deviation}

    def _in_order(self) -> list[Tensor]:
        return [tensor.contiguous() for _, tensor in sorted(self.tensors().items())]

    @torch.no_grad()
    def features(self, images: Tensor) -> Tensor:
        raw = [self.network.embed(block) for block in self._blocks(images)]
        return (torch.cat(raw) - self.mean) / self.deviation

    def differentiable(self, images: Tensor) -> Tensor:
        """The features of images that are not rounded, of shape (N, DIM), with a gradient to the images."""
        return (self.network.embed(reduced(images)) - self.mean) / self.deviation

    @torch.no_grad()
    def classes(self, images: Tensor) -> Tensor | None:
        if not isinstance(self.network, ClassifierV1):
            return None
        return torch.cat([self.network(block).softmax(dim=1) for block in self._blocks(images)])

    def _blocks(self, images: Tensor) -> Iterator[Tensor]:
        if images.shape[1:] != self.record.data.shape:
            raise UsageError(
                f"{self.id} takes images of shape {self.record.data.shape}, found {tuple(images.shape[1:])}; "
                "choose an extractor that was made for such images"
            )
        for block in images.split(IMAGES_AT_ONCE):
            yield reduced(as_pictures(block))


def standardised(network: Network, learned: Examples, record: Record) -> Frozen:
    """An extractor of a network, whose raw features are measured over what it has learned from."""
    network.eval()
    with torch.no_grad():
        raw = torch.cat(
            [network.embed(learned.images(block)) for block in torch.arange(len(learned)).split(IMAGES_AT_ONCE)]
        ).double()
    deviation = raw.std(dim=0, correction=0)
    # An almost constant feature is not divided by its deviation, which would amplify rounding errors.
    least = 1e-4 * float(deviation.max())
    deviation = torch.where(deviation > least, deviation, deviation.max()).clamp(min=1e-12)
    return Frozen(network, raw.mean(dim=0).float(), deviation.float(), record)
