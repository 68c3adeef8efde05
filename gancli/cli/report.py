"""``gan report``: runs in one HTML file that needs nothing else."""

from pathlib import Path
from typing import Annotated

import typer

from gancli.cli.completing import CHECKPOINT
from gancli.cli.figure_path import names_of
from gancli.cli.options import Json
from gancli.cli.replacing import Force
from gancli.errors import UsageError, printable
from gancli.files import check_replaced
from gancli.progress import task
from gancli.storage.run_folder import RunFolder, existing_run
from gancli.terminal.output import note, print_json, print_path
from gancli.terminal.waiting import load_torch

EXAMPLES = (
    "Examples:  gan report runs/mnist_cgan  ·  gan report runs/mnist_cgan --evaluate --force  ·  "
    "gan report runs/mnist_dcgan runs/mnist_wgan_gp --out both.html"
)
ENDINGS = (".html", ".htm")


def report(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Runs.", autocompletion=CHECKPOINT)],
    out: Annotated[
        Path | None,
        typer.Option("--out", help=".html; by default report.html in the run, of several in the current folder."),
    ] = None,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Measure runs whose last checkpoint was not, as 'gan evaluate' does.")
    ] = False,
    force: Force = False,
    json: Json = False,
) -> None:
    """Write one HTML file about a run: recipe, losses, warnings, samples over the steps, metrics, machine, commands.

    Several runs stand side by side, with what differs between their recipes. The file needs no network and no other
    file, so it can be sent by mail. Prints its path.
    """
    places = [existing_run(place).path for place in runs]
    path = _destination(places, out, force=force)
    names = names_of(places)
    if len(set(names)) < len(names):
        raise UsageError(f"{runs[0]}: the same run is named twice; name each once")
    if evaluate:
        _evaluate(places)
    with task("making the report"):
        from gancli.files import make_folder, write_whole
        from gancli.report.report import report as made

        page = made(dict(zip(names, places, strict=True))).encode()
    make_folder(path.parent, exist_ok=True)
    write_whole(path, page)
    if json:
        print_json({"path": str(path), "bytes": len(page), "runs": [printable(name) for name in names]})
    else:
        print_path(path)


def _destination(places: list[Path], out: Path | None, *, force: bool) -> Path:
    """The file to write; raises UsageError for one that is there, unless it may be replaced, and for another ending."""
    path = out or RunFolder(places[0] if len(places) == 1 else Path()).report
    if path.suffix.lower() not in ENDINGS:
        raise UsageError(f"{path}: the ending says what is written; expected {' or '.join(ENDINGS)}")
    check_replaced(path, force=force)
    return path


def _evaluate(places: list[Path]) -> None:
    """Measure what is not measured yet; a run without a checkpoint is left as it is."""
    from gancli.evaluation.recorded import read_report
    from gancli.report.saved import result as result_of

    for place in places:
        saved, recorded = result_of(RunFolder(place)), read_report(place)
        if saved is None or not saved.step:
            note(f"{place}: has no checkpoint after a step, so there is nothing to measure")
        elif recorded is None or recorded.about.get("step") != saved.step:
            load_torch()
            from gancli import library

            library.evaluate(place, warn=note).write(place)
