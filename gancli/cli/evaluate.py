"""``gan evaluate``: how good a checkpoint is, in numbers that say what they are."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gancli.cli.output import say, status
from gancli.errors import printable

if TYPE_CHECKING:
    from gancli.evaluation import Report

EXAMPLES = (
    "Examples:  gan evaluate runs/mnist_cgan  ·  gan evaluate step-0005000.safetensors --metrics frechet,coverage  ·  "
    "gan evaluate runs/ring --seeds 10 --json"
)


def evaluate(
    place: Annotated[Path, typer.Argument(metavar="CKPT", help="A checkpoint file, or a run.")],
    metrics: Annotated[str, typer.Option("--metrics", help="Names with commas; by default, those that apply.")] = "",
    n: Annotated[int, typer.Option("--n", min=10, help="Samples, and real examples, at most.")] = 10_000,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1000, help="Sets of samples.")] = 5,
    extractor: Annotated[
        str, typer.Option("--extractor", help="A file, or a plugin's name; by default, the dataset's own.")
    ] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Judge a checkpoint by the data that it was trained on, beside what real data itself gets.

    The numbers also go to metrics.json in the run, and the samples that are nearest to training images, with these, to
    nearest.png. Only numbers of the same extractor, n and reference can be compared.
    """
    import json as json_

    from gancli import build, checkpoint, runtime
    from gancli.evaluation import choose
    from gancli.evaluation import evaluate as judge
    from gancli.files import write_whole
    from gancli.images import picture, write_png

    chosen = choose([it for it in metrics.replace(" ", "").split(",") if it])
    saved = checkpoint.newest(place, tell=lambda notice: say(f"note: {printable(notice)}"))
    recipe = build.recipe_of(saved)
    dataset = build.dataset(recipe)
    if dataset.fingerprint != saved.fingerprint:
        say("note: the data is not what this was trained on; it is judged by what is here now")
    with status() as tell:
        device = runtime.choose_device("auto")
        report = judge(saved, dataset, chosen, n=n, seeds=seeds, extractor=extractor, device=device, tell=tell)
    text = json_.dumps(report.to_json(), indent=2)
    if place.is_dir():
        write_whole(place / "metrics.json", text.encode())
        if report.nearest is not None:
            write_png(place / "nearest.png", picture(report.nearest, len(report.nearest) // 2))
    if json:
        typer.echo(text)
    else:
        _print(report)


def _print(report: "Report") -> None:
    from gancli.cli.tables import print_table

    rows = []
    for name, score in report.scores.items():
        spread = f" ± {score.deviation:.2g}" if score.deviation is not None else ""
        rows.append([name, f"{score.mean:.4g}{spread}", "" if score.floor is None else f"{score.floor:.4g}"])
    print_table(["metric", f"mean ± sd of {len(report.about['seeds'])} seeds", "real data"], rows, as_json=False)
    about = report.about
    typer.echo(f"step {about['step']} of {about['recipe']}, {about['weights']} weights; n = {about['n']:,}")
    typer.echo(f"against {about['reference']} of {about['dataset']} ({about['fingerprint'][:12]})")
    if about["extractor"]:
        typer.echo(f"features and classes: {about['extractor']}")
    for caveat in report.caveats:
        say(f"note: {caveat}")
