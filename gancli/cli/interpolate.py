"""``gan interpolate``: the way between two noises, between two classes, or through many of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import CLASS
from gancli.cli.drawing import (
    beside,
    early_facts,
    load,
    load_latents,
    option_words,
    report,
    show_in_terminal,
    wanted_class,
)
from gancli.cli.options import CheckpointPath, Digit, Json, Show, Words
from gancli.cli.replacing import Force, check_out
from gancli.errors import UsageError
from gancli.files import file_name
from gancli.sampling import endings
from gancli.sampling.classes import class_index, separated
from gancli.sampling.noises import terms
from gancli.sampling.route import Route, route
from gancli.terminal.output import STDOUT, check_stdout, note, write_stdout
from gancli.terminal.waiting import counted, load_torch

if TYPE_CHECKING:
    from torch import Tensor

    from gancli.projection.latent import Latent

Stop = int | str | Path  # a seed, another noise, or a latent
MAX_SHOWN = 16  # images of a row in a terminal

EXAMPLES = (
    "Examples:  gan interpolate runs/mnist_cgan --digit 3  ·  "
    "gan interpolate runs/mnist_cgan --class 3 --to-class 8 --steps 24 --out three-to-eight.gif  ·  "
    "gan interpolate runs/emoji_quick --seeds 1,2,3,4 --steps 30 --loop --fps 25 --out walk.mp4  ·  "
    "gan interpolate runs/mnist_cgan --from a.latent.safetensors --to b.latent.safetensors"
)


def interpolate(
    place: CheckpointPath,
    words: Words = None,
    from_seed: Annotated[int, typer.Option(min=0, help="The noise to start from.")] = 1,
    to_seed: Annotated[
        int | None, typer.Option(min=0, help="The noise to end at; by default 2, or the same if the class changes.")
    ] = None,
    from_latent: Annotated[
        Path | None, typer.Option("--from", help="Start at a picture that gan project found: NAME.latent.safetensors.")
    ] = None,
    to_latent: Annotated[Path | None, typer.Option("--to", help="End at such a picture.")] = None,
    seeds: Annotated[
        str | None,
        typer.Option(
            "--seeds", help="Instead of these two, all noises on the way: 1,2,3; 1:5 is image 5 of seed 1, 1-2+3 a sum."
        ),
    ] = None,
    steps: Annotated[int, typer.Option(min=2, max=10_000, help="How many images, from each noise to the next.")] = 8,
    digit: Digit = None,
    class_name: Annotated[
        str | None, typer.Option("--class", help="The class to draw, or to start from.", autocompletion=CLASS)
    ] = None,
    to_class: Annotated[
        str | None, typer.Option("--to-class", help="The class to end at.", autocompletion=CLASS)
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(
            "--classes",
            help="Instead of these two, all classes on the way: 3,8,5; a name with a comma in double quotes.",
        ),
    ] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Lead back to the start, for an animation without end.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="x.png, x.jpg: a strip; x.gif, x.webp: an animation; x.mp4, x.webm: a video; -: stdout."
        ),
    ] = None,
    fps: Annotated[
        float, typer.Option(min=0.1, max=120, help="Images a second of an animation or a video.")
    ] = endings.FPS,
    scale: Annotated[
        int | None,
        typer.Option(
            min=1, max=64, help="Draw each pixel of an animation as so many by so many; small images are enlarged."
        ),
    ] = None,
    force: Force = False,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw the way from one noise to another with a fixed class, or from one class to another with fixed noise.

    With --seeds and --classes it leads through any number of them, and with --from and --to between pictures that gan
    project found.
    """
    if out == STDOUT:
        check_stdout(json=json)
    check_out(out, force=force)
    if (from_latent or to_latent) and (seeds or digit or class_name or to_class or classes):
        raise UsageError(
            "--from and --to lead from latent to latent with their classes; leave out --seeds, --digit and the classes"
        )

    def asked(names: Sequence[str]) -> Route[Stop]:
        labels = _labels(names, digit, class_name, to_class, classes)
        last = to_seed if to_seed is not None else from_seed if len(labels) > 1 else 2
        stops: Sequence[Stop] = [from_latent or from_seed, to_latent or last]
        return route(stops if seeds is None else _noises(seeds), labels, steps, is_loop=loop)

    if early := early_facts(place):  # mistakes are reported before torch is imported
        _check_output(out, asked(early.class_names), early.shape)
    load_torch()
    generator, options = load(place, words or [])
    names = generator.class_names
    way, latents = _with_classes(asked(names), names)
    path = out or beside(place) / f"{_name(way, names)}{option_words(options)}-step-{generator.step}.png"
    _check_output(path, way, generator.shape)
    stops = [latents[stop] if isinstance(stop, Path) else stop for stop in way.seeds]
    walk = partial(generator.walk, stops, way.labels, loop=loop, **options)
    with counted(walk(steps=steps), len(way), "drawing the way", len) as drawn:
        _write(path, drawn, way, fps, scale)
    report(path, {"step": generator.step, **_about(way, names)}, as_json=json)
    if show:
        from gancli.sampling import images

        few = walk(steps=min(steps, MAX_SHOWN))
        show_in_terminal(images.picture_of(few, columns=min(way.columns, MAX_SHOWN)))


