"""The contract of a dataset, and the seeded, endless stream of minibatches that training draws from one.

Which examples the n-th minibatch holds is a function of (seed, n) alone. So a resumed run needs no iterator state, and
the number of workers changes nothing.
"""

import hashlib
import itertools
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol, Self

import torch
from torch import Tensor

from gancli.data.manifest import some
from gancli.data.workers import prepared
from gancli.names import composed
from gancli.random import derive_seed

Batch = tuple[Tensor, ...]  # (x,), (x, y) or (a, b): opaque to the training loop


@dataclass(frozen=True)
class Source:
    """Facts about the images that a model translates."""

    shape: tuple[int, ...]  # (C, H, W)
    names: tuple[str, str] = ("A", "B")  # of the images to translate, and of their translations
    paired: bool = True  # every source image has its target


@dataclass(frozen=True)
class DataSpec:
    """Facts that flow from the dataset to the networks."""

    shape: tuple[int, ...]  # (C, H, W), or (D,) for points
    num_classes: int = 0  # 0: unlabelled
    class_names: tuple[str, ...] = ()  # in Unicode's composed form (NFC), whatever they are given in
    source: Source | None = None  # what is translated; None for a model that draws from noise

    def __post_init__(self) -> None:
        object.__setattr__(self, "class_names", tuple(map(composed, self.class_names)))

    def __str__(self) -> str:
        shape = "×".join(map(str, self.shape)) if self.is_image else f"points of {self.shape[0]} coordinates"
        if not self.num_classes:
            return shape
        return f"{shape}, {self.num_classes} class{'es' * (self.num_classes > 1)} ({some(self.class_names)})"

    @property
    def is_image(self) -> bool:
        return len(self.shape) == 3

    def reversed(self) -> "DataSpec":
        """The facts of the other direction: what a network needs that translates B to A."""
        if self.source is None:
            raise ValueError("this dataset has no source images, so there is no other direction")
        (first, second), paired = self.source.names, self.source.paired
        return DataSpec(self.source.shape, source=Source(self.shape, (second, first), paired))

    def check(self) -> None:
        """Raises ValueError for facts that no data has, or that nothing here could draw."""
        _check_shape(self.shape)
        if self.source is not None:
            _check_shape(self.source.shape)
            if not (self.is_image and len(self.source.shape) == 3):
                raise ValueError("found source images for data of points; only images are translated into images")
            if not all(name.isprintable() for name in self.source.names):
                raise ValueError("the name of a side has characters that cannot be shown")
        if not len(set(self.class_names)) == len(self.class_names) == self.num_classes:
            raise ValueError(f"found {len(self.class_names)} class names for {self.num_classes} classes, or one twice")
        if not all(name.isprintable() for name in self.class_names):
            raise ValueError("the name of a class has characters that cannot be shown")


def _check_shape(shape: tuple[int, ...]) -> None:
    drawable = len(shape) == 1 or (len(shape) == 3 and shape[0] in (1, 3))
    if not drawable or min(shape) < 1 or math.prod(shape) >= 2**31:
        raise ValueError(f"found data of shape {shape}; expected (C, H, W) with 1 or 3 channels, or (D,)")


