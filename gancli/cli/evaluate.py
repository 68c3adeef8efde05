"""``gan evaluate``: metrics of a checkpoint, each with the baseline of real data."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import CHECKPOINT, EXTRACTOR, METRICS
from gancli.cli.drawing import places_and_options
from gancli.cli.options import Json, Words
from gancli.errors import printable
from gancli.storage.run_folder import checkpoint_files
from gancli.terminal.output import note, result
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.evaluation import Report

EXAMPLES = (
    "Examples:  gan evaluate runs/mnist_cgan  ·  gan evaluate step-0005000.safetensors --metrics frechet,coverage  ·  "
    "gan evaluate runs/ring --seeds 10 --json"
)

Metrics = Annotated[
    str, typer.Option("--metrics", help="Separated by commas; by default, those that apply.", autocompletion=METRICS)
]


def evaluate(
    place: Annotated[
        Path, typer.Argument(metavar="CKPT", help="A checkpoint file, or a run.", autocompletion=CHECKPOINT)
    ],
    words: Words = None,
    metrics: Metrics = "",
    n: Annotated[
        int | None,
        typer.Option(
            "--n", min=10, help="The largest number of samples; by default 10,000 (26,000 of stacked digits)."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="Sets of samples.")] = 5,
    extractor: Annotated[
        str,
        typer.Option(
            "--extractor",
            help="A file, or a name: inception for FID; by default, the dataset's own.",
            autocompletion=EXTRACTOR,
        ),
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="All metrics, also the slow and the old ones.")] = False,
    json: Json = False,
) -> None:
    """Evaluate a checkpoint on the data that it was trained on, with real data as the baseline.

    The numbers are also written to metrics.json in the run, with two pictures: nearest.png shows the samples that are
    nearest to training images, above these images, and repeated.png the samples that are nearest to each other. Compare
    only numbers with the same extractor, n and reference.
    """
    checkpoint_files(place)  # a missing checkpoint is reported before torch is imported
    load_torch()
    from gancli import library

    named = metric_names(metrics)
    moved, options = places_and_options(words or [])
    report = library.evaluate(
        place,
        *moved,
        metrics=named,
        n=n,
        seeds=seeds,
        extractor=extractor,
        full=full,
        options=options,
        warn=note,
    )
    if json:
        result(report.to_json())
    else:
        _print(report)
    if place.is_dir():  # last, so that the numbers are printed even if the disk is full
        pictures = report.write(place)
        if pictures and not json:
            result(printable(f"pictures: {' and '.join(map(str, pictures))}"))
    for name in report.unfit:
        if name in named:
            note(f"{name} does not apply to these data")


def metric_names(text: str) -> list[str]:
    """The names that ``--metrics`` was given."""
    return [name for name in text.replace(" ", "").split(",") if name]


def _print(report: "Report") -> None:
    from gancli.evaluation.report_text import remarks, table
    from gancli.terminal.tables import print_table

    header, *rows = table(report)
    print_table(header, rows)
    for line in remarks(report):
        result(line)
    print_notes(report.left_out, report.caveats)


def print_notes(left_out: Sequence[str], caveats: Sequence[str]) -> None:
    """Print the legend and the page that explains the metrics; warnings about the numbers go to stderr."""
    from gancli.evaluation import LEGEND, documentation_page

    result(printable(f"{LEGEND}; what each number is: {documentation_page()}"))
    for sentence in (*left_out, *caveats):
        note(sentence)
