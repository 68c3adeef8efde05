"""``gan sample`` and ``gan interpolate``: draw from a checkpoint."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancli.cli.output import STDOUT, Moved, check_stdout, file_name, note, print_path, progress, write_stdout

if TYPE_CHECKING:
    import torch

    from gancli.data import DataSpec
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
        typer.Option("--out", help="x.png: a grid; x.npz: arrays; no ending: a folder, one PNG an image; -: stdout."),
    ] = None,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw samples from a checkpoint, and print the path they are written to.

    Without a class, a conditional model draws all of them in turn, a column each.
    """
    if out == STDOUT:
        check_stdout(json=json)
    import torch

    from gancli import images, sampling

    step, gan, generator = _load(place, moved or [])
    wanted = _class_index(gan, digit, class_name)
    columns = gan.num_classes if gan.num_classes and wanted is None and gan.num_classes <= 20 else None
    labels = None
    if gan.num_classes:
        labels = torch.arange(n) % gan.num_classes if wanted is None else torch.full((n,), wanted)
    name = "samples" if wanted is None else f"samples-{file_name(gan.data.class_names[wanted])}"
    path = out or _beside(place) / f"{name}-seed-{seed}-step-{step}.png"
    (images.check_picture if path == STDOUT else images.check_output)(path, n, gan.data.shape)
    with progress(sampling.stream(gan, generator, n, seed=seed, labels=labels), n) as blocks:
        if path == STDOUT:
            write_stdout(images.to_png(images.picture_of(blocks, columns)))
        else:
            images.write_samples(path, blocks, (n, *gan.data.shape), labels, columns)
    _report(path, {"step": step, "n": n, "seed": seed}, json)
    if show:
        first = min(n, SHOWN)
        samples = sampling.sample(gan, generator, first, seed=seed, labels=None if labels is None else labels[:first])
        _show(images.picture(samples, columns))


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
    out: Annotated[Path | None, typer.Option("--out", help="x.png: a strip; x.gif: an animation; -: stdout.")] = None,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw the way from one noise to another at a fixed class, or from one class to another with the noise fixed."""
    from gancli import images, sampling
    from gancli.errors import UsageError

    if out == STDOUT:
        check_stdout(json=json)
    step, gan, generator = _load(place, moved or [])
    start = _class_index(gan, digit, class_name)
    end = start if to_class is None else _class_index(gan, None, to_class)
    if to_class is not None and start is None:
        raise UsageError("--to-class needs a class to start from: --class NAME --to-class NAME")
    if gan.num_classes and start is None:
        start = end = 0
        note(f"drawing the class {gan.data.class_names[0]}; --class NAME draws another")
    to_seed = to_seed if to_seed is not None else (from_seed if to_class is not None else 2)
    ends = () if start is None or end is None else (gan.data.class_names[start], gan.data.class_names[end])
    names = "".join(f"-{file_name(name)}" for name in ends)
    path = out or _beside(place) / f"interpolation{names}-seed-{from_seed}-{to_seed}-step-{step}.png"
    if path.suffix == ".gif" and not gan.data.is_image:
        raise UsageError(f"{path}: points are drawn as one picture; expected .png")
    if path.suffix not in (".png", ".gif") and path != STDOUT:
        raise UsageError(f"{path}: the ending says what is written; expected .png for a strip or .gif for an animation")
    noises = (sampling.latents(gan.latent, 0, 1, from_seed)[0], sampling.latents(gan.latent, 0, 1, to_seed)[0])
    samples = sampling.interpolate(gan, generator, noises, (start or 0, end or 0), steps)
    if path.suffix == ".gif":
        images.write_gif(path, images.enlarge(images.to_pixels(samples)))
    elif path == STDOUT:
        write_stdout(images.to_png(images.picture(samples, columns=steps)))
    else:
        images.write_png(path, images.picture(samples, columns=steps))
    _report(path, {"step": step, "steps": steps, "seeds": [from_seed, to_seed]}, json)
    if show:
        _show(images.picture(samples, columns=steps))


def _load(place: Path, moved: list[str]) -> "tuple[int, GAN, torch.nn.Module]":
    from gancli import build, checkpoint, places, runtime

    saved = places.moved(checkpoint.newest(place, tell=note), moved)
    gan, generator = build.from_checkpoint(saved, runtime.choose_device("auto"))
    return saved.step, gan, generator


def _beside(place: Path) -> Path:
    """Where pictures go by default: into the run, or where the user is for a lone file."""
    return place if place.is_dir() else Path()


def _class_index(gan: "GAN", digit: str | None, class_name: str | None) -> int | None:
    from gancli.errors import UsageError

    if digit is not None and class_name is not None:
        raise UsageError("--digit and --class say the same thing; give one of them")
    asked = digit if digit is not None else class_name
    if asked is None:
        return None
    if not gan.num_classes:
        raise UsageError("this model was trained without labels, so it draws what it likes; leave the class out")
    from gancli.names import composed

    names, asked = gan.data.class_names, composed(asked)
    if asked not in names or (digit is not None and not _has_digits(gan.data)):
        from gancli.registry import suggestion

        hint = suggestion(asked, names) if digit is None else ""
        flag = "--class" if digit is None else "--digit"
        raise UsageError(f"{flag}: found {asked!r}; the classes of this model are {', '.join(names)}{hint}")
    return names.index(asked)


def _has_digits(data: "DataSpec") -> bool:
    return all(name.isdecimal() for name in data.class_names)


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
