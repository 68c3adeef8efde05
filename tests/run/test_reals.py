"""``reals.png``: what is trained on, as it is trained on, before the first step."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gancli import build
from gancli.recipe import Recipe
from gancli.run.previews import Previews
from gancli.run.run import Run

Load = Callable[..., Recipe]


@pytest.fixture
def halves() -> str:
    """A recipe of ten wide pictures: the middle third is white on the left and grey on the right."""
    Path("in").mkdir()
    pixels = np.zeros((48, 144), np.uint8)
    pixels[:, 48:72], pixels[:, 72:96] = 255, 128
    for index in range(10):
        Image.fromarray(pixels).save(f"in/{index}.png")
    return (
        "dataset: {name: folder, root: in, size: 16, channels: 1}\n"
        "architecture: {name: dcgan, width: 2, blocks: 2}\n"
        "train: {steps: 2, batch_size: 4}\ndevice: cpu\n"
    )


def first_cell(path: Path) -> np.ndarray:
    """The values of the upper left picture at its left and its right, of a sheet of pictures enlarged by a factor."""
    pixels = np.asarray(Image.open(path))
    side = pixels.shape[1] // 8
    return pixels[side // 2, [side // 4, 3 * side // 4]]


def test_it_is_there_before_the_first_step_cropped_and_not_augmented(load: Load, halves: str) -> None:
    with Run.create(load(halves, "augmentation=diffaugment")) as run:
        assert first_cell(run.directory / "reals.png") == pytest.approx([255, 128], abs=2)
        assert not (run.directory / "samples").exists()


def test_padding_is_seen_in_it(load: Load, halves: str) -> None:
    with Run.create(load(halves, "dataset.fit=pad")) as run:
        pixels = np.asarray(Image.open(run.directory / "reals.png"))
    side = pixels.shape[1] // 8
    assert pixels[side // 6, side // 2] == 255  # the white above the picture
    assert pixels[side // 2, side // 6] == 0  # its left third


def test_mirrored_images_are_seen_in_it(load: Load, halves: str) -> None:
    training = build.training(load(halves, "dataset.flip=true"))
    sheet = Previews(training, 0).real_sheet()
    side = sheet.shape[1] // 8
    lefts = [sheet[side // 2, column * side + side // 4] for column in range(8)]
    assert {left > 200 for left in lefts} == {True, False}


def test_points_are_a_scatter_plot_as_those_of_the_samples_are(load: Load, points: str) -> None:
    with Run.create(load(points)) as run:
        for _ in run:
            pass
        shapes = [np.asarray(Image.open(path)).shape for path in run.directory.rglob("*.png")]
    assert len(shapes) == 2
    assert shapes[0] == shapes[1]


def test_a_resume_leaves_it(load: Load, points: str) -> None:
    with Run.create(load(points)) as run:
        next(iter(run))
    picture = run.directory / "reals.png"
    picture.write_bytes(b"mine")
    with Run.resume(run.directory) as resumed:
        for _ in resumed:
            pass
    assert picture.read_bytes() == b"mine"


def test_a_run_that_was_killed_before_it_wrote_it_gets_it_as_it_resumes(load: Load, points: str) -> None:
    Run.create(load(points)).close()
    picture = Path("runs/r/reals.png")
    drawn = picture.read_bytes()
    picture.unlink()
    Run.resume(Path("runs/r")).close()
    assert picture.read_bytes() == drawn


def test_it_changes_no_number(load: Load, points: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def losses() -> list[float]:
        with Run.create(load(points)) as run:
            return [float(value) for step in run for value in step.values()]

    drawn = losses()
    monkeypatch.setattr(Previews, "real_sheet", lambda self: torch.zeros(1, 1, dtype=torch.uint8).numpy())
    assert losses() == drawn


def test_no_run_no_picture(gan: Any, write: Callable[..., Path], halves: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gancli.run.starting.write_recipe", fail)
    assert gan("train", write(halves)).exit_code == 7
    assert not Path("runs/r").exists()


def test_few_images_and_the_time_are_said_as_the_training_begins(
    gan: Any, write: Callable[..., Path], halves: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.run.forecast.MEASURED_SECONDS", 0.0)
    monkeypatch.setattr("gancli.run.forecast.SHORT", 0.0)
    lines = gan("train", write(halves), "train.steps=8").stderr.splitlines()
    assert lines[0] == "training on 10 images"
    assert any(line.startswith("note: 10 images are too few") for line in lines)
    (line,) = [line for line in lines if line.startswith("about ")]
    assert " a step here, " in line
    assert lines.index(line) < next(number for number, line in enumerate(lines) if line.startswith("step 8/8"))
    resumed = gan("train", "--resume", "runs/r", "train.steps=9").stderr
    assert "are few" not in resumed  # it cannot be changed any more
    assert gan("train", write(halves), "--quiet").stderr == ""
