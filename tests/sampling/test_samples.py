"""Samples are a tensor for whoever computes with them, and a picture for whoever looks at them."""

import copy
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

import gancli
from gancli import Samples
from gancli.errors import UsageError

NAMES = ("cat", "dog", "hare")


@pytest.fixture
def images() -> Samples:
    """Nine grey images of three classes in turn."""
    values = torch.linspace(-1, 1, 9 * 64).reshape(9, 1, 8, 8)
    return Samples(values, torch.arange(9) % 3, NAMES)


def shown(samples: Any) -> np.ndarray:
    png = samples._repr_png_()
    assert png is not None
    return np.asarray(Image.open(io.BytesIO(png)))


def test_a_notebook_shows_the_picture_of_the_command(gan: Any, digits_run: Path) -> None:
    generator = gancli.load(digits_run)
    for name, options, labels in (("a", [], None), ("b", ["--class", "3"], 3)):
        assert gan("sample", digits_run, "--n", 20, "--seed", 4, "--out", f"{name}.png", *options).exit_code == 0
        samples = generator.sample(20, seed=4, labels=labels)
        assert (shown(samples) == np.asarray(Image.open(f"{name}.png"))).all()
        assert (np.asarray(samples.picture()) == shown(samples)).all()
    options = ["--steps", 5, "--class", "3", "--to-class", "8"]
    assert gan("interpolate", digits_run, *options, "--out", "way.png").exit_code == 0
    way = generator.interpolate(5, label=3, to_label=8)
    assert (shown(way) == np.asarray(Image.open("way.png"))).all()


def test_points_are_a_scatter_plot(gan: Any, points_run: Path) -> None:
    assert gan("sample", points_run, "--n", 300, "--out", "points.png").exit_code == 0
    points = gancli.load(points_run).sample(300)
    assert (shown(points) == np.asarray(Image.open("points.png"))).all()
    assert repr(points) == "<300 points of shape (2,)>"
    with pytest.raises(UsageError, match="these samples are points"):
        points.pixels  # noqa: B018


def test_a_generator_shows_a_few_of_its_samples(digits_run: Path, points_run: Path) -> None:
    digits, points = gancli.load(digits_run), gancli.load(points_run)
    assert (shown(digits) == shown(digits.sample(20))).all()  # two rows of ten classes
    assert shown(points).ndim == 2
    names = ", ".join("0123456789")
    assert repr(digits) == f"<generator of run, step 3: draws images of 1×28×28 of the classes {names}>"
    assert repr(points) == "<generator of run, step 6: draws points of 2 coordinates>"


def test_what_is_computed_from_samples_is_a_plain_tensor(images: Samples) -> None:
    plain = images.tensor
    assert isinstance(images, Tensor)
    assert type(plain) is Tensor
    assert plain.data_ptr() == images.data_ptr()
    for result in (images + 1, images.mean(), images.clamp(0, 1), torch.cat([images, plain]), images[:, 0], -images):
        assert type(result) is Tensor
    assert torch.nn.Conv2d(1, 2, 3)(images).shape == (9, 2, 6, 6)
    assert torch.equal(images, plain)
    assert (np.asarray(images) == plain.numpy()).all()
    assert images.pixels.shape == (9, 8, 8)
    assert images.pixels.dtype == np.uint8
    assert torch.utils.data.default_collate([images, images]).shape == (2, 9, 1, 8, 8)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        (slice(2, 5), [2, 0, 1]),
        ([8, 0], [2, 0]),
        (torch.tensor([4]), [1]),
        (np.array([1, 2]), [1, 2]),
        (torch.arange(9) % 3 == 1, [1, 1, 1]),
        (5, 2),
        (-1, 2),
    ],
)
def test_rows_are_samples_with_their_labels(images: Samples, rows: Any, labels: Any) -> None:
    chosen = images[rows]
    assert isinstance(chosen, Samples)
    assert chosen.labels is not None
    assert chosen.labels.tolist() == labels
    assert torch.equal(chosen.tensor, images.tensor[rows])
    assert shown(chosen).size > 0
    assert [row.labels.item() for row in images] == [0, 1, 2] * 3  # type: ignore[attr-defined]


