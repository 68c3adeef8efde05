"""The weights of a page: as floats of 32 or 16 bits, or as whole numbers of 8 bits with a scale for every row."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Size, Tensor

TYPES = {16: np.float16, 32: np.float32}
LARGEST = 127  # of a whole number


def packed(constants: Sequence[Tensor], bits: int) -> bytes:
    """The bytes of tensors; of 8 bits, all the scales come first."""
    if bits in TYPES:
        with np.errstate(over="ignore"):  # an infinite weight fails the check, and 32 bits are taken
            return b"".join(tensor.numpy().astype(TYPES[bits]).tobytes() for tensor in constants)
    rows = [_rows(tensor) for tensor in constants]
    scales = [part.abs().amax(1).clamp(min=1e-30) / LARGEST for part in rows]
    numbers = [(part / scale[:, None]).round().to(torch.int8) for part, scale in zip(rows, scales, strict=True)]
    return b"".join(part.numpy().tobytes() for part in (*scales, *numbers))


def unpacked(content: bytes, shapes: Sequence[Size], bits: int) -> list[Tensor]:
    """The tensors, as floats of 32 bits."""
    counts = [shape.numel() for shape in shapes]
    if bits in TYPES:
        flat = torch.from_numpy(np.frombuffer(content, TYPES[bits]).astype(np.float32))
        return [part.reshape(shape) for part, shape in zip(flat.split(counts), shapes, strict=True)]
    rows = [shape[0] if shape else 1 for shape in shapes]
    scales = torch.from_numpy(np.frombuffer(content, np.float32, sum(rows)).copy())
    numbers = torch.from_numpy(np.frombuffer(content, np.int8, offset=4 * sum(rows)).astype(np.float32))
    parts = zip(numbers.split(counts), scales.split(rows), shapes, strict=True)
    return [(part.reshape(len(scale), -1) * scale[:, None]).reshape(shape) for part, scale, shape in parts]


def _rows(tensor: Tensor) -> Tensor:
    """As a matrix with a row for every place in the first side."""
    return tensor.reshape(tensor.shape[0] if tensor.ndim else 1, -1)
