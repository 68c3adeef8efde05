"""Stacked MNIST: three digits as the channels of one image, and so a thousand modes that can be counted.

It is the set that VEEGAN (Srivastava et al., 2017, https://arxiv.org/abs/1705.07761) and PacGAN (Lin et al., 2018,
https://arxiv.org/abs/1712.04086) count collapsed modes on.
"""

from typing import Annotated, Literal, Self

import torch
from pydantic import Field
from torch import Tensor

from gancli.data.base import fingerprint
from gancli.data.images import ImageDataset
from gancli.data.mnist import MNIST


class StackedMNIST(ImageDataset):
    """Images of three digits drawn at random, one a channel; unlabelled.

    ``numbers``, of shape (N,), is what the digits of every image read as, 0 to 999: the mode that it belongs to.
    ``channels`` are the digits that they are made of.

    Args:
        examples: how many; PacGAN's by default. Which digits make example i depends on i and on the digits alone.
        source: of the digits, as ``mnist`` takes it.

    Raises:
        DataError: the full MNIST was asked for and cannot be had.
    """

    def __init__(
        self,
        *,
        examples: Annotated[int, Field(ge=1, le=10_000_000)] = 128_000,
        source: Literal["auto", "full", "embedded"] = "auto",
    ) -> None:
        mnist = MNIST(source=source)
        assert isinstance(mnist.images, Tensor)
        assert mnist.labels is not None
        rng = torch.Generator().manual_seed(0)
        triples = torch.randint(len(mnist), (examples, 3), generator=rng)
        super().__init__(Stacks(mnist.images, triples))
        self.numbers = mnist.labels[triples] @ torch.tensor([100, 10, 1])
        self.fingerprint = fingerprint(mnist.images, triples)
        self.notice = mnist.notice
        self.channels = mnist

    def stacked(self, rows: Tensor, count: int) -> ImageDataset:
        assert isinstance(self.channels, MNIST)
        assert isinstance(self.channels.images, Tensor)
        triples = rows[torch.randint(len(rows), (count, 3), generator=torch.Generator().manual_seed(0))]
        return ImageDataset(Stacks(self.channels.images, triples))


class Stacks:
    """Images of three channels, each made when it is asked for; all of them would take 300 MB.

    Args:
        digits: of shape (M, 1, 28, 28), uint8.
        triples: the three digits of every image, of shape (N, 3).
    """

    def __init__(self, digits: Tensor, triples: Tensor) -> None:
        self.digits, self.triples = digits, triples

    @property
    def device(self) -> torch.device:
        return self.digits.device

    @property
    def shape(self) -> tuple[int, ...]:
        return (len(self), 3, *self.digits.shape[2:])

    def __len__(self) -> int:
        return len(self.triples)

    def __getitem__(self, indices: Tensor, /) -> Tensor:
        return self.digits[self.triples[indices]].squeeze(2)  # (N, 3, 1, H, W) -> (N, 3, H, W)

    def to(self, device: torch.device, /) -> Self:
        return type(self)(self.digits.to(device), self.triples.to(device))
