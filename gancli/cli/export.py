"""``gan export``: a trained generator for use elsewhere."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from gancli.cli.drawing import beside, load, option_words
from gancli.cli.options import CheckpointPath, Json, Words
from gancli.cli.replacing import Force
from gancli.errors import UsageError
from gancli.export import destination
from gancli.export.formats import FORMATS
from gancli.export.needs import check_needs
from gancli.storage import header
from gancli.terminal.output import STDOUT, note, print_json, print_path
from gancli.terminal.waiting import load_torch

EXAMPLES = (
    "Examples:  gan export runs/mnist_cgan --to sample  ·  gan export runs/mnist_cgan --to html --out digits.html  ·  "
    "gan export runs/emoji_stylegan2 --to onnx truncation=0.7"
)

Name = Literal["sample", "onnx", "torch", "weights", "html"]


def export(
    place: CheckpointPath,
    to: Annotated[
        Name,
        typer.Option(
            "--to",
            help="sample: a checkpoint of the generator alone, without your paths; onnx: a graph; torch: a program of "
            "torch.export; weights: its state_dict; html: a web page that draws or translates by itself.",
        ),
    ],
    words: Words = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A file with the ending of its format; no ending: a folder. By default in the run."),
    ] = None,
    force: Force = False,
    json: Json = False,
) -> None:
    """Export a trained generator, for sharing or for another program, and print the path of the file.

    The file is compared with the generator before it is written; if it draws anything else, there is no file. Options
    of the model's sampler, such as truncation=0.7, are fixed in it. A README beside it has the lines that use it.
    """
    form = FORMATS[to]
    header.facts(place)  # mistakes are reported before torch is imported
    if out == STDOUT:
        raise UsageError("--out -: an export is written to files; expected a file or a folder")
    if out is not None:
        destination.given(out, form).check(force=force)
    check_needs(form)
    load_torch()
    generator, options = load(place, words or [])
    named = destination.default(beside(place), form, generator.recipe.name, generator.step, option_words(options))
    done = generator.export(to, out or named, force=force, **options)
    for text in done.notes:
        note(text)
    if json:
        print_json(done.as_json())
        return
    print_path(done.path)
    if done.readme is not None:
        note(f"{done.readme} has the lines that use it")
    note(done.summary)
