"""``gan plot-losses`` draws whatever a history holds, into its run, and over nothing else."""

import json
import math
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gancli.figures import canvas, equilibrium, losses

Gan = Callable[..., Any]
NAN = math.nan


def lines(n: int, **losses: Any) -> list[dict[str, Any]]:
    given = losses or {"discriminator": 1.3, "generator": 0.8}
    return [{"step": step, **given, "seconds": 0.1} for step in range(1, n + 1)]


def warning(step: int, text: str) -> dict[str, Any]:
    return {"step": step, "warning": text}


HISTORIES = {
    "empty": [],
    "single": lines(1),
    "thirty": lines(30),
    "constant": lines(20, discriminator=0.0, generator=-1e6),
    "nothing finite": lines(9, generator=NAN),
    "gaps": [*lines(5), *lines(5, generator=NAN), *lines(5, generator=math.inf, discriminator=None), *lines(5)],
    "largest": lines(9, generator=3.4e38, discriminator=-3.4e38),
    "beyond": [*lines(9), *lines(9, generator=1e300)],
    "words": lines(9, generator="high"),
    "only warnings": [warning(5, "classes are missing: of 3")],
    "near warnings": [*lines(99), warning(50, "a: x"), warning(51, "b: x"), warning(51, "a: x")],
    "many warnings": [*lines(99), *(warning(step, f"kind {step}: x") for step in range(1, 99))],
    "a long warning": [*lines(9), warning(3, "no colon " * 50)],
    "hostile names": lines(9, **{"$\\frac{": 1.0, "_hidden": 2.0, "\x1b[31m": 3.0, "x" * 300: 4.0}),
    "many losses": lines(9, **{f"loss {index}": float(index) for index in range(30)}),
    "metrics": [
        *lines(9),
        {"step": 3, "metrics": {"FD": NAN, "coverage": None, "modes": 8}},
        {"step": 9, "metrics": {}},
    ],
    "no metrics": [*lines(9), {"step": 3, "metrics": None}, {"step": 4, "metrics": {"FD": None}}],
    "zero metrics": [*lines(9), {"step": 3, "metrics": {"FD": 0.0}}, {"step": 4, "metrics": {"FD": 3.0}}],
}


def write(name: str, history: Iterable[dict[str, Any]]) -> Path:
    folder = Path(name)
    folder.mkdir()
    (folder / "history.jsonl").write_text("".join(json.dumps(line) + "\n" for line in history))
    return folder


@pytest.mark.parametrize("name", HISTORIES)
def test_every_history_is_drawn(gan: Gan, name: str) -> None:
    write("run", HISTORIES[name])
    for flags in ([], ["--smooth", 1], ["--smooth", 1000]):
        result = gan("plot-losses", "run", *flags)
        assert (result.exit_code, result.output) == (0, "run/losses.png\n")  # and no word of layouts or of overflows


def drawn(history: list[dict[str, Any]], **options: Any) -> canvas.Figure:
    with canvas.default_settings():
        return losses._figure({"run": history}, None, {"run": options})


def test_a_wild_step_does_not_flatten_the_axis_and_is_marked() -> None:
    history = [{"step": step, "generator": 1 + 0.2 * math.sin(step)} for step in range(1, 601)]
    history[300]["generator"] = 1e4
    panel = drawn(history).axes[0]
    assert -1 < panel.get_ylim()[0] < 0.8 < 1.2 < panel.get_ylim()[1] < 3
    (mark,) = [line for line in panel.lines if line.get_marker() == "^"]
    assert mark.get_xdata().tolist() == [301]
    (smoothed,) = [line for line in panel.lines if line.get_linewidth() == 1.8]
    assert np.abs(smoothed.get_ydata() - 1).max() < 0.3


def test_a_single_point_and_one_between_gaps_are_marked() -> None:
    for values, alone in (([1.0], [1]), ([1.0, 2.0, NAN, 3.0, NAN, 2.0, 2.0], [4])):
        panel = drawn([{"step": step, "generator": value} for step, value in enumerate(values, 1)]).axes[0]
        (mark,) = [line for line in panel.lines if line.get_marker() == "o"]
        assert mark.get_xdata().tolist() == alone


