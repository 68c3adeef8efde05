"""A chart of curves over the steps, as SVG; the page's script shows the values under the pointer."""

import json
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from gancli.figures.curves import lone, running_mean, window_of
from gancli.report.axis import Axis, value_axis
from gancli.report.curves import Curve, kept, plain
from gancli.report.elements import Markup, element

WIDTH, HEIGHT = 720, 260  # of the picture
LEFT, TOP, RIGHT, BOTTOM = 72, 16, 12, 30  # margins for the numbers
INNER_WIDTH, INNER_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
COLOURS = 8
Marks = Sequence[tuple[int, str]]  # steps, each with what happened there


def chart(title: str, curves: Sequence[Curve], last: int, marks: Marks = ()) -> Markup:
    """Curves that share both axes, below their legend.

    Args:
        title: names the chart to those who do not see it.
        last: the step at the right end.
        marks: warnings, drawn as lines across.
    """
    equilibria = [curve.equilibrium for curve in curves if curve.equilibrium is not None]
    axes = Axis(0, max(1, last)), value_axis([curve.values for curve in curves], equilibria)
    drawn = [_Drawn(curve, axes[1]) for curve in curves]
    frame = element(
        "svg",
        [one.lines(axes) for one in drawn],
        element("line", class_="cursor", x1=0, x2=0, y1=0, y2=INNER_HEIGHT, visibility="hidden"),
        x=LEFT, y=TOP, width=INNER_WIDTH, height=INNER_HEIGHT, overflow="hidden",
    )  # fmt: skip
    picture = element(
        "svg",
        element("title", title),
        _grid(axes),
        [_mark(axes[0], step, words) for step, words in marks],
        frame,
        viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img", tabindex=0, aria_label=title, data_last=axes[0].high,
        data_left=LEFT, data_inner=INNER_WIDTH, data_width=WIDTH,
    )  # fmt: skip
    return element(
        "div",
        element("ul", [one.legend() for one in drawn], class_="legend"),
        picture,
        element("output", "", class_="at", aria_live="polite"),
        class_="chart",
    )


class _Drawn:
    """A curve as it is drawn: raw and pale, and smoothed above it."""

    def __init__(self, curve: Curve, axis: Axis) -> None:
        self.curve = curve
        window = window_of(curve.values)
        # A value far outside counts as one at the edge, or it would take the line away with it for a whole window.
        smooth = running_mean(curve.values.clip(axis.low, axis.high), window) if window > 1 else curve.values
        places = kept(curve.values)
        self.is_smoothed = window > 1
        self.steps, self.values, self.smooth = curve.steps[places], curve.values[places], smooth[places]
        self.colour = f"c{curve.colour % COLOURS}" + (" dashed" if curve.colour >= COLOURS else "")

    def lines(self, axes: tuple[Axis, Axis]) -> Iterator[Markup]:
        if self.is_smoothed:
            yield element("path", d=_path(axes, self.steps, self.values), class_=f"raw {self.colour}")
        yield element("path", d=_path(axes, self.steps, self.smooth), class_=f"line {self.colour}")
        for step, value in zip(*self._lone(), strict=True):
            x, y = _place(axes, np.array([step]), np.array([value]))[0]
            yield element("circle", cx=x, cy=y, r=3, class_=f"dot {self.colour}")
        if self.curve.equilibrium is not None:
            (_, y), *_ = _place(axes, np.zeros(1), np.array([self.curve.equilibrium]))
            yield element("line", x1=0, x2=INNER_WIDTH, y1=y, y2=y, class_=f"equilibrium {self.colour}")

    def _lone(self) -> tuple[np.ndarray, np.ndarray]:
        alone = lone(self.values)
        return self.steps[alone], self.values[alone]

    def legend(self) -> Markup:
        """Its colour and name, and its numbers for the page's script."""
        swatch = element(
            "svg", element("line", x1=0, x2=24, y1=6, y2=6, class_=f"line {self.colour}"),
            width=24, height=12, viewBox="0 0 24 12", aria_hidden="true",
        )  # fmt: skip
        known = np.isfinite(self.curve.values).any()
        notes = [] if known else [": no finite number"]
        notes += (
            [f" (dotted: {self.curve.equilibrium:.3f}, the equilibrium)"] if self.curve.equilibrium is not None else []
        )
        return element(
            "li", swatch, element("span", self.curve.name, class_="name"), notes,
            data_name=self.curve.name,
            data_steps=json.dumps(self.steps.astype(int).tolist()),
            data_values=json.dumps(plain(self.values)),
            data_smooth=json.dumps(plain(self.smooth)) if self.is_smoothed else None,
        )  # fmt: skip


def _place(axes: tuple[Axis, Axis], steps: np.ndarray, values: np.ndarray) -> list[tuple[float, float]]:
    x = (axes[0].at(steps) * INNER_WIDTH).round(1)
    y = ((1 - axes[1].at(values)) * INNER_HEIGHT).clip(-HEIGHT, 2 * HEIGHT).round(1)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _path(axes: tuple[Axis, Axis], steps: np.ndarray, values: np.ndarray) -> str:
    """The line through all values; it is interrupted where one is missing."""
    parts, pen = [], "M"
    for (x, y), value in zip(_place(axes, steps, values), values, strict=True):
        if np.isfinite(value):
            parts.append(f"{pen}{x:g} {y:g}")
        pen = "L" if np.isfinite(value) else "M"
    return "".join(parts)


def _grid(axes: tuple[Axis, Axis]) -> Iterator[Markup]:
    """Lines of the grid, and the numbers of both axes."""
    bottom = TOP + INNER_HEIGHT
    for value, share in _numbers(axes[1]):
        y = round(TOP + (1 - share) * INNER_HEIGHT, 1)
        yield element("line", x1=LEFT, x2=LEFT + INNER_WIDTH, y1=y, y2=y, class_="grid")
        yield element("text", f"{value:,.6g}".replace("-", "−"), x=LEFT - 8, y=y + 4, text_anchor="end")
    for value, share in _numbers(axes[0]):
        x = round(LEFT + share * INNER_WIDTH, 1)
        yield element("line", x1=x, x2=x, y1=bottom, y2=bottom + 4, class_="grid")
        anchor = "end" if share > 0.97 else "middle"
        yield element("text", f"{value:,.6g}", x=x, y=bottom + 20, text_anchor=anchor)
    yield element("line", x1=LEFT, x2=LEFT + INNER_WIDTH, y1=bottom, y2=bottom, class_="edge")


def _numbers(axis: Axis) -> Iterable[tuple[float, float]]:
    numbers = axis.numbers()
    return zip(numbers, axis.at(np.array(numbers, float)).tolist(), strict=True)


def _mark(steps: Axis, step: int, words: str) -> Markup:
    x = round(LEFT + float(steps.at(np.array(step))) * INNER_WIDTH, 1)
    return element(
        "g",
        element("title", f"step {step:,}: {words}"),
        element("line", x1=x, x2=x, y1=TOP, y2=TOP + INNER_HEIGHT, class_="warning"),
        element("path", d=f"M{x - 5} {TOP - 9}h10l-5 9z", class_="warned"),
    )
