"""A JPEG that is decoded at a part of its sides: nearly the same pixels, and never taken for the same data."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.data import ImageFolder
from gancli.data.decoding import decode_to
from gancli.data.frames import Halves, Whole


@pytest.fixture
def smooth() -> Path:
    """A JPEG of 200 × 300 pixels without sharp edges, which is to be turned upright."""
    Path("in").mkdir()
    few = np.random.default_rng(0).integers(0, 256, (10, 15, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = Path("in/x.jpg")
    Image.fromarray(few).resize((300, 200), Image.Resampling.BICUBIC).save(path, quality=95, exif=exif)
    return path


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [64, (40, 70), 150, 300])
def test_a_draft_is_nearly_the_exact_image(smooth: Path, fit: str, size: object) -> None:
    exact, draft = (ImageFolder(root="in", size=size, fit=fit, decoder=name).images for name in ("exact", "draft"))
    assert (exact.float() - draft.float()).abs().mean() < 3
    assert (size != 300) or torch.equal(exact, draft)  # nothing is left out where all pixels are needed


def test_a_draft_is_other_data_and_the_exact_decoder_is_what_it_was(smooth: Path) -> None:
    plain, exact, draft = (
        ImageFolder(root="in", **options).fingerprint for options in ({}, {"decoder": "exact"}, {"decoder": "draft"})
    )
    assert plain == exact != draft


def test_the_sides_of_a_draft_are_those_in_the_file(smooth: Path) -> None:
    frame = Whole((3, 32, 32), "crop", "draft")
    assert decode_to(smooth.read_bytes(), frame).sides == (300, 200)  # upright


def test_only_a_jpeg_of_one_picture_is_drafted(smooth: Path) -> None:
    Image.open(smooth).save("in/y.png")
    smooth.unlink()
    exact, draft = (ImageFolder(root="in", decoder=name).images for name in ("exact", "draft"))
    assert torch.equal(exact, draft)
    assert Halves(Whole((3, 8, 8)), Whole((3, 8, 8))).decoded_at((100, 200)) == 1
