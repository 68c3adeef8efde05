"""``gan compare``: recipes trained and evaluated alike, in one table."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.completing import VARIED, compared
from gancli.cli.evaluate import Metrics, metric_names, print_notes
from gancli.cli.options import Json
from gancli.errors import printable
from gancli.terminal.output import result, say
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.cli.signals import Stop
    from gancli.comparison import Comparison, Entry
    from gancli.run.run import Run

EXAMPLES = (
    "Examples:  gan compare mnist_gan mnist_dcgan mnist_wgan_gp train.steps=1000  ·  "
    "gan compare mine.yaml theirs.yaml --seeds 5 --budget 1h --out mine-and-theirs  ·  "
    "gan compare mnist_dcgan --vary loss=minimax,hinge,wasserstein  ·  "
    "gan compare mnist_gan --vary 'architecture=mlp,{name: dcgan, width: 16}' --vary latent.dim=8,64  ·  "
    "gan compare runs/mnist_cgan runs/mnist_cgan-2"
)

OUT = Path("comparison")

# The most informative come first; a terminal has room for some of them.
SHOWN = (
    "L1",
    "SSIM",
    "FD",
    "coverage",
    "agreement",
    "cycle L1",
    "modes",
    "high quality",
    "mode KL",
    "rarest class",
    "class KL",
    "copied",
    "density",
)


def compare(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="RECIPE|RUN|KEY=VALUE",
            help="Recipes, runs, and overrides of all these recipes, such as train.steps=100.",
            autocompletion=compared,
        ),
    ],
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            metavar="KEY=VALUE,VALUE",
            help="A row for each value of this key of the recipes; repeated, for each combination of values.",
            autocompletion=VARIED,
        ),
    ] = None,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="Trainings of every recipe.")] = 3,
    budget: Annotated[str, typer.Option("--budget", help="The longest time for each training: 90s, 10m, 1h.")] = "10m",
    out: Annotated[Path, typer.Option("--out", help="Where the trainings and the results go.")] = OUT,
    metrics: Metrics = "",
    json: Json = False,
) -> None:
    """Train recipes with several seeds each, evaluate all of them by one protocol, and compare them with real data.

    No training is repeated: after Ctrl-C, the same command continues. The numbers are also written to comparison.json,
    samples to comparison.png, and a page of all of it to report.html. The table shows the most informative metrics that
    fit; --metrics chooses others.
    """
    load_torch()
    from gancli import comparison
    from gancli.cli.signals import Stopped, stopping
    from gancli.evaluation import choose

    seconds, named = comparison.seconds(budget), metric_names(metrics)
    chosen = choose(named)
    rows = comparison.entries(words, out, seeds, vary or ())
    try:
        with stopping() as stop, _saying_where(rows, [*words, *_options(vary or (), out)]):
            follow = partial(_follow, stop)
            found = comparison.compare(rows, chosen, follow, budget=seconds, announce=lambda text: say(printable(text)))
            _report(found, out, as_json=json, every=bool(named))
    except Stopped:
        say("stopped; the same command continues from here")
        raise typer.Exit(stop.exit_code) from None


def _options(vary: Sequence[str], out: Path) -> list[str]:
    """The options that say what is compared, and where it is."""
    return [word for key in vary for word in ("--vary", key)] + ([] if out == OUT else ["--out", str(out)])


def _saying_where(rows: "list[Entry]", words: Sequence[str]) -> AbstractContextManager[None]:
    """Add to an error about data that have moved how to name the new place."""
    from gancli.build import places

    place, first = rows[0].first
    return places.saying_where(first, ["gan", "compare", *words], place)


def _report(found: "Comparison", out: Path, *, as_json: bool, every: bool) -> None:
    from gancli.figures import gallery
    from gancli.files import make_folder, write_whole
    from gancli.report.comparison_report import comparison_report
    from gancli.storage.run_folder import RunFolder

    if as_json:
        result(found.to_json())
    else:
        _print(found, every=every)
    make_folder(out, exist_ok=True)  # it does not exist yet if all rows are existing runs
    write_whole(out / "comparison.json", found.to_json().encode())
    pictures = {"real data": found.real, **{row.name: row.samples for row in found.rows}}
    gallery.draw({printable(name): images for name, images in pictures.items()}, out / "comparison.png")
    if page := comparison_report(found):
        write_whole(RunFolder(out).report, page.encode())
    if not as_json:
        result(printable(f"samples: {out / 'comparison.png'}"))
        result(printable(f"report: {RunFolder(out).report}"))


def _follow(stop: "Stop", run: "Run", budget: float) -> None:
    """Train to the end, to the end of the budget, or to a signal; the last step is saved."""
    from gancli.cli.training_loop import train_until_stopped

    run.prepare()
    with stop.after_the_step():
        train_until_stopped(run, stop, budget=budget)
    if stop.number:
        say(printable(f"stopped at step {run.step} of {run.directory} and saved; the same command continues from here"))
        raise typer.Exit(stop.exit_code)


def _print(found: "Comparison", *, every: bool) -> None:
    from gancli.evaluation import Score, describe_protocol, interpret, with_arrow
    from gancli.terminal.tables import columns_that_fit, print_table

    scores = {row.name: row.scores(found.baseline, found.beside) for row in found.rows}
    given = dict.fromkeys(name for row in scores.values() for name in row) or found.baseline
    columns = list(given) if every else [name for name in SHOWN if name in given][: columns_that_fit()]
    rows = []
    for name, numbers in {"real data": found.baseline, **found.beside}.items():
        known = {number: str(Score(values)) for number, values in numbers.items()}
        rows.append([name, *(known.get(number, "") for number in columns), ""])
    for row in found.rows:
        cells = [str(scores[row.name].get(name, "–")) for name in columns]
        rows.append([printable(row.name), *cells, row.training])
    print_table(["", *map(with_arrow, columns), "training"], rows)
    for name, of_row in scores.items():
        if words := interpret(of_row):
            result(printable(f"{name}: {words}"))
    result(f"mean ± sd over trainings (of real data, over draws); {describe_protocol(found.protocol)}")
    print_notes(found.left_out, found.caveats)
