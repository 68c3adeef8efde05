"""Images as uint8, by index."""

from typing import Protocol, Self

import torch
from torch import Tensor

from gancli.data.base import Batch, Dataset, fingerprint
from gancli.data.pixel_values import values_of
from gancli.data.spec import DataSpec


class Images(Protocol):
    """Images by index: a uint8 tensor of shape (N, C, H, W), or something that reads them when asked."""

    @property
    def device(self) -> torch.device: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, indices: Tensor, /) -> Tensor: ...
    def to(self, device: torch.device, /) -> Self: ...


class ImageDataset(Dataset):
    """Images as uint8, held on the training device where they fit, and normalised there.

    Args:
        images: of shape (N, C, H, W), uint8.
        labels: of shape (N,), or None.
        class_names: one name a class.
        flip: mirror every second image, at random.
    """

    def __init__(
        self,
        images: Tensor | Images,
        labels: Tensor | None = None,
        class_names: tuple[str, ...] = (),
        *,
        flip: bool = False,
    ) -> None:
        self.images = images
        self.labels = None if labels is None else labels.long()
        self.flip = flip
        self.spec = DataSpec(tuple(images.shape[1:]), len(class_names), class_names)
        if isinstance(images, Tensor):
            self.fingerprint = fingerprint(images, *([] if labels is None else [labels]))

    def __len__(self) -> int:
        return len(self.images)

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        indices = indices.to(self.images.device, non_blocking=True)
        x = values_of(self.images[indices])  # (N, C, H, W) in [-1, 1]
        if self.flip:
            mirrored = torch.rand(len(x), generator=rng).to(x.device, non_blocking=True) < 0.5
            x = torch.where(mirrored[:, None, None, None], x.flip(-1), x)
        return (x,) if self.labels is None else (x, self.labels[indices])

    def class_counts(self) -> tuple[int, ...]:
        if self.labels is None:
            return ()
        return tuple(self.labels.bincount(minlength=self.spec.num_classes).tolist())

    def to(self, device: torch.device) -> Self:
        self.images = self.images.to(device)
        self.labels = None if self.labels is None else self.labels.to(device)
        return self
