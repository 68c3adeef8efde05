"""Facts about a dataset, which flow from it to the networks."""

import math
from dataclasses import dataclass, field

from gancli.data.manifest import some
from gancli.names import composed


@dataclass(frozen=True)
class Source:
    """Facts about the images that a model translates.

    Args:
        shape: (C, H, W).
        names: of the images to translate, and of their translations.
        paired: whether every source image has its target.
        bits: of grey images of 16 bits a value, how many they use: source images, and targets.
    """

    shape: tuple[int, ...]
    names: tuple[str, str] = ("A", "B")
    paired: bool = True
    bits: tuple[int, int] = field(default=(16, 16), compare=False)  # no fact about the networks


@dataclass(frozen=True)
class DataSpec:
    """Facts that flow from the dataset to the networks.

    Args:
        shape: of an example: (C, H, W) with 1 or 3 channels, or (D,) for points.
        num_classes: 0 for examples without labels.
        class_names: one a class; kept in Unicode's composed form (NFC).
        source: the images to translate; None for a model that draws from noise.
    """

    shape: tuple[int, ...]
    num_classes: int = 0
    class_names: tuple[str, ...] = ()
    source: Source | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "class_names", tuple(map(composed, self.class_names)))

    def __str__(self) -> str:
        shape = self.kind.removeprefix("images of ")
        if not self.num_classes:
            return shape
        return f"{shape}, {self.num_classes} class{'es' * (self.num_classes > 1)} ({some(self.class_names)})"

    @property
    def kind(self) -> str:
        """The kind of the examples, in words: ``images of 1×28×28``, or ``points of 2 coordinates``."""
        if not self.is_image:
            return f"points of {self.shape[0]} coordinates"
        return f"images of {'×'.join(map(str, self.shape))}"

    @property
    def is_image(self) -> bool:
        return len(self.shape) == 3

    def reversed(self) -> "DataSpec":
        """The facts of the other direction: what a network needs that translates B to A."""
        if self.source is None:
            raise ValueError("this dataset has no source images, so there is no other direction")
        (first, second), paired, (of_source, of_target) = self.source.names, self.source.paired, self.source.bits
        return DataSpec(self.source.shape, source=Source(self.shape, (second, first), paired, (of_target, of_source)))

    def check(self) -> None:
        """Raises ValueError for facts that no data has, or that nothing here could draw."""
        _check_shape(self.shape)
        if self.source is not None:
            _check_shape(self.source.shape)
            if not (self.is_image and len(self.source.shape) == 3):
                raise ValueError("found source images for data of points; only images are translated into images")
            if not all(name.isprintable() for name in self.source.names):
                raise ValueError("the name of a side has characters that cannot be shown")
            if not all(8 <= bits <= 16 for bits in self.source.bits):
                raise ValueError(f"found grey values of {self.source.bits} bits, expected 8 to 16")
        if not len(set(self.class_names)) == len(self.class_names) == self.num_classes:
            raise ValueError(
                f"found {len(self.class_names)} class names for {self.num_classes} classes, or a duplicate"
            )
        if not all(name.isprintable() for name in self.class_names):
            raise ValueError("the name of a class has characters that cannot be shown")


def _check_shape(shape: tuple[int, ...]) -> None:
    drawable = len(shape) == 1 or (len(shape) == 3 and shape[0] in (1, 3))
    if not drawable or min(shape) < 1 or math.prod(shape) >= 2**31:
        raise ValueError(f"found data of shape {shape}; expected (C, H, W) with 1 or 3 channels, or (D,)")
