"""Pictures, histories and figures: what is written can be read."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from gancli import images
from gancli.errors import DataError
from gancli.history import History, read_history
from gancli.plotting import running_mean


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


def test_a_history_is_appended_to_and_cut_on_resume(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    with History(path) as history:
        for step in (1, 2, 3):
            history.log(step, {"generator": step / 3}, step * 0.5)
    with path.open("a") as file:
        file.write('{"step": 4, "gen')
    assert [it["step"] for it in read_history(tmp_path)] == [1, 2, 3]
    with History(path, last_step=2) as history:
        history.log(3, {"generator": 9.0}, 2.0)
    logged = read_history(path)
    assert [it["step"] for it in logged] == [1, 2, 3]
    assert logged[2] == {"step": 3, "generator": 9.0, "seconds": 2.0}
    assert logged[0]["generator"] == pytest.approx(1 / 3, abs=1e-7)


def test_no_history_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no run that has logged anything"):
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
