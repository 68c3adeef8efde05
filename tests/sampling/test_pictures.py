"""Pictures, histories and figures: what is written can be read."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.errors import DataError, UsageError
from gancli.figures.curves import running_mean
from gancli.figures.losses import plot_losses
from gancli.sampling import endings, images
from gancli.sampling.sample_files import write_samples
from gancli.storage.history import History, read_history


def test_the_range_becomes_all_bytes_and_comes_back() -> None:
    every = torch.arange(256).float()
    assert images.to_pixels((every / 127.5 - 1).reshape(1, 1, 16, 16)).flatten().tolist() == list(range(256))
    outside = images.to_pixels(torch.tensor([-9.0, 9.0]).reshape(1, 1, 1, 2))
    assert outside.flatten().tolist() == [0, 255]


def test_colour_comes_last_and_grey_has_none() -> None:
    samples = torch.zeros(2, 3, 4, 5)
    samples[:, 1] = 1
    pixels = images.to_pixels(samples)
    assert pixels.shape == (2, 4, 5, 3)
    assert pixels[0, 0, 0].tolist() == [128, 255, 128]
    assert images.to_pixels(torch.zeros(2, 1, 4, 5)).shape == (2, 4, 5)


@pytest.mark.parametrize(
    ("n", "columns", "shape"), [(5, None, (2, 3)), (9, None, (3, 3)), (5, 5, (1, 5)), (5, 2, (3, 2))]
)
def test_a_grid_holds_every_image_in_reading_order(n: int, columns: int | None, shape: tuple[int, int]) -> None:
    canvas = images.grid(np.arange(1, n + 1, dtype=np.uint8)[:, None, None].repeat(3, 1).repeat(4, 2), columns, gap=1)
    assert canvas.shape == (shape[0] * 4 + 1, shape[1] * 5 + 1)
    middles = canvas[2::4, 2::5].flatten()
    assert middles.tolist() == [*range(1, n + 1), *[0] * (shape[0] * shape[1] - n)]
    assert canvas[0].max() == canvas[:, 0].max() == 0


def test_a_scatter_plot_has_right_to_the_right_and_up_to_the_top() -> None:
    points = torch.tensor([[1.0, 1.0]]).repeat(100, 1)
    (row,), (column,) = np.nonzero(images.scatter(points, side=100))
    assert row < 50 < column
    assert images.scatter(torch.randn(50, 1)).any()
    assert images.scatter(torch.zeros(3, 5)).any()


def test_points_that_are_nowhere_are_not_drawn() -> None:
    points = torch.tensor([[1.0, 1.0], [torch.nan, 0.0], [torch.inf, 0.0]])
    assert np.array_equal(images.scatter(points), images.scatter(points[:1]))
    assert not images.scatter(points[1:]).any()


@pytest.mark.parametrize("shape", [(100, 1, 5, 4), (100, 3, 5, 4), (100, 2)], ids=["grey", "colour", "points"])
@pytest.mark.parametrize("size", [100, 64, 7])
def test_arrays_and_pictures_of_blocks_are_those_of_the_whole(shape: tuple[int, ...], size: int) -> None:
    samples, labels = torch.randn(shape), torch.arange(100) % 3
    write_samples(Path("x.npz"), samples.split(size), shape, labels)
    with np.load("x.npz") as arrays:
        name, whole = ("points", samples.numpy()) if len(shape) == 2 else ("images", images.to_pixels(samples))
        assert set(arrays) == {name, "labels"}
        assert (arrays[name].dtype, arrays["labels"].dtype) == (whole.dtype, np.int64)
        assert np.array_equal(arrays[name], whole)
        assert np.array_equal(arrays["labels"], labels.numpy())
    assert np.array_equal(images.picture_of(samples.split(size)), images.picture(samples))


@pytest.mark.parametrize("name", ["x.png", "x.npz", "x.gif", "x.svg", "x.pdf"])
def test_a_file_is_replaced_as_a_whole_with_the_rights_of_a_new_one(name: str) -> None:
    path, held = Path(name), Path("held")
    path.write_text("what was there before")
    path.chmod(0o600)
    held.hardlink_to(path)  # someone who reads the old file goes on reading it
    previous = os.umask(0o027)
    try:
        write_any(path)
    finally:
        os.umask(previous)
    assert held.read_text() == "what was there before"
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(Path().iterdir()) == [held, path]


def write_any(path: Path) -> None:
    samples = torch.zeros(3, 1, 5, 4)
    if path.suffix in (".png", ".npz"):
        write_samples(path, [samples], tuple(samples.shape))
    elif path.suffix == ".gif":
        images.write_gif(path, list(images.to_pixels(samples)))
    else:
        plot_losses({"run": [{"step": 1, "generator": 0.5}]}, path, smooth=1)


def interrupted() -> Iterator[torch.Tensor]:
    yield torch.zeros(64, 1, 5, 4)
    raise KeyboardInterrupt


@pytest.mark.parametrize("name", ["x.png", "x.npz"])
def test_an_interruption_leaves_the_old_file_and_nothing_else(name: str) -> None:
    Path(name).write_text("what was there before")
    with pytest.raises(KeyboardInterrupt):
        write_samples(Path(name), interrupted(), (100, 1, 5, 4))
    assert {path.name: path.read_text() for path in Path().iterdir()} == {name: "what was there before"}


def test_an_interruption_leaves_a_folder_of_whole_images() -> None:
    with pytest.raises(KeyboardInterrupt):
        write_samples(Path("folder"), interrupted(), (100, 1, 5, 4))
    paths = sorted(Path("folder").iterdir())
    assert [path.name for path in paths] == [f"{index:05d}.png" for index in range(64)]
    for path in paths:
        with Image.open(path) as image:
            image.load()


def test_an_error_of_the_disk_in_a_folder_ends_the_command_and_names_the_file() -> None:
    Path("folder/00003.png").mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as caught:
        write_samples(Path("folder"), torch.zeros(64, 1, 5, 4).split(7), (64, 1, 5, 4))
    assert caught.value.filename == "folder/00003.png"
    assert not list(Path("folder").glob(".*"))


def test_the_pictures_of_a_folder_are_the_samples_with_the_names_of_their_classes() -> None:
    samples, labels = torch.linspace(-1, 1, 40).reshape(40, 1, 1, 1).expand(40, 3, 5, 4), torch.arange(40) % 2
    write_samples(Path("folder"), samples.split(9), (40, 3, 5, 4), labels, ["a/b", "c"])
    paths = sorted(Path("folder").iterdir())
    assert [path.name for path in paths[:2]] == ["00000-class-a%2Fb.png", "00001-class-c.png"]
    assert np.array_equal(np.stack([np.asarray(Image.open(path)) for path in paths]), images.to_pixels(samples))


def test_what_cannot_be_written_is_named_as_the_user_named_it() -> None:
    Path("x.npz").mkdir()
    with pytest.raises(IsADirectoryError) as caught:
        write_samples(Path("x.npz"), [torch.zeros(1, 2)], (1, 2))
    assert caught.value.filename == "x.npz"
    assert [path.name for path in Path().iterdir()] == ["x.npz"]


def test_the_files_of_a_folder_sort_in_order() -> None:
    one = torch.zeros(1, 1, 1, 1)
    write_samples(Path("folder"), [one], (1_000_000, 1, 1, 1))
    assert [path.name for path in Path("folder").iterdir()] == ["000000.png"]


@pytest.mark.parametrize(("n", "shape"), [(55_556, (1, 28, 28)), (2_959, (3, 128, 128))])
def test_a_grid_too_large_to_be_opened_is_refused_before_it_is_drawn(n: int, shape: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match=r"--out samples\.npz \(arrays\) and --out samples \(a folder\) hold any"):
        endings.check_output(Path("x.png"), n, shape)
    endings.check_output(Path("x.png"), n - 1, shape)
    for path in ("x.npz", "folder"):
        endings.check_output(Path(path), 10_000_000, shape)
    endings.check_output(Path("x.png"), 10_000_000, (2,))


def test_a_history_is_appended_to_and_cut_on_resume(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with History(path) as history:
        for step in (1, 2, 3):
            history.log(step, {"generator": step / 3}, step * 0.5)
    with path.open("a") as file:
        file.write('{"step": 4, "gen')
    assert [line["step"] for line in read_history(tmp_path)] == [1, 2, 3]
    with History(path, last_step=2) as history:
        history.log(3, {"generator": 9.0}, 2.0)
    logged = read_history(path)
    assert [line["step"] for line in logged] == [1, 2, 3]
    assert logged[2] == {"step": 3, "generator": 9.0, "seconds": 2.0}
    assert logged[0]["generator"] == pytest.approx(1 / 3, abs=1e-7)


def test_no_history_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is not a run that has logged anything"):
        read_history(tmp_path)


def test_every_line_is_json_for_everyone(digits_run: Path) -> None:
    def refuse(constant: str) -> None:
        raise ValueError(constant)  # NaN is no JSON

    for line in (digits_run / "history.jsonl").read_text().splitlines():
        json.loads(line, parse_constant=refuse)


@pytest.mark.parametrize("window", [1, 3, 100])
def test_the_running_mean(window: int) -> None:
    values = np.random.default_rng(0).normal(size=20)
    expected = [values[max(0, end - window) : end].mean() for end in range(1, 21)]
    np.testing.assert_allclose(running_mean(values, window), expected)