class Dataset(ABC):
    """Examples that can be drawn by index; images are in [-1, 1].

    Subclasses set ``spec``, and ``fingerprint``: a text that is equal exactly when the examples are. One that is made
    of files sets ``manifest``, so that a user whose files changed can be told which.
    """

    spec: DataSpec
    fingerprint: str
    notice: str = ""  # what the user should know about where the examples came from; shown once
    left_out: str = ""  # what was there and is not learned from, and why, in words
    why_unlabelled: str = ""  # why there are no labels, and what would give some
    manifest: Mapping[str, str] = MappingProxyType({})  # path, relative and with slashes → sha256 of the file
    workers: int = 0  # processes that prepare minibatches; 0 for data in memory
    modes: Tensor | None = None  # of points: centres of the modes, of shape (M, D), all as likely; None: not known
    sigma: float = 0.0  # standard deviation of every mode in every direction; 0: the modes are single points
    channels: "Dataset | None" = None  # labelled images of one channel, drawn at random for every channel of these:
    # every combination of their classes is a mode then; ``stacked`` makes more

    @abstractmethod
    def __len__(self) -> int:
        """The number of examples."""

    @abstractmethod
    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        """The examples of a minibatch.

        Args:
            indices: of shape (N,), on the CPU.
            rng: for augmentation; seeded anew for every minibatch. Nothing else may be random.

        Returns:
            ``(x,)``; ``(x, y)`` with class indices ``y`` of shape (N,); or, if ``spec.source`` is set, ``(x, source)``
            with source images of shape (N, *spec.source.shape). What is to be generated comes first.
        """

    def class_counts(self) -> tuple[int, ...]:
        """How many examples each class has; empty if there are no classes, or if counting them would take long."""
        return ()

    def with_class_order(self, class_names: tuple[str, ...]) -> Self:
        """The same examples with their classes numbered as in ``class_names``, if they are the same classes."""
        return self

    def held_out(self) -> "Dataset | None":
        """Examples of the same kind that no training sees, read when asked for; None if there are none."""
        return None

    def stacked(self, rows: Tensor, count: int) -> "Dataset":
        """``count`` examples like these whose channels are taken from certain rows of ``channels``, of shape (N,).

        Only for a dataset that has ``channels``; the same examples every time.
        """
        raise NotImplementedError(f"{type(self).__name__} has 'channels'; it must define 'stacked' too")

    def to(self, device: torch.device) -> Self:
        """Move what is held in memory to ``device``; a dataset that streams stays where it is."""
        return self


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
        indices = indices.to(self.images.device)
        x = self.images[indices].float().div_(127.5).sub_(1)  # (N, C, H, W) in [-1, 1]
        if self.flip:
            mirrored = torch.rand(len(x), generator=rng).to(x.device) < 0.5
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


def fingerprint(*tensors: Tensor) -> str:
    """A digest of the shapes and bytes of CPU tensors."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()


def not_finite(examples: Tensor) -> int:
    """The number of examples, of shape (N, *shape), with a value that is not finite."""
    return int((~examples.flatten(1).isfinite().all(dim=1)).sum())


def fixed_examples(dataset: Dataset, n: int, seed: int) -> Batch:
    """At most ``n`` examples, ``(x,)``, ``(x, y)`` or ``(x, source)``, the same ones for every run of a seed."""
    rng = torch.Generator().manual_seed(derive_seed(seed, "reference"))
    indices = torch.randperm(len(dataset), generator=rng)[:n]
    has_condition = dataset.spec.num_classes > 0 or dataset.spec.source is not None
    return dataset.gather(indices, rng)[: 1 + has_condition]


def batches(dataset: Dataset, batch_size: int, *, seed: int, start: int = 0, device: torch.device) -> Iterator[Batch]:
    """Minibatches without end, from number ``start`` on.

    The examples are shuffled anew every epoch; a minibatch may reach over the end of one, so all have the same size.
    Raises DataError or DeviceError if a worker fails.
    """
    draw = _Draws(dataset, batch_size, seed)
    drawn = prepared(draw, dataset.workers, start) if dataset.workers else map(draw, itertools.count(start))
    for batch in drawn:
        yield tuple(tensor.to(device, non_blocking=True) for tensor in batch)


class _Draws:
    """Minibatch n as a function of (seed, n)."""

    def __init__(self, dataset: Dataset, batch_size: int, seed: int) -> None:
        self.dataset, self.batch_size, self.seed = dataset, batch_size, seed
        self._epoch, self._order = -1, torch.empty(0, dtype=torch.long)

    def __call__(self, draw: int) -> Batch:
        first = draw * self.batch_size
        rng = torch.Generator().manual_seed(derive_seed(self.seed, "augmentation", draw))
        return self.dataset.gather(self._indices(first, first + self.batch_size), rng)

    def _indices(self, first: int, last: int) -> Tensor:
        parts = []
        while first < last:
            epoch, offset = divmod(first, len(self.dataset))
            part = self._permutation(epoch)[offset : offset + last - first]
            parts.append(part)
            first += len(part)
        return torch.cat(parts)

    def _permutation(self, epoch: int) -> Tensor:
        if epoch != self._epoch:
            rng = torch.Generator().manual_seed(derive_seed(self.seed, "epoch", epoch))
            self._epoch, self._order = epoch, torch.randperm(len(self.dataset), generator=rng)
        return self._order
