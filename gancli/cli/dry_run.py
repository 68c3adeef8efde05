"""``gan train --dry-run``: everything is built and summarised, a few steps are timed, and nothing is kept."""

from pathlib import Path
from typing import TYPE_CHECKING

from gancli.cli.training_request import TrainingRequest
from gancli.progress import task
from gancli.storage.run_folder import RunFolder
from gancli.terminal.output import note, result, say
from gancli.terminal.waiting import load_torch

if TYPE_CHECKING:
    from gancli.build import Training
    from gancli.recipe import Recipe


def trained_on(training: "Training") -> str:
    """The data of a training, in a sentence."""
    from gancli.data import describe

    return describe(training.dataset, labels_used=training.gan.num_classes > 0)


def shared_by(recipe: "Recipe", training: "Training") -> str:
    """The processes of a training, in a sentence."""
    from gancli.training import processes

    number, whole = processes.size(), recipe.train.batch_size
    least, most = whole // number, -(-whole // number)
    backend = "NCCL" if training.device.type == "cuda" else "gloo"
    share = f"{most}" if least == most else f"{least} or {most}"
    return f"{number} processes, which share every minibatch of {whole} by {backend}: {share} examples each"


def dry_run(request: TrainingRequest) -> None:
    """Build everything, make a few steps, and print a summary of it and what the training takes here."""
    load_torch()
    if request.resume is None:
        _new(request)
    else:
        _resumed(request.resume, request)


def _new(request: TrainingRequest) -> None:
    from gancli import build, library
    from gancli.recipe import load, locate
    from gancli.run import starting
    from gancli.run.notices import first_notices

    saved = None
    if request.start_from is not None:
        recipe, saved = library.started_from(request.start_from, request.recipe, request.overrides, note)
    else:
        recipe = load(locate(str(request.recipe)), request.overrides)
    build.loggers(recipe)  # which refuse what they lack
    with task("building everything"):
        recipe, training, origin, found = starting.made(recipe, saved)
    if origin:
        note(f"starts from {origin}")
    say(trained_on(training))
    _note([*found, *first_notices(recipe, training)])
    _print(recipe, training)


def _resumed(run: Path, request: TrainingRequest) -> None:
    from gancli import build
    from gancli.run.notices import notices
    from gancli.run.resume import find

    start = find(RunFolder(run), request.overrides, allow_data_change=request.allow_data_change)
    build.loggers(start.recipe)
    _note([*start.notices, *start.changes, *filter(None, [start.nothing_to_do])])
    say(trained_on(start.training))
    _note(notices(start.recipe, start.training))
    if start.nothing_to_do:
        result(_summary(start.recipe, start.training))
    else:
        _print(start.recipe, start.training, start.saved.step if start.saved else 0)


def _note(found: list[str]) -> None:
    for notice in found:
        note(notice)


def _print(recipe: "Recipe", training: "Training", step: int = 0) -> None:
    """Print the summary, and what the training takes here after so many steps."""
    from gancli.run import starting
    from gancli.run.rehearsal import rehearse

    starting.validator_of(recipe, training)  # as a training does: it refuses data that it has no metric for
    summary, forecast = _summary(recipe, training), rehearse(recipe, training, step)
    result(f"{summary}\n{_line('needs', str(forecast))}")


def _terms(recipe: "Recipe") -> list[str]:
    """Penalties and regularisers, with the number of steps that a lazy one waits, and the augmentation."""
    terms = [(term.name, term.every) for term in (*recipe.plan.penalties, *recipe.plan.regularisers)]
    augmentation = [] if recipe.plan.augmentation is None else [recipe.plan.augmentation.name]
    return [*(name if every == 1 else f"{name} every {every} steps" for name, every in terms), *augmentation]


def _summary(recipe: "Recipe", training: "Training") -> str:
    gan, data = training.gan, training.gan.data
    classes = f", {data.num_classes} classes" if data.num_classes else ""
    shape = "×".join(map(str, data.shape))
    lines = {
        "dataset": f"{recipe.dataset.name}: {len(training.dataset):,} of shape {shape}{classes}",
        "game": " · ".join([recipe.model.name, recipe.architecture.name, recipe.loss.name, *_terms(recipe)]),
        "generator": f"{sum(weights.numel() for weights in gan.generator.parameters()):,} parameters",
        "discriminator": f"{sum(weights.numel() for weights in gan.discriminator.parameters()):,} parameters",
        "training": f"{recipe.train.steps:,} steps of {recipe.train.batch_size}, k = {recipe.train.k_steps}, "
        f"on {training.device} in {recipe.precision}",
    }
    return "\n".join(_line(name, value) for name, value in lines.items())


def _line(name: str, value: str) -> str:
    return f"{name + ':':15}{value}"
