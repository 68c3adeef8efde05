"""The images of another dataset, and their edges as the sources: pairs on any machine.

The task is that of edges2shoes in Pix2Pix (Isola et al., 2017, https://arxiv.org/abs/1611.07004): dark lines on white.
"""

import copy
import hashlib
from typing import Self

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad

from gancli.data.base import Dataset
from gancli.data.jitter import Jitter
from gancli.data.translation import Direction, DomainNames, Translation

SOBEL = torch.tensor([[1.0, 0.0, -1.0], [2.0, 0.0, -2.0], [1.0, 0.0, -1.0]]) / 8  # a step from -1 to 1 gives 1


class Edges(Translation):
    """Pairs of the edges of an image (A), grey and of one channel, and the image (B).

    Args:
        of: the dataset of the images.
        flip: mirror every second pair, at random.
        direction: ``AtoB`` generates images of edges; ``BtoA`` generates edges of images.
        names: of A and of B.

    Raises:
        ValueError: the other dataset has no images, or has source images already.
    """

    def __init__(
        self,
        *,
        of: Dataset,
        flip: bool = False,
        direction: Direction = "AtoB",
        names: DomainNames = ("edges", "image"),
    ) -> None:
        if not of.spec.is_image or of.spec.source is not None:
            found = "pairs already" if of.spec.source is not None else "points"
            raise ValueError(f"of: found a dataset of {found}; expected images, to draw their edges")
        channels, height, width = of.spec.shape
        super().__init__(((1, height, width), (channels, height, width)), direction, names, paired=True)
        self._jitter = Jitter((height, width), flip)
        self._take(of)

    def _take(self, of: Dataset) -> None:
        self.of = of
        self.fingerprint = hashlib.sha256(f"sobel edges {self.direction} {of.fingerprint}".encode()).hexdigest()
        self.manifest, self.workers = of.manifest, of.workers
        self.left_out, self.notice = of.left_out, of.notice

    def __len__(self) -> int:
        return len(self.of)

    def draw(self, indices: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        (x,) = self._jitter(self.of.gather(indices, rng)[0], rng=rng)
        return edges(x), x

    def unaugmented(self) -> Self:
        same = copy.copy(self)
        same.of, same._jitter = self.of.unaugmented(), self._jitter.without_chance()
        return same

    def held_out(self) -> Self | None:
        """The held-out images of the other dataset, and their edges."""
        of = self.of.held_out()
        if of is None:
            return None
        other = self.unaugmented()
        other._take(of)
        return other

    def to(self, device: torch.device) -> Self:
        self.of = self.of.to(device)
        return self


def edges(x: Tensor) -> Tensor:
    """Dark lines on white where the images change, of shape (N, 1, H, W), in [-1, 1].

    The length of Sobel's gradient, of that channel in which it is longest, so that colours of equal brightness have an
    edge between them too. A step from black to white gives black; the border of the image is no edge.

    Args:
        x: of shape (N, C, H, W), in [-1, 1].
    """
    n, channels, height, width = x.shape
    kernels = torch.stack([SOBEL, SOBEL.T]).unsqueeze(1).to(x, non_blocking=True)  # (2, 1, 3, 3)
    padded = pad(x.reshape(n * channels, 1, height, width), (1, 1, 1, 1), mode="replicate")
    gradient = conv2d(padded, kernels).square().sum(1).sqrt()  # (N C, H, W)
    strongest = gradient.unflatten(0, (n, channels)).amax(1, keepdim=True)
    return 1 - 2 * strongest.clamp(max=1)
