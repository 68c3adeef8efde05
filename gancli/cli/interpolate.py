"""``gan interpolate``: from noise to noise, or from class to class, in a picture, an animation or a video."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import CLASS
from gancli.cli.drawing import beside, early_facts, load, option_words, report, show_in_terminal
from gancli.cli.options import CheckpointPath, Digit, Json, Show, Words
from gancli.cli.replacing import Force, check_out
from gancli.cli.stops import Noise, Stops, as_json, file_stem, with_classes
from gancli.errors import UsageError
from gancli.sampling import endings
from gancli.sampling.route import Route
from gancli.terminal.output import STDOUT, check_stdout, write_stdout
from gancli.terminal.waiting import counted, load_torch

if TYPE_CHECKING:
    from torch import Tensor

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
    stops = Stops(
        from_seed=from_seed,
        to_seed=to_seed,
        from_latent=from_latent,
        to_latent=to_latent,
        seeds=seeds,
        steps=steps,
        digit=digit,
        class_name=class_name,
        to_class=to_class,
        classes=classes,
        is_loop=loop,
    )
    stops.check()
    if early := early_facts(place):  # mistakes are reported before torch is imported
        _check_output(out, stops.route(early.class_names), early.shape)
    load_torch()
    generator, options = load(place, words or [])
    names = generator.class_names
    way, latents = with_classes(stops.route(names), names)
    path = out or beside(place) / f"{file_stem(way, names)}{option_words(options)}-step-{generator.step}.png"
    _check_output(path, way, generator.shape)
    noises = [latents[noise] if isinstance(noise, Path) else noise for noise in way.seeds]
    walk = partial(generator.walk, noises, way.labels, loop=loop, **options)
    with counted(walk(steps=steps), len(way), "drawing the way", len) as drawn:
        _write(path, drawn, way, fps, scale)
    report(path, {"step": generator.step, **as_json(way, names)}, as_json=json)
    if show:
        from gancli.sampling import images

        few = walk(steps=min(steps, MAX_SHOWN))
        show_in_terminal(images.picture_of(few, columns=min(way.columns, MAX_SHOWN)))


def _check_output(path: Path | None, way: Route[Noise], shape: tuple[int, ...]) -> None:
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


def _write(path: Path, blocks: "Iterable[Tensor]", way: Route[Noise], fps: float, scale: int | None) -> None:
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
