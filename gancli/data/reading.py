"""How the pictures of two domains are read from their folders: the options that such datasets share."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Tag

from gancli.data.bad_images import of_all
from gancli.data.classes import no_class
from gancli.data.finding import FoundImages
from gancli.data.fitting import Fit, Sides
from gancli.data.frames import Decoder, Frame, Whole
from gancli.data.jitter import Jitter
from gancli.data.scanned_folder import NamedFolder

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
        decoder: ``draft`` decodes large JPEGs smaller.
        bits: that grey images of 16 bits use, of A and of B; None: as many as the largest value needs.

    Raises:
        ValueError: there is not enough to crop from.
    """

    sides: Sides
    loaded: Sides
    fit: Fit
    channels: tuple[int, int]
    memory_mb: int
    skip: bool
    decoder: Decoder = "exact"
    bits: tuple[int | None, int | None] = (None, None)

    def __post_init__(self) -> None:
        if any(had < wanted for had, wanted in zip(self.loaded, self.sides, strict=True)):
            had, wanted = ("×".join(map(str, sides)) for sides in (self.loaded, self.sides))
            raise ValueError(f"load_size: found {had}, expected at least the size that is cropped from it, {wanted}")

    @property
    def frames(self) -> tuple[Whole, Whole]:
        """What makes the pixels of a picture of A, and of one of B."""
        first, second = (Whole((channels, *self.loaded), self.fit, self.decoder) for channels in self.channels)
        return first, second

    @property
    def shapes(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """(C, H, W) of A and of B, as they are trained on."""
        first, second = ((channels, *self.sides) for channels in self.channels)
        return first, second

    def scan(self, found: FoundImages, frame: Frame, *, keep: bool, bits: int | None) -> NamedFolder:
        """Read the pictures of a folder; DataError that names those that cannot be read."""
        return NamedFolder(found, frame, keep=keep, skip=self.skip, class_of=no_class, bits=bits)

    def scan_both(self, both: Sequence[FoundImages], *, keep: bool) -> tuple[NamedFolder, NamedFolder]:
        """Read the pictures of A and of B, each from a folder of its own; DataError for those of both."""
        first, second = of_all(
            partial(self.scan, found, frame, keep=keep, bits=bits)
            for found, frame, bits in zip(both, self.frames, self.bits, strict=True)
        )
        return first, second

    def jitter(self, *, flip: bool) -> Jitter:
        """The random crop to the size that is trained on."""
        return Jitter(self.sides, flip)

    def held_out(self, bits: tuple[int, int]) -> Self:
        """Pictures that are held out are read in the size that is trained on, and their bits are known."""
        return replace(self, loaded=self.sides, bits=bits)


def of_each(channels: int | tuple[int, int]) -> tuple[int, int]:
    """The channels of A and of B, which are the same if there is one number."""
    return (channels, channels) if isinstance(channels, int) else channels
