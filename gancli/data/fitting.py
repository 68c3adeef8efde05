"""How an image of any size becomes one of the size that is trained on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from PIL import Image, ImageOps

from gancli.data.manifest import some

Fit = Literal["crop", "pad", "stretch"]
Sides = tuple[int, int]  # height, width

ENLARGED = 2.0  # from this factor on it is said: the image is blurred
SEEN = 0.5  # a smaller share of an image than this is said


def fitted(image: Image.Image, sides: Sides, fit: Fit) -> Image.Image:
    """An image in colour or in grey, scaled to a height and a width.

    Args:
        fit: ``crop`` covers that size and crops around the centre; ``pad`` shows the whole image on white; ``stretch``
            changes its proportions.
    """
    size, method = sides[::-1], Image.Resampling.LANCZOS
    if image.size == size:
        return image
    if fit == "crop":
        return ImageOps.fit(image, size, method)
    if fit == "stretch":
        return image.resize(size, method)
    scale = min(size[0] / image.width, size[1] / image.height)
    whole = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    padded = Image.new(image.mode, size, "white")
    padded.paste(image.resize(whole, method), ((size[0] - whole[0]) // 2, (size[1] - whole[1]) // 2))
    return padded


def enlargement(found: Sides, sides: Sides, fit: Fit) -> float:
    """The factor that an image is enlarged by; below 1 if it becomes smaller."""
    factors = [wanted / had for wanted, had in zip(sides, found, strict=True)]
    return min(factors) if fit == "pad" else max(factors)


def share_seen(found: Sides, sides: Sides, fit: Fit) -> float:
    """The share of an image that is left after cropping."""
    if fit != "crop":
        return 1.0
    tall, wide = (wanted / had for wanted, had in zip(sides, found, strict=True))
    return min(tall, wide) / max(tall, wide)


def remarks(found: Mapping[str, Sides], sides: Sides, fit: Fit) -> Iterator[str]:
    """What a user may not expect of the images that are trained on: blurred ones, and ones of which little is seen.

    Args:
        found: the height and the width of the images in their files, by their names.
    """
    blurred = _names(found, lambda had: enlargement(had, sides, fit) >= ENLARGED)
    if blurred:
        size = "×".join(map(str, sides))
        yield f"{_count(blurred, found)} enlarged to {size}, twice or more, and so blurred: {some(blurred)}"
    cropped = _names(found, lambda had: share_seen(had, sides, fit) < SEEN)
    if cropped:
        them = "it" if len(cropped) == 1 else "them"
        yield (
            f"{_count(cropped, found)} so long that less than half of {them} is seen: {some(cropped)}; "
            "dataset.fit=pad shows whole images, on white"
        )


def _names(found: Mapping[str, Sides], is_so: Callable[[Sides], bool]) -> list[str]:
    """Those of images whose sides are so; there are few different ones, so each is asked about once."""
    those = {had for had in set(found.values()) if is_so(had)}
    return [name for name, had in found.items() if had in those] if those else []


def _count(some_of: list[str], found: Mapping[str, Sides]) -> str:
    return f"{len(some_of):,} of {len(found):,} images {'is' if len(some_of) == 1 else 'are'}"
