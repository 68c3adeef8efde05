"""How many examples to handle at once, by their size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

USUAL_SHAPE = (3, 32, 32)  # up to which the size of an example does not matter


@dataclass(frozen=True)
class Budget:
    """A fixed number of values (pixels × channels): ``most`` examples of up to a usual size, fewer of larger ones.

    Args:
        most: examples of the usual size.
        least: examples of any size.
        usual: the shape up to which the size of an example does not matter.
    """

    most: int
    least: int
    usual: tuple[int, ...] = USUAL_SHAPE

    def examples(self, shape: Sequence[int]) -> int:
        """How many examples of a shape, (C, H, W) or (D,), fit; between ``least`` and ``most``."""
        return max(self.least, min(self.most, self.most * math.prod(self.usual) // math.prod(shape)))
