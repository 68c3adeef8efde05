"""The contract of a dataset."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Self

import torch
from torch import Tensor

from gancli.data.spec import DataSpec

Batch = tuple[Tensor, ...]  # (x,), (x, y) or (x, source): opaque to the training loop


class Dataset(ABC):
    """Examples that can be drawn by index; images are float32 in [-1, 1].

    A subclass sets ``spec`` and ``fingerprint``, and defines ``__len__`` and ``gather``; everything else has a default.
    ``gancli.ImageDataset`` is all of this for images in memory.

    Attributes:
        spec: the facts about the examples.
        fingerprint: a text that is equal exactly when the examples are, their labels and their order too: a run does
            not resume with other data. ``gancli.fingerprint(*tensors)`` makes one.
        notice: notes for the user about the examples, one a line; shown once.
        left_out: files and labels that are not used, and the reason, in words.
        why_unlabelled: the reason why there are no labels, and how to get some.
        manifest: of a dataset of files, by its path, relative and with slashes, the sha256 of each file, so that a
            message can name the files that changed.
        workers: processes that prepare minibatches; 0 for data in memory.
        modes: of points, the centres of the modes, of shape (M, D), all as likely; None if they are not known.
        sigma: standard deviation of every mode in every direction; 0 if the modes are single points.
        channels: labelled images of one channel, drawn at random for every channel of these: then every combination of
            their classes is a mode, and ``stacked`` makes more.
    """

    spec: DataSpec
    fingerprint: str
    notice: str = ""
    left_out: str = ""
    why_unlabelled: str = ""
    manifest: Mapping[str, str] = MappingProxyType({})
    workers: int = 0
    modes: Tensor | None = None
    sigma: float = 0.0
    channels: "Dataset | None" = None

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

    def amount(self) -> str:
        """The number of examples, in words."""
        return f"{len(self):,} {'image' if self.spec.is_image else 'point'}{'' if len(self) == 1 else 's'}"

    def class_counts(self) -> tuple[int, ...]:
        """How many examples each class has; empty if there are no classes, or if counting them would take long."""
        return ()

    def with_class_order(self, class_names: tuple[str, ...]) -> Self:
        """The same examples with their classes numbered as in ``class_names``, if they are the same classes."""
        return self

    def unaugmented(self) -> "Dataset":
        """The same examples by the same indices, without random crops and flips, for evaluation.

        A dataset with ``spec.source`` that draws random numbers defines it: evaluation gathers targets and sources at
        different times, and they must still belong together.
        """
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
        """Move data in memory to ``device``; a dataset that streams does not move."""
        return self


def fingerprint(*tensors: Tensor) -> str:
    """A digest of the shapes and bytes of CPU tensors."""
    digest = hashlib.sha256()
    for tensor in tensors:
        digest.update(f"{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.contiguous().numpy().data)
    return digest.hexdigest()


def count_not_finite(examples: Tensor) -> int:
    """The number of examples, of shape (N, *shape), with a value that is not finite."""
    return int((~examples.flatten(1).isfinite().all(dim=1)).sum())