def _labels(
    names: Sequence[str], digit: str | None, class_name: str | None, to_class: str | None, classes: str | None
) -> list[int | None]:
    """The classes on the way; one for all of it."""
    start = wanted_class(names, digit, class_name)
    if classes is not None:
        if start is not None or to_class is not None:
            raise UsageError("--classes names all classes on the way; leave out --digit, --class and --to-class")
        return [class_index(names, name, "--classes") for name in separated(classes)]
    if to_class is None:
        return [start]
    if start is None:
        raise UsageError("--to-class needs a class to start from: --class NAME --to-class NAME")
    return [start, wanted_class(names, None, to_class, "--to-class")]


def _with_classes(way: Route[Stop], names: Sequence[str]) -> "tuple[Route[Stop], dict[Path, Latent]]":
    """A way on which every stop has its class: that of its latent, or the first one; and the latents."""
    latents = load_latents([stop for stop in way.seeds if isinstance(stop, Path)])
    if latents:
        return replace(way, labels=_labels_of(way.seeds, latents)), latents
    if names and way.labels[0] is None:
        note(f"drawing the class {names[0]}; --class NAME draws another")
        return replace(way, labels=(0,) * len(way.seeds)), {}
    return way, {}


def _labels_of(stops: Sequence[Stop], latents: "Mapping[Path, Latent]") -> tuple[int | None, ...]:
    """The classes of latents; a seed has the one of the other end."""
    known = {stop: latents[stop].label for stop in stops if isinstance(stop, Path)}
    other = next(iter(known.values()))
    return tuple(known[stop] if isinstance(stop, Path) else other for stop in stops)


def _noises(seeds: str) -> list[Stop]:
    parts = [part.strip() for part in seeds.split(",")]
    for part in parts:
        try:
            terms(part)
        except UsageError as error:
            raise UsageError(f"--seeds: {error}") from None
    return [int(part) if part.isdecimal() else part for part in parts]


def _name(way: Route[Stop], names: Sequence[str]) -> str:
    stops = "-".join(stop.name.split(".")[0] if isinstance(stop, Path) else str(stop) for stop in way.seeds)
    classes = "".join(f"-{file_name(names[label])}" for label in way.labels if label is not None)
    return f"interpolation{classes}-seed-{file_name(stops)}{'-loop' * way.is_loop}"


def _about(way: Route[Stop], names: Sequence[str]) -> dict[str, object]:
    """What ``--json`` prints of a way."""
    titles = [str(stop) if isinstance(stop, Path) else stop for stop in way.seeds]
    return {
        "images": len(way),
        "seeds": titles,
        "classes": [names[label] for label in way.labels if label is not None],
    }


def _check_output(path: Path | None, way: Route[Stop], shape: tuple[int, ...]) -> None:
    if path is None or path == STDOUT or endings.is_picture(path):
        endings.check_picture(path or Path("interpolation.png"), len(way), shape, way.columns)
    elif not endings.is_animation(path):
        expected = f"{endings.ONE_PICTURE} for a strip, or {', '.join(endings.ANIMATIONS)} for an animation"
        raise endings.refuse(path, expected)
    elif len(shape) != 3:
        raise UsageError(f"{path}: points are drawn as one picture; expected {endings.ONE_PICTURE}")
    elif endings.is_video(path):
        from gancli.sampling.animation import check_encoder

        check_encoder(path)


def _write(path: Path, blocks: "Iterable[Tensor]", way: Route[Stop], fps: float, scale: int | None) -> None:
    from gancli.sampling import animation, images

    if endings.is_animation(path):
        there_and_back = not (way.is_loop or endings.is_video(path))
        animation.write_animation(path, animation.frames(blocks, scale), fps, there_and_back=there_and_back)
        return
    strip = images.sheet_of(blocks, way.columns)
    if path == STDOUT:
        write_stdout(images.to_png(strip))
    else:
        images.write_picture(path, strip)
