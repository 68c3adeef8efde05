"""Pairs of images in two rows, with a caption above each row."""

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.inputs import EvaluationInputs, interleave_classes
from gancli.metrics import closest_pairs
from gancli.sampling.images import Pixels, grid, to_pixels

CAPTIONS = {
    "nearest": ("samples that are nearest to a training image", "the real training image that is nearest to each"),
    "repeated": ("samples that are nearest to another sample", "that other sample"),
}
NUM_PAIRS = 20  # in a picture
IMAGE_SIDE = 56  # pixels; smaller images are enlarged, by whole factors, up to about this
FONT_SIZE = 16  # pixels
LINE_HEIGHT = 24  # pixels


def captioned(images: Tensor, captions: tuple[str, str]) -> Pixels:
    """A picture of the images, of shape (2 N, C, H, W): a row of the first N, and below it one of the others."""
    pixels = to_pixels(images)  # (2 N, H, W) or (2 N, H, W, 3)
    times = max(1, round(IMAGE_SIDE / pixels.shape[1]))
    pixels = pixels.repeat(times, axis=1).repeat(times, axis=2)
    rows = [grid(part, len(part)) for part in np.split(pixels, 2)]
    font = ImageFont.load_default(FONT_SIZE)
    width = max(rows[0].shape[1], *(int(font.getlength(words)) + 8 for words in captions))
    height = rows[0].shape[0]
    canvas = Image.new("L" if pixels.ndim == 3 else "RGB", (width, 2 * (LINE_HEIGHT + height)))
    draw = ImageDraw.Draw(canvas)
    for index, (row, words) in enumerate(zip(rows, captions, strict=True)):
        top = index * (LINE_HEIGHT + height)
        draw.text((4, top + 3), words, fill="white", font=font)
        canvas.paste(Image.fromarray(row), (0, top + LINE_HEIGHT))
    return np.asarray(canvas)


def pairs(inputs: EvaluationInputs) -> dict[str, Tensor]:
    """Pairs for a person to inspect: copied and repeated samples, if there are any, at most 20 pairs of each."""
    generated, copied = inputs.generated, inputs.nearest_train
    order = copied.distances.argsort()
    first = order[_first(generated, order)]
    alike = closest_pairs(generated.nearest_within, len(generated)).indices  # (P, 2)
    alike = alike[_first(generated, alike[:, 0])]
    return {
        "nearest": torch.cat([generated.some(first), inputs.train.some(copied.indices[first])]),
        "repeated": generated.some(alike.T.flatten()),
    }


def _first(generated: ExampleSet, order: Tensor) -> Tensor:
    """The first positions in an order, one of every class at a time: those of a plain class, ones say, are alike."""
    if generated.classes is None:
        return torch.arange(len(order))[:NUM_PAIRS]
    return interleave_classes(generated.classes[order])[:NUM_PAIRS]
