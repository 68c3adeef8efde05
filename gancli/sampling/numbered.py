"""The names of pictures in a folder of samples."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gancli.files import file_name

if TYPE_CHECKING:
    from torch import Tensor

LEAST_DIGITS = 5
NUMBERED = re.compile(rf"\d{{{LEAST_DIGITS},}}(-class-.*)?\.png")


def picture_names(n: int, labels: "Tensor | None", class_names: Sequence[str]) -> Iterator[str]:
    """The names of ``n`` pictures, each its number and the name of its class; they sort in order."""
    digits = max(LEAST_DIGITS, len(str(n - 1)))
    of_class = [f"-class-{file_name(name)}" for name in class_names]
    numbers = None if labels is None else labels.numpy()  # a tensor gives its values one by one far more slowly
    for index in range(n):
        yield f"{index:0{digits}}{'' if numbers is None else of_class[numbers[index]]}.png"
