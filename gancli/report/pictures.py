"""The pictures of a run as data: URIs, as many and as large as a limit allows."""

import io
import warnings
from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MOST_STEPS = 40  # pictures of samples of one run
MAX_BYTES = 4_000_000  # of all pictures of a report; base64 makes them a third larger
SIDES = (1024, 768, 512, 384, 256)  # pixels: longest sides that are tried until the pictures fit
LEAST_SIDE = 128  # of a picture that is alone and still too large
QUALITY = 85  # of a JPEG


@dataclass(frozen=True)
class Picture:
    """A picture that can stand in a page."""

    uri: str
    width: int
    height: int
    size: int  # bytes of the picture itself


@dataclass(frozen=True)
class SampleSeries:
    """Samples over the steps."""

    pictures: Mapping[int, Picture] = field(default_factory=dict)  # by step
    found: int = 0  # pictures that the run has
    side: int | None = None  # longest side in pixels that they were shrunk to; None: as they are


def series(paths: Mapping[int, Path], limit: int) -> SampleSeries:
    """Pictures of samples by their step: all of them if they fit, else fewer steps and smaller pictures.

    Args:
        limit: bytes of all of them.
    """
    steps = spread(list(paths), MOST_STEPS)
    if sum(_size(paths[step]) for step in steps) <= limit:
        return SampleSeries(_read({step: paths[step] for step in steps}, None), len(paths))
    while True:
        for side in SIDES if len(steps) > 1 else (*SIDES, LEAST_SIDE):
            made = _read({step: paths[step] for step in steps}, side)
            if sum(picture.size for picture in made.values()) <= limit:
                return SampleSeries(made, len(paths), side)
        if len(steps) <= 1:
            return SampleSeries({}, len(paths))
        steps = spread(steps, len(steps) // 2)


def single(path: Path, limit: int) -> Picture | None:
    """One picture, made smaller if need be; None if it is missing, damaged, or does not fit."""
    found = series({0: path}, limit) if path.is_file() else SampleSeries()
    return found.pictures.get(0)


def spread(steps: Sequence[int], most: int) -> list[int]:
    """At most so many steps, evenly spread over all, with the first and the last one; a single one is the last."""
    if len(steps) <= most:
        return list(steps)
    if most == 1:
        return [steps[-1]]
    return [steps[round(index * (len(steps) - 1) / (most - 1))] for index in range(most)]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _read(paths: Mapping[int, Path], side: int | None) -> dict[int, Picture]:
    """The pictures that are whole."""
    found = {step: _picture(path, side) for step, path in paths.items()}
    return {step: picture for step, picture in found.items() if picture is not None}


def _picture(path: Path, side: int | None) -> Picture | None:
    from PIL import Image

    try:
        raw = path.read_bytes()
        with warnings.catch_warnings(), Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
            warnings.simplefilter("error")  # of a picture that is too large to be one of ours
            if side is None:
                size = image.size
                image.verify()  # what a killed process, or a disk, has torn
                return _as_uri(raw, "png", *size)
            shrunk = image.convert("L" if image.mode in ("1", "L") else "RGB")
            shrunk.thumbnail((side, side))
            written = io.BytesIO()
            shrunk.save(written, "JPEG", quality=QUALITY, optimize=True)
            return _as_uri(written.getvalue(), "jpeg", *shrunk.size)
    except Exception:  # missing or damaged: Pillow raises many kinds of errors
        return None


def _as_uri(raw: bytes, kind: str, width: int, height: int) -> Picture:
    return Picture(f"data:image/{kind};base64,{b64encode(raw).decode()}", width, height, len(raw))


def total(pictures: Iterable[Picture | None]) -> int:
    """Bytes of pictures."""
    return sum(picture.size for picture in pictures if picture is not None)
