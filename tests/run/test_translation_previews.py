"""Pictures of a training that translates: source, output and target; or what there is of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

import gancli
from gancli.run.run import Run
from gancli.sampling.images import Pixels, grid, to_pixels
from gancli.sampling.side_by_side import rows


def resumed(run: Path) -> Run:
    return gancli.train("train.steps=3", resume=run)


@pytest.mark.parametrize(
    ("overrides", "columns"),
    [
        ((), ("drawing", "drawing → photo", "photo")),
        (
            ("model=both-ways", "dataset.paired=false"),
            ("drawing", "drawing → photo", "photo", "photo → drawing"),
        ),
    ],
    ids=["pairs", "both directions"],
)
def test_two_source_images_are_in_a_row_with_what_belongs_to_each(
    translator: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    overrides: tuple[str, ...],
    columns: tuple[str, ...],
) -> None:
    shown: list[tuple[torch.Tensor, int, list[str]]] = []

    def sheet(samples: torch.Tensor, columns: int, names: list[str]) -> Pixels:
        shown.append((samples, columns, names))
        return grid(to_pixels(samples), columns)

    with resumed(translator(*overrides)) as run:
        monkeypatch.setattr("gancli.run.translation_previews.sheet", sheet)
        run.previews.write(Path("x.png"), run.previews.samples(16))
        (samples, number, names) = shown[0]
        assert (number, tuple(names)) == (2 * len(columns), 2 * columns)
        outputs = run.previews.samples(16)
        assert torch.equal(samples[1 :: len(columns)], outputs.expand(-1, 3, -1, -1))
        target, source = samples[2 :: len(columns)], samples[0 :: len(columns)]
        assert torch.equal(target, -source)  # they belong to one another


@pytest.mark.parametrize(
    ("model", "paired", "columns"), [("one-way", "true", 3), ("unpaired", "false", 2), ("both-ways", "false", 4)]
)
def test_a_terminal_shows_two_source_images_in_a_row(
    translator: Callable[..., Path], model: str, paired: str, columns: int
) -> None:
    with resumed(translator(f"model={model}", f"dataset.paired={paired}")) as run:
        assert run.previews.live().shape == (2 * 18 + 2, 2 * columns * 18 + 2, 3)


def test_rows_take_one_of_each_in_turn() -> None:
    first, second = torch.zeros(2, 1, 4, 4), torch.ones(2, 3, 4, 4)
    assert rows(first, second).mean(dim=(1, 2, 3)).tolist() == [0, 1, 0, 1]
