"""How the pictures of two domains are read from their folders: the options that such datasets share."""

from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Tag

from gancli.data.fitting import Fit, Sides
from gancli.data.frames import Whole
from gancli.data.jitter import Jitter

Count = Literal[1, 3]
# One of the two, so that a wrong value gives one problem and not that of each.
Channels = Annotated[
    Annotated[Count, Tag("both")] | Annotated[tuple[Count, Count], Tag("each")],
    Discriminator(lambda value: "each" if isinstance(value, list | tuple) else "both"),
]


@dataclass(frozen=True)
class Reading:
    """How pictures of A and of B become pixels.

    Args:
        sides: height and width that are trained on.
        loaded: height and width that a random crop is taken from.
        fit: how a picture becomes of that size.
        channels: of A and of B, 3 for colour and 1 for grey.
        memory_mb: megabytes for the pixels of both.
        skip: whether a few bad images may be left out.

    Raises:
        ValueError: there is not enough to crop from.
    """

    sides: Sides
    loaded: Sides
    fit: Fit
    channels: tuple[int, int]
    memory_mb: int
    skip: bool

    def __post_init__(self) -> None:
        if any(had < wanted for had, wanted in zip(self.loaded, self.sides, strict=True)):
            had, wanted = ("×".join(map(str, sides)) for sides in (self.loaded, self.sides))
            raise ValueError(f"load_size: found {had}, expected at least the size that is cropped from it, {wanted}")

    @property
    def frames(self) -> tuple[Whole, Whole]:
        """What makes the pixels of a picture of A, and of one of B."""
        first, second = (Whole((channels, *self.loaded), self.fit) for channels in self.channels)
        return first, second

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(C, H, W) of A and of B, as they are trained on."""
        first, second = ((channels, *self.sides) for channels in self.channels)
        return first, second

    def jitter(self, *, flip: bool) -> Jitter:
        """The random crop to the size that is trained on."""
        return Jitter(self.sides, flip)

    def uncropped(self) -> Self:
        """Pictures are read in the size that is trained on, as those that are held out."""
        return replace(self, loaded=self.sides)


def of_each(channels: int | tuple[int, int]) -> tuple[int, int]:
    """The channels of A and of B, which are the same if there is one number."""
    return (channels, channels) if isinstance(channels, int) else channels
