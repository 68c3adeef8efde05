"""``gan sample`` and ``gan interpolate``: draw from a checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancli.cli.output import STDOUT, Moved, check_stdout, note, print_path, write_stdout
from gancli.cli.waiting import counted, load_torch
from gancli.errors import UsageError
from gancli.names import composed
from gancli.sampling import endings
from gancli.storage import header
from gancli.storage.files import file_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from gancli.models import GAN

SAMPLE_EXAMPLES = (
    "Examples:  gan sample runs/mnist_cgan --digit 3 --n 64  ·  gan sample step-0005000.safetensors --show  ·  "
    "gan sample runs/fashion_cgan --class sneaker --out sneakers/"
)
INTERPOLATE_EXAMPLES = (
    "Examples:  gan interpolate runs/mnist_cgan --digit 3  ·  "
    "gan interpolate runs/mnist_cgan --class 3 --to-class 8 --steps 24 --out three-to-eight.gif"
)
SHOWN = 400  # samples in a terminal, at most
MOST_COLUMNS = 20  # of classes that have a column each
NAMED = 20  # classes that a message lists, at most

Place = Annotated[
    Path, typer.Argument(metavar="CKPT", help="A checkpoint file, or a run (its newest valid checkpoint).")
]
Digit = Annotated[str | None, typer.Option("--digit", help="Draw this digit.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Show = Annotated[bool, typer.Option("--show", help="Draw in the terminal too.")]


def sample(
    place: Place,
    moved: Moved = None,
    digit: Digit = None,
    class_name: Annotated[str | None, typer.Option("--class", help="Draw this class.")] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=10_000_000, help="How many.")] = 64,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Image i of a seed is always the same.")] = 0,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="x.png, x.jpg: a grid; x.npz: arrays; no ending: a folder, a PNG an image; -: stdout."
        ),
    ] = None,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw samples from a checkpoint, and print the path they are written to.

    Without a class, a conditional model draws all of them in turn, a column each.
    """
    if out == STDOUT:
        check_stdout(json=json)
    if early := header.facts(place):  # what can be refused is, before torch is imported
        _class_index(early.class_names, digit, class_name)
        _check_sheet(out, n, early.shape)
    load_torch()
    import torch

    from gancli.sampling import draw, images

    step, gan, generator = _load(place, moved or [])
    names = gan.data.class_names if gan.num_classes else ()
    wanted = _class_index(names, digit, class_name)
    columns = min(n, len(names)) if names and wanted is None and len(names) <= MOST_COLUMNS else None
    labels = None
    if names:
        labels = torch.arange(n) % len(names) if wanted is None else torch.full((n,), wanted)
    name = "samples" if wanted is None else f"samples-{file_name(names[wanted])}"
    path = out or _beside(place) / f"{name}-seed-{seed}-step-{step}.png"
    _check_sheet(path, n, gan.data.shape, columns)
    blocks = draw.stream(gan, generator, n, seed=seed, labels=labels)
    with counted(blocks, n, "drawing samples", len) as drawn:
        if path == STDOUT:
            write_stdout(images.to_png(images.sheet_of(drawn, columns, names[:columns] if columns else ())))
        else:
            images.write_samples(path, drawn, (n, *gan.data.shape), labels, names, columns)
    asked = None if wanted is None else names[wanted]
    _report(path, {"step": step, "n": n, "seed": seed, "class": asked, "class_names": names}, json)
    if show:
        first = min(n, SHOWN)
        samples = draw.sample(gan, generator, first, seed=seed, labels=None if labels is None else labels[:first])
        _show(images.picture(samples, columns))


def _check_sheet(path: Path | None, n: int, shape: tuple[int, ...], columns: int | None = None) -> None:
    if path is None or path == STDOUT:
        endings.check_picture(path or Path("samples.png"), n, shape, columns)
    else:
        endings.check_output(path, n, shape, columns)


