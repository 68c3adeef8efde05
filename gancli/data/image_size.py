"""The option that says how large the images are that are trained on."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from gancli.data.fitting import Sides

Side = Annotated[int, Field(ge=8, le=1024)]  # pixels
HeightAndWidth = Annotated[tuple[Side, ...], Field(min_length=2, max_length=2)]
# One of the two, so that a wrong value gives one problem and not that of each.
ImageSize = Annotated[
    Annotated[Side, Tag("side")] | Annotated[HeightAndWidth, Tag("sides")],
    Discriminator(lambda value: "sides" if isinstance(value, list | tuple) else "side"),
]


def height_and_width(size: int | tuple[int, ...]) -> Sides:
    """Both of a square, if there is one number."""
    height, width = (size, size) if isinstance(size, int) else size
    return height, width
