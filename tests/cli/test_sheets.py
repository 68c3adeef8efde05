"""Sheets and strips are large enough to be seen, and name the classes of their columns."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.sampling import images, lettering
from gancli.storage import checkpoint

Gan = Callable[..., Any]
LONG = "a golden retriever of a very long pedigree"


@pytest.fixture
def of_animals(digits_run: Path) -> Path:
    """A checkpoint whose fifth class is called 2, as that of folders 1, 10, 11, 12, 2, …"""
    saved = checkpoint.newest(digits_run)
    names = ("1", "10", "11", "12", "2", "3", LONG, "a/b", "café", "..")
    data = dataclasses.replace(saved.data, class_names=names)
    dataclasses.replace(saved, data=data).save(Path("x.safetensors"))
    return Path("x.safetensors")


def test_below_the_names_is_the_very_grid(gan: Gan, digits_run: Path) -> None:
    gan("sample", digits_run, "--n", 20, "--out", "x.png")
    gan("sample", digits_run, "--n", 20, "--out", "x.npz")
    with Image.open("x.png") as image, np.load("x.npz") as arrays:
        sheet, grid = np.asarray(image), images.grid(arrays["images"], 10)
    below = sheet[-3 * len(grid) :]
    assert np.array_equal(below[::3, ::3], grid)
    assert np.array_equal(below, grid.repeat(3, 0).repeat(3, 1))
    above = sheet[: -3 * len(grid)]
    for column in range(10):  # a name above every column
        assert above[:, 6 + column * 90 : 6 + (column + 1) * 90].max() > 200


@pytest.mark.parametrize("n", [1, 4, 10, 23])
def test_no_column_is_empty(gan: Gan, digits_run: Path, n: int) -> None:
    gan("sample", digits_run, "--n", n, "--out", "x.png")
    times = {1: 8, 4: 8}.get(n, 3)
    with Image.open("x.png") as image:
        assert image.width == times * (30 * min(n, 10) + 2)


def test_a_class_has_its_name_in_files_arrays_and_json(gan: Gan, of_animals: Path) -> None:
    result = gan("sample", of_animals, "--class", "2", "--n", 3, "--out", "d", "--json")
    assert '"class": "2"' in result.stdout
    assert sorted(path.name for path in Path("d").iterdir()) == [f"0000{index}-class-2.png" for index in range(3)]
    gan("sample", of_animals, "--class", "2", "--n", 3, "--out", "x.npz")
    with np.load("x.npz", allow_pickle=False) as arrays:
        assert [arrays["class_names"][label] for label in arrays["labels"]] == ["2"] * 3
    gan("sample", of_animals, "--n", 10, "--out", "all")
    names = sorted(path.name for path in Path("all").iterdir())
    assert names[6:] == [
        f"00006-class-{LONG}.png", "00007-class-a%2Fb.png", "00008-class-café.png", "00009-class-...png",
    ]  # fmt: skip
    with Image.open("all/00000-class-1.png") as image:
        assert image.size == (28, 28)


def test_long_names_are_turned_and_cut(gan: Gan, of_animals: Path) -> None:
    gan("sample", of_animals, "--n", 10, "--out", "x.png")
    with Image.open("x.png") as image:
        assert image.width == 3 * 302
        assert 100 < image.height - 3 * 32 <= lettering.LONGEST + 2 * lettering.PAD


@pytest.mark.parametrize("name", ["", "日本", "🦊", "x" * 5000, "שלום"])
@pytest.mark.parametrize("shape", [(40, 100), (40, 100, 3)])
def test_any_name_can_stand_above(name: str, shape: tuple[int, ...]) -> None:
    sheet = np.full(shape, 7, np.uint8)
    named = lettering.name_columns(sheet, [name, "b"], 0, 50)
    assert named.shape[1:] == shape[1:]
    assert np.array_equal(named[-40:], sheet)
    assert lettering.name_columns(sheet, [name], 0, 5) is sheet  # nobody could read that


@pytest.mark.parametrize(
    ("shape", "columns", "times"),
    [((64, 1, 28, 28), None, 4), ((8, 1, 28, 28), 8, 4), ((1, 1, 28, 28), None, 8), ((64, 3, 64, 64), None, 2),
     ((64, 3, 128, 128), None, 1), ((100_00, 1, 2, 2), None, 2), ((4, 1, 28, 112), None, 2)],
)  # fmt: skip
def test_small_ones_are_enlarged_by_a_whole_factor(shape: tuple[int, ...], columns: int | None, times: int) -> None:
    samples = torch.zeros(shape)
    small, large = images.picture(samples, columns), images.sheet(samples, columns)
    assert large.shape[:2] == (times * small.shape[0], times * small.shape[1])


def test_the_samples_of_a_run_have_names_too(digits_run: Path) -> None:
    with Image.open(max((digits_run / "samples").iterdir())) as image:
        assert image.width == 3 * (10 * 30 + 2)
        assert image.height > 3 * (8 * 30 + 2)


@pytest.mark.parametrize("command", [["sample", "--n", "20"], ["interpolate", "--steps", "5"]], ids=lambda it: it[0])
@pytest.mark.parametrize("ending", [".jpg", ".jpeg", ".JPG", ".PNG"])
def test_pictures_have_any_usual_ending(gan: Gan, digits_run: Path, command: list[str], ending: str) -> None:
    gan(*command, digits_run, "--out", "x.png")
    assert gan(*command, digits_run, "--out", f"x{ending}").stdout == f"x{ending}\n"
    with Image.open(f"x{ending}") as image, Image.open("x.png") as plain:
        assert image.format == ("JPEG" if "j" in ending.lower() else "PNG")
        assert np.abs(np.asarray(image, int) - np.asarray(plain, int)).mean() < 3


def test_what_no_jpeg_can_hold_is_refused(gan: Gan, digits_run: Path) -> None:
    result = gan("interpolate", digits_run, "--steps", 3000, "--out", "x.jpg")
    assert result.exit_code == 2
    assert "90,000 × 30 pixels, and a JPEG has at most 65,500 on a side" in result.stderr
