"""Pairs of images in two rows, with a line of words above each that says what it shows."""

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from gancli.evaluation.evidence import Evidence, Side, in_turn
from gancli.metrics import closest_pairs
from gancli.sampling.images import Pixels, grid, to_pixels

CAPTIONS = {
    "nearest": ("samples that are nearest to a training image", "the real training image that is nearest to each"),
    "repeated": ("samples that are nearest to another sample", "that other sample"),
}
SHOWN = 20  # pairs in a picture
SIDE = 56  # pixels; smaller images are enlarged, by whole factors, up to about this
TEXT = 16  # pixels
LINE = 24  # pixels


def captioned(images: Tensor, captions: tuple[str, str]) -> Pixels:
    """A picture of the images, of shape (2 N, C, H, W): a row of the first N, and below it one of the others."""
    pixels = to_pixels(images)  # (2 N, H, W) or (2 N, H, W, 3)
    times = max(1, round(SIDE / pixels.shape[1]))
    pixels = pixels.repeat(times, axis=1).repeat(times, axis=2)
    rows = [grid(part, len(part)) for part in np.split(pixels, 2)]
    font = ImageFont.load_default(TEXT)
    width = max(rows[0].shape[1], *(int(font.getlength(words)) + 8 for words in captions))
    height = rows[0].shape[0]
    canvas = Image.new("L" if pixels.ndim == 3 else "RGB", (width, 2 * (LINE + height)))
    draw = ImageDraw.Draw(canvas)
    for index, (row, words) in enumerate(zip(rows, captions, strict=True)):
        top = index * (LINE + height)
        draw.text((4, top + 3), words, fill="white", font=font)
        canvas.paste(Image.fromarray(row), (0, top + LINE))
    return np.asarray(canvas)


def pairs(evidence: Evidence) -> dict[str, Tensor]:
    """For a person to look at, what is copied and what is repeated, if anything is: SHOWN pairs of each, at most."""
    judged, originals = evidence.judged, evidence.originals
    order = originals.distances.argsort()
    first = order[_in_turn(judged, order)]
    alike = closest_pairs(judged.others, len(judged.examples)).indices  # (P, 2)
    alike = alike[_in_turn(judged, alike[:, 0])]
    return {
        "nearest": torch.cat([judged.examples[first], evidence.train.examples[originals.indices[first]]]),
        "repeated": judged.examples[alike.T.flatten()],
    }


def _in_turn(judged: Side, order: Tensor) -> Tensor:
    """Where in an order the first are, one of every class at a time: those of a plain class, ones say, are alike."""
    return torch.arange(len(order))[:SHOWN] if judged.classes is None else in_turn(judged.classes[order])[:SHOWN]