def test_the_equilibrium_is_marked_and_named() -> None:
    panel = drawn(lines(9), **equilibrium.non_saturating()).axes[0]
    levels = [
        line.get_ydata()[0] for line in panel.lines if len(set(line.get_ydata())) == 1 and len(line.get_ydata()) == 2
    ]
    assert levels == pytest.approx([2 * math.log(2), math.log(2)])
    legend = panel.get_legend()
    assert legend is not None
    assert "1.386" in legend.get_texts()[0].get_text()
    assert "0.693" in legend.get_texts()[1].get_text()


def test_the_text_of_warnings_stays_beside_the_panel_and_inside_the_figure() -> None:
    history = [*lines(99), *(warning(step, f"the generator's gradient is gone {step % 7}: x") for step in range(1, 99))]
    figure = drawn(history)
    with canvas.default_settings():
        agg: Any = canvas.FigureCanvasAgg(figure)
        agg.draw()
    panel = figure.axes[0]
    legend, axes = panel.get_legend(), panel.get_window_extent()
    assert legend is not None
    box = legend.get_window_extent()
    assert axes.x1 < box.x0
    assert box.x1 <= figure.bbox.x1
    assert box.y0 > axes.y0
    assert all(text.get_window_extent().y0 >= axes.y1 for text in panel.texts)


def test_a_run_that_is_much_shorter_has_its_own_steps() -> None:
    for n, is_shared in ((50, True), (5, False)):
        figure = losses._figure({"short": lines(n), "long": lines(100)}, None, {})
        short, long = (panel.get_xlim()[1] for panel in figure.axes)
        assert (short == long) == is_shared


def test_the_figure_of_a_run_is_replaced_by_a_newer_one_and_nothing_else_is(gan: Gan, points_run: Path) -> None:
    run = Path(shutil.copytree(points_run, "run"))
    assert gan("plot-losses", "run").stdout == "run/losses.png\n"
    first = (run / "losses.png").read_bytes()
    assert gan("plot-losses", "run", "--smooth", 2).stdout == "run/losses.png\n"
    assert gan("plot-losses", "run/history.jsonl").stdout == "run/losses.png\n"
    assert (run / "losses.png").read_bytes() == first
    moved = run.rename("moved")
    assert gan("plot-losses", "moved").stdout == "moved/losses.png\n"
    for content in (b"mine", (moved / "losses.png").read_bytes().replace(b"gan losses", b"a photo ..")):
        (moved / "losses.png").write_bytes(content)
        assert gan("plot-losses", "moved").stdout == "moved/losses-2.png\n"
        assert (moved / "losses.png").read_bytes() == content
    (moved / "losses.png").unlink()
    (moved / "losses.png").symlink_to("nowhere")
    assert gan("plot-losses", "moved").stdout == "moved/losses-2.png\n"
    Path("given.png").write_bytes(b"mine")


def test_a_figure_of_several_runs_goes_to_where_the_user_is(gan: Gan) -> None:
    for place in ("a", "b", "c", "d"):
        Path(place).mkdir()
        write(f"{place}/run", lines(3))
        write(f"{place}/other", lines(3))
    assert gan("plot-losses", "a/run", "a/other").stdout == "losses-run-other.png\n"
    assert gan("plot-losses", "a/run", "a/other").stdout == "losses-run-other.png\n"
    assert gan("plot-losses", "b/run", "b/other").stdout == "losses-run-other-2.png\n"
    assert gan("plot-losses", "a/run", "b/run").stdout == "losses-a%2Frun-b%2Frun.png\n"
    assert gan("plot-losses", "a/run", "b/run", "c/other", "d/other").stdout == "losses-a%2Frun-and-3-more.png\n"


@pytest.mark.parametrize("ending", [".png", ".PNG", ".jpg", ".jpeg", ".JPG", ".svg", ".pdf"])
def test_every_ending_is_written(gan: Gan, points_run: Path, ending: str) -> None:
    assert gan("plot-losses", points_run, "--out", f"x{ending}").stdout == f"x{ending}\n"
    if ending.lower() not in (".svg", ".pdf"):
        with Image.open(f"x{ending}") as image:
            assert image.format == {"p": "PNG", "j": "JPEG"}[ending.lower()[1]]