def interpolate(
    place: Place,
    moved: Moved = None,
    from_seed: Annotated[int, typer.Option(min=0, help="The noise to start from.")] = 1,
    to_seed: Annotated[
        int | None, typer.Option(min=0, help="The noise to end at; by default 2, or the same if the class changes.")
    ] = None,
    steps: Annotated[int, typer.Option(min=2, max=10_000, help="How many images.")] = 8,
    digit: Digit = None,
    class_name: Annotated[str | None, typer.Option("--class", help="The class to draw, or to start from.")] = None,
    to_class: Annotated[str | None, typer.Option("--to-class", help="The class to end at.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="x.png, x.jpg: a strip; x.gif: an animation; -: stdout.")
    ] = None,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw the way from one noise to another at a fixed class, or from one class to another with the noise fixed."""
    if out == STDOUT:
        check_stdout(json=json)
    if early := header.facts(place):  # what can be refused is, before torch is imported
        _way(early.class_names, digit, class_name, to_class)
        _check_strip(out, steps, early.shape)
    load_torch()
    from gancli.sampling import draw, images

    step, gan, generator = _load(place, moved or [])
    names = gan.data.class_names if gan.num_classes else ()
    start, end = _way(names, digit, class_name, to_class)
    if names and start is None:
        start = end = 0
        note(f"drawing the class {names[0]}; --class NAME draws another")
    to_seed = to_seed if to_seed is not None else (from_seed if to_class is not None else 2)
    ends = () if start is None or end is None else (names[start], names[end])
    way = "".join(f"-{file_name(name)}" for name in ends)
    path = out or _beside(place) / f"interpolation{way}-seed-{from_seed}-{to_seed}-step-{step}.png"
    _check_strip(path, steps, gan.data.shape)
    noises = (draw.latents(gan.latent, 0, 1, from_seed)[0], draw.latents(gan.latent, 0, 1, to_seed)[0])
    samples = draw.interpolate(gan, generator, noises, (start or 0, end or 0), steps)
    if path.suffix.lower() == ".gif":
        frames = images.enlarge(images.to_pixels(samples))
        images.write_gif(path, [*frames, *frames[-2:0:-1]])  # there and back
    elif path == STDOUT:
        write_stdout(images.to_png(images.sheet(samples, steps)))
    else:
        images.write_picture(path, images.sheet(samples, steps))
    first, last = ends or (None, None)
    about = {"step": step, "steps": steps, "seeds": [from_seed, to_seed], "class": first, "to_class": last}
    _report(path, about, json)
    if show:
        _show(images.picture(samples, columns=steps))


def _way(
    names: "Sequence[str]", digit: str | None, class_name: str | None, to_class: str | None
) -> tuple[int | None, int | None]:
    """The classes to start from and to end at."""
    start = _class_index(names, digit, class_name)
    if to_class is not None and start is None:
        raise UsageError("--to-class needs a class to start from: --class NAME --to-class NAME")
    return start, start if to_class is None else _class_index(names, None, to_class, "--to-class")


def _check_strip(path: Path | None, steps: int, shape: tuple[int, ...]) -> None:
    if path is None or path == STDOUT or endings.is_picture(path):
        endings.check_picture(path or Path("interpolation.png"), steps, shape, steps)
    elif path.suffix.lower() != ".gif":
        raise endings.refuse(path, f"{endings.ONE_PICTURE} for a strip or .gif for an animation")
    elif len(shape) != 3:
        raise UsageError(f"{path}: points are drawn as one picture; expected {endings.ONE_PICTURE}")


def _load(place: Path, moved: list[str]) -> "tuple[int, GAN, torch.nn.Module]":
    from gancli import build
    from gancli.build import places
    from gancli.storage import checkpoint
    from gancli.training.device import choose_device

    saved = places.moved(checkpoint.newest(place, warn=note), moved)
    gan, generator = build.from_checkpoint(saved, choose_device("auto"))
    return saved.step, gan, generator


def _beside(place: Path) -> Path:
    """Where pictures go by default: into the run, or where the user is for a lone file."""
    return place if place.is_dir() else Path()


def _class_index(
    names: "Sequence[str]", digit: str | None, class_name: str | None, flag: str = "--class"
) -> int | None:
    """Which of the classes is asked for; None for none."""
    if digit is not None and class_name is not None:
        raise UsageError("--digit and --class say the same thing; give one of them")
    asked = digit if digit is not None else class_name
    if asked is None:
        return None
    if not names:
        raise UsageError("this model was trained without labels, so it draws what it likes; leave the class out")
    asked = composed(asked)
    if asked not in names or (digit is not None and not all(name.isdecimal() for name in names)):
        from gancli.registry import suggestion

        hint = suggestion(asked, names) if digit is None else ""
        flag = flag if digit is None else "--digit"
        raise UsageError(f"{flag}: found {asked!r}; the classes of this model are {_listed(names)}{hint}")
    return names.index(asked)


def _listed(names: "Sequence[str]") -> str:
    more = f", … ({len(names):,} in all)" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _report(path: Path, about: dict[str, Any], as_json: bool) -> None:
    if path == STDOUT:
        return
    if as_json:
        from json import dumps

        typer.echo(dumps({"path": str(path), **about}))
    else:
        print_path(path)


def _show(pixels: Any) -> None:
    from rich.console import Console

    from gancli.cli.preview import half_blocks

    console = Console(stderr=True)
    console.print(half_blocks(pixels, console.width))
