"""``gan evaluate``: how good a checkpoint is, in numbers that say what they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.output import Moved, note, result
from gancli.cli.waiting import load_torch, waiting
from gancli.errors import printable
from gancli.storage.run_folder import checkpoint_files

if TYPE_CHECKING:
    from gancli.evaluation import Report

EXAMPLES = (
    "Examples:  gan evaluate runs/mnist_cgan  ·  gan evaluate step-0005000.safetensors --metrics frechet,coverage  ·  "
    "gan evaluate runs/ring --seeds 10 --json"
)


def evaluate(
    place: Annotated[Path, typer.Argument(metavar="CKPT", help="A checkpoint file, or a run.")],
    moved: Moved = None,
    metrics: Annotated[str, typer.Option("--metrics", help="Names with commas; by default, those that apply.")] = "",
    n: Annotated[
        int | None,
        typer.Option(
            "--n", min=10, help="Samples and real examples, at most; by default 10,000, of stacked digits 26,000."
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="Sets of samples.")] = 5,
    extractor: Annotated[
        str, typer.Option("--extractor", help="A file, or a plugin's name; by default, the dataset's own.")
    ] = "",
    full: Annotated[bool, typer.Option("--full", help="All metrics, the slow and the old ones too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Evaluate a checkpoint by the data that it was trained on, beside what real data itself gets.

    The numbers also go to metrics.json in the run. Beside it are two pictures for your eyes: nearest.png has samples
    that are nearest to training images, above these, and repeated.png those nearest to each other. Only numbers of the
    same extractor, n and reference can be compared.
    """
    checkpoint_files(place)  # what is not there is said before torch is imported
    load_torch()
    from gancli import library

    named = [name for name in metrics.replace(" ", "").split(",") if name]
    with waiting():
        report = library.evaluate(
            place, *(moved or []), metrics=named, full=full, warn=note, n=n, seeds=seeds, extractor=extractor
        )
    if json:
        result(report.to_json())
    else:
        _print(report)
    if place.is_dir():  # last, so that the numbers are seen although the disk is full
        pictures = report.write(place)
        if pictures and not json:
            result(printable(f"pictures for your eyes: {' and '.join(map(str, pictures))}"))
    for name in report.unfit:
        if name in named:
            note(f"{name} does not apply to these data")


def _print(report: "Report") -> None:
    from gancli.cli.tables import print_table
    from gancli.evaluation import describe_protocol, with_arrow

    about, protocol = report.about, report.protocol
    rows = [[with_arrow(name), str(score), str(score.real or "")] for name, score in report.scores.items()]
    print_table(["metric", f"mean ± sd of {len(protocol['seeds'])} seeds", "real data"], rows, as_json=False)
    _print_words(report)
    result(f"step {about['step']} of {about['recipe']}, {about['weights']} weights")
    result(describe_protocol(protocol))
    print_notes(report.left_out, report.caveats)


def _print_words(report: "Report") -> None:
    from gancli.evaluation import interpret

    if words := interpret(report.scores):
        result(f"in words: {words}")


def print_notes(left_out: Sequence[str], caveats: Sequence[str]) -> None:
    """Print what the signs mean and where the page is; what is missing and must be known goes to stderr."""
    from gancli.evaluation import LEGEND, documentation_page

    result(printable(f"{LEGEND}; what each number is: {documentation_page()}"))
    for sentence in (*left_out, *caveats):
        note(sentence)
