"""How images of any sizes become those that are trained on: cropped, padded or stretched, and what is said of them."""

import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.data import ImageFolder, batches
from gancli.data.fitting import enlargement, share_seen

Picture = Callable[..., Path]


def only(**options: object) -> torch.Tensor:
    """The one image of a folder, in grey, of shape (H, W)."""
    return ImageFolder(root="in", channels=1, **options).images[0, 0]


@pytest.fixture
def thirds() -> None:
    """An image three times as wide as tall: black, white, black."""
    Path("in").mkdir()
    pixels = np.zeros((30, 90), np.uint8)
    pixels[:, 30:60] = 255
    Image.fromarray(pixels).save("in/x.png")


def test_the_three_ways_of_a_wide_image(thirds: None) -> None:
    cropped, padded, stretched = (only(size=30, fit=fit) for fit in ("crop", "pad", "stretch"))
    assert (cropped == 255).all()  # the middle third
    assert (padded[:9] == 255).all()  # white above and below
    assert (padded[-9:] == 255).all()
    assert padded[15, [2, 15, 27]].tolist() == [0, 255, 0]  # all of it, at a third of its size
    assert stretched[:, [2, 15, 27]].tolist() == [[0, 255, 0]] * 30


def test_a_line_of_pixels_can_be_padded() -> None:
    Path("in").mkdir()
    Image.new("RGB", (2000, 1)).save("in/x.png")
    assert only(size=16, fit="pad")[7].tolist() == [0] * 16


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_streamed_images_are_fitted_as_kept_ones(thirds: None, fit: str) -> None:
    kept, streamed = (ImageFolder(root="in", fit=fit, memory_mb=mb, workers=0) for mb in (9, 0))
    assert torch.equal(kept.images, streamed.images[torch.arange(1)])


def test_another_fit_is_another_dataset_and_the_default_is_the_old_one(thirds: None) -> None:
    default, *others = (ImageFolder(root="in", **options).fingerprint for options in ({}, {"fit": "pad"}))
    assert default == ImageFolder(root="in", fit="crop").fingerprint
    assert others != [default]


def test_the_factor_and_the_share_are_those_of_the_geometry() -> None:
    assert enlargement((10, 20), (40, 40), "crop") == enlargement((10, 20), (40, 40), "stretch") == 4
    assert enlargement((10, 20), (40, 40), "pad") == 2
    assert share_seen((10, 20), (40, 40), "crop") == 0.5
    assert share_seen((10, 20), (20, 40), "crop") == 1
    assert share_seen((10, 20), (40, 40), "pad") == 1


def test_blurred_images_and_long_ones_are_named_with_the_way_out(picture: Picture) -> None:
    picture("in/good.png", size=(60, 60))
    picture("in/tiny.png", size=(9, 9))
    picture("in/panorama.png", size=(300, 40))
    said = ImageFolder(root="in", size=32).notice
    assert "1 of 3 images is enlarged to 32×32, twice or more, and so blurred: tiny.png" in said
    assert "1 of 3 images is so long that less than half of it is seen: panorama.png; dataset.fit=pad shows" in said
    assert "fit=pad" not in ImageFolder(root="in", size=32, fit="pad").notice


def test_usual_images_are_not_remarked_on(picture: Picture) -> None:
    for name, size in {"tall": (40, 60), "wide": (60, 40), "small": (28, 28)}.items():
        picture(f"in/{name}.png", size=size)
    assert ImageFolder(root="in", size=32).notice == ""


def test_a_large_photograph_is_read_and_a_large_image_of_another_format_is_not(
    picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Path("in").mkdir()
    pixels = np.zeros((400, 600), np.uint8)
    pixels[:200] = 255
    Image.fromarray(pixels).save("in/photo.jpg", exif=exif)
    whole = only(size=16)
    monkeypatch.setattr("gancli.data.decoding.MAX_PIXELS", 600 * 400 // 2)
    assert (only(size=16).float() - whole.float()).abs().max() <= 3  # decoded at a quarter of the sides, and turned
    picture("in/drawing.png", size=(600, 400))
    with pytest.raises(Exception, match=r"drawing\.png: 600×400 pixels; at most 120,000 are read, make it smaller"):
        ImageFolder(root="in")
    monkeypatch.setattr("gancli.data.decoding.MAX_JPEG_PIXELS", 600 * 400 - 1)
    with pytest.raises(Exception, match=r"photo\.jpg: 600×400 pixels"):
        ImageFolder(root="in")


def test_pillow_s_own_limit_neither_refuses_a_photograph_nor_speaks(
    picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture("in/photo.jpg", size=(600, 400))
    whole = only(size=16)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert torch.equal(only(size=16), whole)
    picture("in/drawing.png", size=(600, 400))
    with pytest.raises(Exception, match=r"drawing\.png: has too many pixels; at most 50,000,000 are read, make it"):
        ImageFolder(root="in")


def test_the_mirrored_images_are_a_function_of_seed_and_minibatch(picture: Picture) -> None:
    for index in range(8):
        picture(f"in/{index}.png", index, size=(8, 8))
    folder = ImageFolder(root="in", size=8, flip=True)
    plain = ImageFolder(root="in", size=8).images.float().div(127.5).sub(1)

    def drawn(start: int, seed: int = 1) -> list[torch.Tensor]:
        stream = batches(folder, 8, seed=seed, start=start, device=torch.device("cpu"))
        return [x for (x,) in itertools.islice(stream, 4)]

    whole, resumed = drawn(0), drawn(2)
    assert all(map(torch.equal, whole[2:], resumed))  # as a run that resumes draws them
    assert not torch.equal(whole[0], drawn(0, seed=2)[0])
    shown = torch.cat(whole)
    upright, mirrored = ((shown[:, None] == to).flatten(2).all(2).any(1) for to in (plain, plain.flip(-1)))
    assert (upright ^ mirrored).all()
    assert 0 < int(mirrored.sum()) < len(shown)
