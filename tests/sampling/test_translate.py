"""Pictures are prepared as those of the training, sizes are kept, images of the library are translated one by one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

import gancli
from gancli import build
from gancli.data import ImageFolder
from gancli.data.fitting import Fit
from gancli.data.pixel_values import values_of
from gancli.errors import DataError, UsageError
from gancli.export.subject import Subject
from gancli.sampling.preparation import Preparation
from gancli.sampling.reflection import reflected
from gancli.sampling.side_by_side import alike, beside
from gancli.storage.checkpoint import Checkpoint

COLOURS = np.random.default_rng(0).integers(0, 256, (30, 50, 4), np.uint8)


def save_all(folder: Path) -> None:
    """Pictures of every kind: colour, alpha, grey, 16 bits, a palette, and one that its camera held upright."""
    folder.mkdir()
    Image.fromarray(COLOURS[..., :3]).save(folder / "colour.png")
    Image.fromarray(COLOURS).save(folder / "alpha.png")
    Image.fromarray(COLOURS[..., 0]).save(folder / "grey.png")
    Image.fromarray(COLOURS[..., 0].astype(np.uint16) * 257).save(folder / "deep.png")
    Image.fromarray(COLOURS[..., :3]).quantize(16).save(folder / "palette.gif")
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned by 90°
    Image.fromarray(COLOURS[..., :3]).save(folder / "turned.jpg", exif=exif)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
def test_a_picture_is_prepared_as_a_folder_of_images_is(channels: Any, fit: Fit) -> None:
    save_all(Path("all"))
    folder = ImageFolder(root=Path("all"), size=16, channels=channels, fit=fit)
    prepare = Preparation((channels, 16, 16), fit)
    for index, name in enumerate(folder.manifest):
        (expected,) = folder.gather(torch.tensor([index]), torch.Generator())
        assert torch.equal(values_of(prepare(Path("all", name)).pixels), expected[0]), name


def test_an_array_or_an_image_is_prepared_as_its_file_is() -> None:
    save_all(Path("all"))
    prepare = Preparation((3, 16, 16))
    given = {"colour": COLOURS[..., :3], "alpha": COLOURS, "deep": COLOURS[..., 0].astype(np.uint16) * 257}
    for name, array in given.items():
        expected = prepare(f"all/{name}.png").pixels
        assert torch.equal(prepare(array).pixels, expected)
        assert torch.equal(prepare(Image.fromarray(array)).pixels, expected)


def test_a_picture_that_keeps_its_size_keeps_its_pixels() -> None:
    save_all(Path("all"))
    prepare = Preparation((3, 16, 16), keep_size=True)
    assert (prepare("all/colour.png").pixels.permute(1, 2, 0).numpy() == COLOURS[..., :3]).all()
    assert prepare("all/turned.jpg").pixels.shape == (3, 50, 30)


def test_what_is_no_picture_is_named() -> None:
    Path("bad.png").write_text("text")
    for place, reason in {
        "bad.png": "is none of PNG",
        "nowhere.png": "No such file",
        ".": "is not a regular file",
    }.items():
        with pytest.raises(DataError, match=f"{place}: {reason}"):
            Preparation((3, 16, 16))(place)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (2, 7), (5, 3)])
def test_an_image_is_continued_as_numpy_continues_it(height: int, width: int) -> None:
    image = torch.arange(height * width).float().reshape(1, height, width)
    expected = np.pad(image.numpy(), [(0, 0), (0, 11 - height), (0, 16 - width)], mode="reflect")
    assert (reflected(image, 11, 16).numpy() == expected).all()


def test_grey_beside_colour_is_in_colour_and_as_large() -> None:
    grey, colour = torch.zeros(1, 2, 2), torch.ones(3, 4, 6)
    assert beside(grey, colour).shape == (3, 4, 12)
    assert [tuple(part.shape) for part in alike(grey[None], colour[None])] == [(1, 3, 4, 6)] * 2


def test_every_kind_of_images_gives_the_same_translations(translator: Callable[..., Path]) -> None:
    generator = gancli.load(translator("architecture.dropout=0.5"))
    arrays = np.random.default_rng(1).integers(0, 256, (3, 16, 16, 3), np.uint8)
    for index, array in enumerate(arrays):
        Image.fromarray(array).save(f"{index}.png")
    expected = generator.translate([f"{index}.png" for index in range(3)])
    assert expected.shape == (3, 1, 16, 16)
    tensor = values_of(torch.from_numpy(arrays).permute(0, 3, 1, 2))
    for given in (arrays, list(arrays), [Path(f"{index}.png") for index in range(3)], tensor):
        assert torch.equal(generator.translate(given), expected)
    assert torch.equal(generator.translate(tensor[1:2]), expected[1:2])  # no neighbour changes a bit
    noisy = generator.translate(tensor, noise=3)
    assert torch.equal(generator.translate(tensor, noise=3), noisy)
    assert not torch.equal(noisy, expected)
    assert torch.equal(generator.translate(tensor), expected)  # dropout is off again


def test_grey_arrays_of_one_batch_are_many_pictures(translator: Callable[..., Path]) -> None:
    generator = gancli.load(translator())
    assert generator.translate(np.zeros((5, 20, 20), np.uint8)).shape == (5, 1, 16, 16)
    assert generator.translate(np.zeros((20, 20), np.uint8)).shape == (1, 1, 16, 16)


def test_both_directions_and_sizes_of_their_own(translator: Callable[..., Path]) -> None:
    generator = gancli.load(translator("model=both-ways", "dataset.paired=false"))
    colour, grey = torch.zeros(2, 3, 16, 16), torch.zeros(2, 1, 9, 21)
    assert generator.translate(colour).shape == (2, 1, 16, 16)
    assert generator.translate(grey, direction="BtoA", keep_size=True).shape == (2, 3, 9, 21)
    with pytest.raises(UsageError, match=r"found the shape \(2, 3, 16, 16\), expected \(N, 1, 16, 16\)"):
        generator.translate(colour, direction="BtoA")
    with pytest.raises(UsageError, match="have several sizes and fit into no tensor"):
        generator.translate([np.zeros((8, side), np.uint8) for side in (8, 9)], keep_size=True)


def test_an_export_goes_the_way_that_the_dataset_names(translator: Callable[..., Path]) -> None:
    backwards = translator("model=both-ways", "dataset.paired=false", "dataset.direction=BtoA")
    saved = Checkpoint.load(next(backwards.glob("checkpoints/*")))
    gan, network = build.from_checkpoint(saved, torch.device("cpu"))
    for options, before, after in (({}, 3, 1), ({"direction": "BtoA"}, 3, 1), ({"direction": "AtoB"}, 1, 3)):
        subject = Subject(saved, gan, network, options)
        assert (subject.source.shape[0], subject.channels) == (before, after)
        assert subject.original(subject.example(1)).shape[1] == after


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (torch.zeros(1, 3, 16, 16).fill_(2), r"images: found 2 to 2, expected \[-1, 1\]"),
        (torch.zeros(1, 3, 16, 16).fill_(torch.nan), r"images: found nan to nan, expected \[-1, 1\]"),
        (torch.zeros(1, 3, 16, 16, dtype=torch.uint8), "images: found a tensor of torch.uint8, expected floats"),
        (torch.zeros(0, 3, 16, 16), r"images: found the shape \(0, 3, 16, 16\)"),
        ([], "images: found list, expected a tensor, or pictures"),
        ([torch.zeros(3, 16, 16)], "images: found Tensor, expected a file, an array or an image of Pillow"),
        (3, "images: found int, expected a tensor, or pictures"),
    ],
)
def test_other_images_are_refused(translator: Callable[..., Path], given: Any, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        gancli.load(translator()).translate(given)
