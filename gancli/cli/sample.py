"""``gan sample``: draw from a checkpoint."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from gancli.sampling.classes import column_count
from gancli.terminal.output import STDOUT, check_stdout, write_stdout
from gancli.terminal.waiting import counted, load_torch

if TYPE_CHECKING:
    from torch import Tensor

    from gancli.library.generator import Generator

EXAMPLES = (
    "Examples:  gan sample runs/mnist_cgan --digit 3 --n 64  ·  gan sample step-0005000.safetensors --show  ·  "
    "gan sample runs/fashion_cgan --class sneaker --out sneakers/  ·  gan sample runs/big truncation=0.7"
)
MAX_SHOWN = 400  # samples in a terminal


def sample(
    place: CheckpointPath,
    words: Words = None,
    digit: Digit = None,
    class_name: Annotated[str | None, typer.Option("--class", help="Draw this class.", autocompletion=CLASS)] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=10_000_000, help="The number of samples.")] = 64,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Image i of a seed is always the same.")] = 0,
    latent: Annotated[
        list[Path] | None,
        typer.Option("--latent", help="Draw what gan project found instead: NAME.latent.safetensors; again for more."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="x.png, x.jpg: a grid; x.npz: arrays; no ending: a folder with one PNG per image; -: stdout."
        ),
    ] = None,
    force: Force = False,
    show: Show = False,
    json: Json = False,
) -> None:
    """Draw samples from a checkpoint, and print the path they are written to.

    Without a class, a conditional model draws all classes in turn, one column each.
    """
    if out == STDOUT:
        check_stdout(json=json)
    check_out(out, force=force)
    if latent and (digit or class_name):
        raise UsageError("--latent draws the class of each latent; leave out --digit and --class")
    if early := early_facts(place):  # mistakes are reported before torch is imported
        wanted_class(early.class_names, digit, class_name)
        _check_sheet(out, n, early.shape)
    load_torch()
    generator, options = load(place, words or [])
    if latent:
        _draw_latents(place, latent, generator, options, out, show=show, json=json)
        return
    names = generator.class_names
    wanted = wanted_class(names, digit, class_name)
    columns = column_count(n, names) if wanted is None else None
    name = "samples" if wanted is None else f"samples-{file_name(names[wanted])}"
    path = out or beside(place) / f"{name}-seed-{seed}{option_words(options)}-step-{generator.step}.png"
    _check_sheet(path, n, generator.shape, columns)
    labels = generator.labels(n, wanted)
    _write(path, generator, generator.stream(n, seed=seed, labels=labels, **options), n, labels, columns)
    asked = None if wanted is None else names[wanted]
    about = {"step": generator.step, "n": n, "seed": seed, "class": asked, "class_names": names}
    report(path, about, as_json=json)
    if show:
        from gancli.sampling import images

        few = min(n, MAX_SHOWN)
        samples = generator.sample(few, seed=seed, labels=None if labels is None else labels[:few], **options)
        show_in_terminal(images.picture(samples, columns))


def _draw_latents(
    place: Path,
    files: Sequence[Path],
    generator: "Generator",
    options: dict[str, Any],
    out: Path | None,
    *,
    show: bool,
    json: bool,
) -> None:
    """Draw the latents of some files."""
    latents = load_latents(files)
    path = out or beside(place) / f"{file_name('-'.join(file.name.split('.')[0] for file in files))}-latent.png"
    _check_sheet(path, len(files), generator.shape)
    samples = generator.sample_latents([latents[file] for file in files], **options)
    _write(path, generator, iter([samples.tensor]), len(files), samples.labels, None)
    named = None if samples.labels is None else [generator.class_names[label] for label in samples.labels.tolist()]
    report(path, {"step": generator.step, "n": len(files), "classes": named}, as_json=json)
    if show:
        from gancli.sampling import images

        show_in_terminal(images.picture(samples.tensor))


def _write(
    path: Path,
    generator: "Generator",
    blocks: "Iterator[Tensor]",
    n: int,
    labels: "Tensor | None",
    columns: int | None,
) -> None:
    """Write ``n`` samples of a generator into a file, a folder or stdout, block by block."""
    from gancli.sampling import images
    from gancli.sampling.sample_files import write_samples

    names: Sequence[str] = generator.class_names
    with counted(blocks, n, "drawing samples", len) as drawn:
        if path == STDOUT:
            write_stdout(images.to_png(images.sheet_of(drawn, columns, names)))
        else:
            write_samples(path, drawn, (n, *generator.shape), labels, names, columns)


def _check_sheet(path: Path | None, n: int, shape: tuple[int, ...], columns: int | None = None) -> None:
    if path is None or path == STDOUT:
        endings.check_picture(path or Path("samples.png"), n, shape, columns)
    else:
        endings.check_output(path, n, shape, columns)
