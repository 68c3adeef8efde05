"""A JPEG that is decoded at a part of its sides: nearly the same pixels, and never taken for the same data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.data import Domains, ImageFolder, Pairs
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


def test_halves_are_drafted_only_where_they_begin_with_a_block_of_pixels() -> None:
    exact, draft = (Whole((3, 8, 8), "crop", decoder) for decoder in ("exact", "draft"))
    assert Halves(exact, exact).decoded_at((100, 320)) == 1
    assert Halves(draft, draft).decoded_at((100, 320)) == 0.08
    assert Halves(draft, draft).decoded_at((100, 328)) == 1


@pytest.mark.parametrize("dataset", [Pairs, Domains])
def test_pairs_and_domains_are_drafted_too(dataset: type) -> None:
    few = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    for name, pixels in zip("AB", few, strict=True):
        Path(f"in/train{name}").mkdir(parents=True)
        smooth = Image.fromarray(pixels).resize((160, 160), Image.Resampling.BICUBIC)
        smooth.save(f"in/train{name}/x.jpg", quality=95)
    check_draft(dataset)


def test_pairs_side_by_side_are_drafted_too() -> None:
    """Nothing of one half comes into the other: the left one is black and the right one white."""
    Path("in/train").mkdir(parents=True)
    pixels = np.zeros((160, 320, 3), np.uint8)
    pixels[:, 160:] = 255
    Image.fromarray(pixels).save("in/train/x.jpg", quality=95)
    check_draft(Pairs)
    b, a = Pairs(root="in", size=16, decoder="draft").gather(torch.arange(1), torch.Generator())
    assert (a.max() < -0.9, b.min() > 0.9) == (True, True)


def check_draft(dataset: Any) -> None:
    exact, draft = (dataset(root="in", size=16, decoder=name) for name in ("exact", "draft"))
    assert exact.fingerprint == dataset(root="in", size=16).fingerprint != draft.fingerprint
    for one, other in zip(*(data.gather(torch.arange(1), torch.Generator()) for data in (exact, draft)), strict=True):
        assert (one - other).abs().mean() * 127.5 < 3
