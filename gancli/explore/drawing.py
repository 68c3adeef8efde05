"""The pictures of the page, by the functions of ``gan sample``, ``gan interpolate`` and ``gan translate``."""

import base64
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gancli.data.budget import Budget
from gancli.data.pixel_values import values_of
from gancli.errors import UsageError, printable
from gancli.explore.requests import Samples, Translation, Walk
from gancli.library.generator import Generator
from gancli.sampling import images
from gancli.sampling.animation import frames, write_animation
from gancli.sampling.classes import column_count
from gancli.sampling.images import Pixels, to_pixels
from gancli.sampling.route import route

AT_MOST = Budget(512, 16, usual=(3, 64, 64))  # images that are drawn for one request
MOST_POINTS = 100_000
MAX_UPLOAD = 16 * 2**20  # bytes of a picture to translate

Check = Callable[[], None]  # raises if nobody waits for the picture any more
Answer = dict[str, Any]


def most(generator: Generator) -> int:
    """The number of samples of one request."""
    return AT_MOST.examples(generator.shape) if len(generator.shape) == 3 else MOST_POINTS


def samples(generator: Generator, asked: Samples, options: dict[str, Any], check: Check) -> bytes | Answer:
    """Samples as ``gan sample`` draws them: the file that it writes, or tiles."""
    _refuse_many(asked.n, generator)
    names = generator.class_names
    if asked.label is not None and asked.label >= len(names):
        raise UsageError(f"label: found {asked.label}; this model has {len(names)} classes")
    labels = generator.labels(asked.n, asked.label)
    blocks = _checked(generator.stream(asked.n, seed=asked.seed, labels=labels, **options), check)
    columns = column_count(asked.n, names) if asked.label is None else None
    if asked.form == "png":
        return images.to_png(images.sheet_of(blocks, columns, names))
    numbers = None if labels is None else labels.tolist()
    return _tiles(blocks) | {"labels": numbers, "columns": columns}


def walk(generator: Generator, asked: Walk, options: dict[str, Any], check: Check) -> bytes | Answer:
    """A walk as ``gan interpolate`` draws it: the file that it writes, or tiles."""
    labels: list[int | None] = [stop.label for stop in asked.stops]
    way = route([stop.noise for stop in asked.stops], labels, asked.steps, is_loop=asked.loop)
    _refuse_many(len(way), generator)
    blocks = _checked(generator.walk(way.seeds, way.labels, asked.steps, loop=asked.loop, **options), check)
    if asked.form == "tiles":
        return _tiles(blocks) if len(generator.shape) == 3 else _points(blocks)
    if asked.form == "png":
        return images.to_png(images.sheet_of(blocks, way.columns))
    if len(generator.shape) != 3:
        raise UsageError("points are drawn as one picture; expected the format png")
    return _animation(blocks, asked.form, there_and_back=not asked.loop)


def translation(generator: Generator, asked: Translation, options: dict[str, Any]) -> bytes | Answer:
    """A translation as ``gan translate`` draws it; beside it the picture as the network sees it."""
    try:
        raw = base64.b64decode(asked.picture, validate=True)
    except ValueError:
        raise UsageError("picture: found a text that is not base64") from None
    if len(raw) > MAX_UPLOAD:
        raise UsageError(f"picture: found {len(raw):,} bytes; at most {MAX_UPLOAD:,} are read")
    prepare, translator = generator.translator(None, options, keep_size=False, noise=None)
    image = values_of(prepare(raw, printable(asked.name)).pixels)
    translated = to_pixels(translator(image).unsqueeze(0))
    if asked.form == "png":
        return images.to_png(translated[0])
    return {"source": _encoded(to_pixels(image.unsqueeze(0))[0]), **_sprite(translated)}


def _refuse_many(n: int, generator: Generator) -> None:
    if n > (limit := most(generator)):
        raise UsageError(f"found {n:,} pictures; at most {limit:,} of this size are drawn at once")


def _checked(blocks: Iterable[Tensor], check: Check) -> Iterator[Tensor]:
    for block in blocks:
        check()
        yield block


def _tiles(blocks: Iterable[Tensor]) -> Answer:
    """Images in one picture without gaps, from which the page cuts them; points, and their scatter plot."""
    parts = list(blocks)
    if parts[0].ndim != 4:
        return _sprite(images.sheet_of(parts)[None]) | _points(parts)
    return _sprite(np.concatenate([to_pixels(part) for part in parts]))


def _points(blocks: Iterable[Tensor]) -> Answer:
    """The first two coordinates of points, null where they are no numbers, and how far from 0 their picture reaches."""
    xy, extent = images.plane(torch.cat(list(blocks)))
    known = np.isfinite(xy).all(axis=1)
    points = [
        place if is_known else None for place, is_known in zip(xy.astype(float).round(5).tolist(), known, strict=True)
    ]
    return {"points": points, "extent": extent}


def _sprite(pixels: np.ndarray) -> Answer:
    height, width = pixels.shape[1:3]
    across = int(np.ceil(np.sqrt(len(pixels))))
    sheet = images.grid(pixels, across, gap=0)
    return {"picture": _encoded(sheet), "count": len(pixels), "width": width, "height": height, "across": across}


def _encoded(pixels: Pixels) -> str:
    return base64.b64encode(images.to_png(pixels)).decode()


def _animation(blocks: Iterable[Tensor], ending: str, *, there_and_back: bool) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"walk.{ending}")
        write_animation(path, frames(blocks), there_and_back=there_and_back)
        return path.read_bytes()