def test_a_column_has_a_name_only_where_it_is_one_class(images: Samples) -> None:
    wide = Samples(torch.zeros(6, 1, 30, 30), torch.arange(6) % 3, NAMES)
    plain = Samples(torch.zeros(6, 1, 30, 30), columns=3)
    assert shown(wide).shape[0] > shown(plain).shape[0]  # the strip of names
    assert shown(wide).shape[1] == shown(plain).shape[1]
    assert shown(wide[1:]).shape == shown(Samples(torch.zeros(5, 1, 30, 30))).shape


def test_its_text_says_what_it_is(images: Samples) -> None:
    assert repr(images) == str(images) == "<9 images of shape (1, 8, 8) of classes cat, dog, hare>"
    assert repr(images[1]) == "<1 image of shape (1, 8, 8) of class dog>"
    assert repr(Samples(torch.zeros(2, 3, 8, 8))) == "<2 images of shape (3, 8, 8)>"
    assert f"{images.tensor[0, 0, 0, 0]:.1f}" == "-1.0"


def test_of_very_many_the_first_are_shown() -> None:
    many = Samples(torch.zeros(5000, 1, 28, 28))
    assert shown(many).shape == shown(many[:400]).shape
    assert shown(Samples(torch.zeros(50, 3, 512, 512))).shape[0] < 2100  # sixteen
    assert Samples(torch.zeros(0, 1, 28, 28))._repr_png_() is None


def test_a_copy_is_samples_and_a_file_a_plain_tensor(images: Samples) -> None:
    again = copy.deepcopy(images)
    assert isinstance(again, Samples)
    assert again.labels is images.labels
    assert again.data_ptr() != images.data_ptr()
    torch.save(images, "images.pt")
    loaded = torch.load("images.pt", weights_only=True)
    assert type(loaded) is Tensor
    assert torch.equal(loaded, images)


def test_they_are_saved_as_the_ending_says(images: Samples) -> None:
    assert images.save("x.png") == Path("x.png")
    assert (np.asarray(Image.open("x.png")) == shown(images)).all()
    images.save(Path("x.npz"))
    arrays = np.load("x.npz")
    assert arrays["labels"].tolist() == [0, 1, 2] * 3
    assert arrays["class_names"].tolist() == list(NAMES)
    assert (arrays["images"] == images.pixels).all()
    images.save("x.gif")
    with Image.open("x.gif") as animation:
        assert animation.n_frames == 16  # type: ignore[attr-defined]
    images[:2].save("folder")
    assert sorted(path.name for path in Path("folder").iterdir()) == ["00000-class-cat.png", "00001-class-dog.png"]
    images[4].save("one.png")
    with pytest.raises(UsageError, match=r"x\.tiff: the ending says what is written; expected"):
        images.save("x.tiff")


def test_labels_are_taken_as_names_numbers_and_arrays(digits_run: Path) -> None:
    generator = gancli.load(digits_run)
    for labels in (["3", "1"], np.array([3, 1]), torch.tensor([3, 1]), (3, "1"), range(3, 0, -2)):
        assert generator.sample(2, labels=labels).labels.tolist() == [3, 1]  # type: ignore[union-attr]
    for label in ("3", 3, np.int64(3), torch.tensor(3)):
        assert generator.sample(2, labels=label).labels.tolist() == [3, 3]  # type: ignore[union-attr, arg-type]
    with pytest.raises(UsageError, match=r"labels: found 1\.5; the classes"):
        generator.sample(1, labels=np.array([1.5]))
    with pytest.raises(UsageError, match="n: found 0, expected 1 or more"):
        generator.sample(0)
