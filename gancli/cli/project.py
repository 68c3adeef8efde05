"""``gan project``: given pictures, found again in the latent space of a generator."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancli.cli.completing import CLASS
from gancli.cli.drawing import beside, early_facts, load, show_in_terminal, wanted_class
from gancli.cli.inputs import argument, failure, inputs_and_others
from gancli.cli.options import CheckpointPath, Digit, Json, Show
from gancli.cli.replacing import Force
from gancli.commands import sample
from gancli.errors import DataError, UsageError, printable
from gancli.progress import task
from gancli.sampling.destinations import Job, check_places, jobs, refuse_overwriting
from gancli.terminal.output import STDOUT, note, print_json, result
from gancli.terminal.tables import print_table
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.library.generator import Generator
    from gancli.projection.files import FileProjector
    from gancli.projection.projection import Projection
    from gancli.projection.training_pictures import TrainingPictures

EXAMPLES = (
    "Examples:  gan project runs/mnist_cgan seven.png  ·  "
    "gan project runs/mnist_cgan sevens/ --digit 7 --out found  ·  "
    "gan project runs/faces me.jpg truncation=0.8 --steps 600"
)
HEADER = ("picture", "", "L1 ↓", "L2 ↓", "SSIM ↑", "features ↓")


def project(
    place: CheckpointPath,
    words: Annotated[list[str], argument("IMAGE")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="A folder; by default 'projections' in the run, or in the working directory."),
    ] = None,
    digit: Digit = None,
    class_name: Annotated[
        str | None,
        typer.Option("--class", help="Search in this class; by default, in all.", autocompletion=CLASS),
    ] = None,
    steps: Annotated[int, typer.Option("--steps", min=1, max=100_000, help="Steps of the search.")] = 300,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of the random samples that the search begins from.")] = 0,
    force: Force = False,
    show: Show = False,
    json: Json = False,
) -> None:
    """Find the noise whose sample is nearest to a picture, and print how near it is.

    Each picture gets NAME.png, with the picture, the nearest sample and their difference, and NAME.latent.safetensors,
    from which gan interpolate and gan sample draw it. The numbers stand beside those of the best random sample, and of
    pictures of the training.
    """
    inputs, others = inputs_and_others(words, "project")
    out = beside(place) / "projections" if out is None else out
    _check(place, inputs, out, digit, class_name)  # mistakes are reported before torch is imported
    load_torch()
    from gancli.sampling.input_files import find_pictures

    found = find_pictures(inputs)
    todo = jobs(found.pictures, out)
    refuse_overwriting(_written(todo), force=force)
    generator, options = load(place, others)
    wanted = wanted_class(generator.class_names, digit, class_name)
    out.mkdir(parents=True, exist_ok=True)  # one that cannot be written is found before the search, which takes a while
    project_file = _projector(generator, wanted, options, seed=seed, steps=steps)
    with task("projecting") as report:
        for number, job in enumerate(todo):
            project_file(job, partial(_report_part, report, number, len(todo)))
    problems = [*project_file.problems, *found.problems]
    _print(project_file, generator, problems, as_json=json)
    for sentence in found.notes:
        note(sentence)
    if show:
        _show(project_file)
    if problems:
        raise failure(len(todo), len(project_file.done), project_file.problems, found.problems, "projected")


def _report_part(report: Callable[[float], None], number: int, n: int, share: float) -> None:
    report((number + share) / n)


def _check(place: Path, inputs: Sequence[Path], out: Path, digit: str | None, class_name: str | None) -> None:
    if facts := early_facts(place):
        wanted_class(facts.class_names, digit, class_name)
        if len(facts.shape) != 3:
            raise UsageError(f"{place}: this model draws points; only images can be projected. Use: {sample(place)}")
    if out == STDOUT or out.suffix:
        raise UsageError(f"--out {out}: each picture gets two files; expected a folder, which is a name without ending")
    check_places(inputs, out)


def _written(todo: Sequence[Job]) -> list[Job]:
    """Every file that is written, the pictures and the latents."""
    from gancli.projection.files import latent_file

    return [*todo, *(replace(job, destination=latent_file(job.destination)) for job in todo)]


def _projector(
    generator: "Generator", wanted: int | None, options: dict[str, Any], *, seed: int, steps: int
) -> "FileProjector":
    from gancli.projection.files import FileProjector

    with task("drawing random samples"):
        prepare, search, objective = generator.projector(wanted, options, seed=seed, steps=steps)
    with task("reading the training's pictures"):
        return FileProjector(prepare, search, objective, _training_pictures(generator))


def _training_pictures(generator: "Generator") -> "TrainingPictures | None":
    from gancli.projection.training_pictures import TrainingPictures

    try:
        return TrainingPictures(generator.dataset())
    except DataError as error:
        note(f"not compared with pictures of the training, which cannot be read: {error}")
        return None


def _print(projected: "FileProjector", generator: "Generator", problems: Sequence[str], *, as_json: bool) -> None:
    from gancli.projection.files import latent_file

    if as_json:
        _print_json(projected, generator, problems)
        return
    if projected.done:
        print_table(HEADER, list(_rows(projected, generator)))
    for job, found in projected.done.items():
        result(printable(f"{job.destination} and {latent_file(job.destination)}: {found.seconds:.1f} s"))


def _print_json(projected: "FileProjector", generator: "Generator", problems: Sequence[str]) -> None:
    from gancli.projection.files import latent_file

    pictures = [
        {
            "picture": str(job.source),
            "path": str(job.destination),
            "latent": str(latent_file(job.destination)),
            "class": _class_of(found, generator),
            "scores": {name: asdict(scores) for name, scores in found.scores.items()},
            "seconds": round(found.seconds, 3),
        }
        for job, found in projected.done.items()
    ]
    print_json({"step": generator.step, "pictures": pictures, "problems": list(problems)})


def _rows(projected: "FileProjector", generator: "Generator") -> Iterator[tuple[str, ...]]:
    """A row a score; the first one of each picture has its name."""
    for job, found in projected.done.items():
        name = _class_of(found, generator)
        titles = (printable(f"{job.name} ({name})" if name else job.name), *[""] * len(found.scores))
        for title, (compared, scores) in zip(titles, found.scores.items(), strict=False):
            ssim = "" if scores.ssim is None else f"{scores.ssim:.3f}"
            yield title, compared, f"{scores.l1:.4f}", f"{scores.l2:.4f}", ssim, f"{scores.features:.3f}"


def _class_of(found: "Projection", generator: "Generator") -> str | None:
    return None if found.latent.label is None else generator.class_names[found.latent.label]


def _show(projected: "FileProjector") -> None:
    import numpy as np
    from PIL import Image

    for job in projected.done:
        with Image.open(job.destination) as picture:
            show_in_terminal(np.asarray(picture))
