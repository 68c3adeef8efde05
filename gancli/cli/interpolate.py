"""``gan interpolate``: the path between two noises, or between two classes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.completing import CLASS
from gancli.cli.drawing import (
    Digit,
    Json,
    Place,
    Show,
    Words,
    beside,
    early_facts,
    load,
    option_words,
    report,
    show_in_terminal,
    wanted_class,
)
from gancli.cli.output import STDOUT, check_stdout, note, write_stdout
from gancli.cli.waiting import load_torch
from gancli.errors import UsageError
from gancli.files import file_name
from gancli.sampling import endings

EXAMPLES = (
    "Examples:  gan interpolate runs/mnist_cgan --digit 3  ·  "
    "gan interpolate runs/mnist_cgan --class 3 --to-class 8 --steps 24 --out three-to-eight.gif"
)


def interpolate(
    place: Place,
    words: Words = None,
    from_seed: Annotated[int, typer.Option(min=0, help="The noise to start from.")] = 1,
    to_seed: Annotated[
        int | None, typer.Option(min=0, help="The noise to end at; by default 2, or the same if the class changes.")
    ] = None,
    steps: Annotated[int, typer.Option(min=2, max=10_000, help="How many images.")] = 8,
    digit: Digit = None,
    class_name: Annotated[
        str | None, typer.Option("--class", help="The class to draw, or to start from.", autocompletion=CLASS)
    ] = None,
    to_class: Annotated[
        str | None, typer.Option("--to-class", help="The class to end at.", autocompletion=CLASS)
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="x.png, x.jpg: a strip; x.gif: an animation; -: stdout.")
    ] = None,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw the path from one noise to another with a fixed class, or from one class to another with fixed noise."""
    if out == STDOUT:
        check_stdout(json=json)
    if early := early_facts(place):  # mistakes are reported before torch is imported
        _ends(early.class_names, digit, class_name, to_class)
        _check_strip(out, steps, early.shape)
    load_torch()
    from gancli.sampling import images

    generator, options = load(place, words or [])
    names = generator.class_names
    start, end = _ends(names, digit, class_name, to_class)
    if names and start is None:
        start = end = 0
        note(f"drawing the class {names[0]}; --class NAME draws another")
    to_seed = to_seed if to_seed is not None else (from_seed if to_class is not None else 2)
    ends = () if start is None or end is None else (names[start], names[end])
    way = "".join(f"-{file_name(name)}" for name in ends)
    path = (
        out
        or beside(place)
        / f"interpolation{way}-seed-{from_seed}-{to_seed}{option_words(options)}-step-{generator.step}.png"
    )
    _check_strip(path, steps, generator.shape)
    samples = generator.interpolate(steps, from_seed=from_seed, to_seed=to_seed, label=start, to_label=end, **options)
    if path == STDOUT:
        write_stdout(images.to_png(images.sheet(samples, steps)))
    else:
        samples.save(path)
    first, last = ends or (None, None)
    about = {"step": generator.step, "steps": steps, "seeds": [from_seed, to_seed], "class": first, "to_class": last}
    report(path, about, as_json=json)
    if show:
        show_in_terminal(images.picture(samples, columns=steps))


def _ends(
    names: Sequence[str], digit: str | None, class_name: str | None, to_class: str | None
) -> tuple[int | None, int | None]:
    """The classes to start from and to end at."""
    start = wanted_class(names, digit, class_name)
    if to_class is not None and start is None:
        raise UsageError("--to-class needs a class to start from: --class NAME --to-class NAME")
    return start, start if to_class is None else wanted_class(names, None, to_class, "--to-class")


def _check_strip(path: Path | None, steps: int, shape: tuple[int, ...]) -> None:
    if path is None or path == STDOUT or endings.is_picture(path):
        endings.check_picture(path or Path("interpolation.png"), steps, shape, steps)
    elif path.suffix.lower() != ".gif":
        raise endings.refuse(path, f"{endings.ONE_PICTURE} for a strip or .gif for an animation")
    elif len(shape) != 3:
        raise UsageError(f"{path}: points are drawn as one picture; expected {endings.ONE_PICTURE}")
