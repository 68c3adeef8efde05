"""The labels that a user of the library asks for, as class numbers."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from gancli.errors import UsageError
from gancli.sampling.classes import UNCONDITIONAL, class_index

Label = str | int  # a class, by its name or its number
Labels = Label | Sequence[Label] | Tensor | np.ndarray  # a class for all samples, or one for each


def in_turn(n: int, num_classes: int) -> Tensor:
    """The numbers of ``n`` classes, one after the other, of shape (n,)."""
    return torch.arange(n) % num_classes


def class_numbers(names: Sequence[str], n: int, wanted: Labels | None) -> Tensor | None:
    """Class numbers of shape (n,), of the classes in turn if none is wanted; None for a model without classes.

    Args:
        names: of the classes.

    Raises UsageError for a class that the model does not have, and for another number of labels.
    """
    if not names:
        if wanted is not None:
            raise UsageError(UNCONDITIONAL)
        return None
    if wanted is None:
        return in_turn(n, len(names))
    labels = wanted.tolist() if isinstance(wanted, Tensor | np.ndarray | np.generic) else wanted
    if not isinstance(labels, Sequence) or isinstance(labels, str):
        return torch.full((n,), class_index(names, labels))
    if len(labels) != n:
        raise UsageError(f"labels: found {len(labels)}, expected one, or one for each of {n} samples")
    return torch.tensor([class_index(names, label) for label in labels])
