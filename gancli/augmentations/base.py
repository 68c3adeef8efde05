"""The contract of an augmentation: random changes of images on their way into the discriminator."""

from abc import ABC, abstractmethod
from typing import ClassVar

from torch import Tensor, nn


class Augmentation(nn.Module, ABC):
    """Random changes that real and fake images go through alike, in both players' steps.

    It is differentiable, twice where a penalty is used, because the generator learns through it. Its state is in
    buffers, and so in the checkpoint.

    Attributes:
        recorded: names of buffers of one number that are logged.
    """

    recorded: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def forward(self, x: Tensor) -> Tensor:
        """Changed images of the same shape (N, C, H, W); each sample is changed on its own.

        Random numbers come from torch's own generator of the images' device. An augmentation for images alone raises
        ValueError for points: ``gancli.check_images("my-name", x)`` does.
        """

    def observe(self, real_logits: Tensor) -> None:
        """Called once a step of each discriminator, with the logits of the real batch: (N,), (N, K) or (N, 1, h, w)."""


def check_images(name: str, x: Tensor) -> None:
    """Raises ValueError for samples that are not images; an augmentation calls it first in ``forward``.

    Args:
        name: of the augmentation, in a recipe.
    """
    if x.ndim != 4:
        raise ValueError(
            f"{name} augments images of shape (C, H, W); found samples of shape {tuple(x.shape[1:])}; "
            "expected 'augmentation: none' for points"
        )
