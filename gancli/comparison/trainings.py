"""One training of a comparison, which continues where it stopped until there is nothing more to train."""

import json
from collections.abc import Callable
from pathlib import Path

from gancli import recipe
from gancli.errors import DivergedError, RecipeError, UsageError
from gancli.files import write_whole
from gancli.recipe import Recipe
from gancli.run import precision
from gancli.run.changes import refuse_changes
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder

Follow = Callable[[Run, float], None]  # trains a run until its seconds are so many, or to its end, and saves it


def train_entry(wanted: Recipe, place: Path, budget: float, follow: Follow) -> str:
    """Train a recipe into a run until its steps are done or the budget is spent, from where it stopped.

    Returns a note if it diverged. Raises UsageError if another recipe was trained there.
    """
    started = RunFolder(place).recipe.is_file()
    if started:
        _refuse_another(wanted, place)
    if RunFolder(place).diverged.is_file():
        return str(json.loads(RunFolder(place).diverged.read_bytes())["note"])
    if started and _is_done(wanted, place, budget):
        return ""
    steps = [f"train.steps={wanted.train.steps}"]
    try:
        with Run.resume(place, steps) if started else Run.create(wanted, place) as run:
            follow(run, budget)
    except DivergedError as error:
        note = "diverged" if error.step is None else f"diverged at step {error.step}"
        text = json.dumps({"note": note, "error": str(error)})
        write_whole(RunFolder(place).diverged, text.encode(), durable=True)
        return note
    return ""


def _refuse_another(wanted: Recipe, place: Path) -> None:
    if RunFolder(place).newest() and (origin := checkpoint.newest(place).origin):
        raise UsageError(f"{place}: started from {origin}, and not from new networks; name another folder with --out")
    try:
        before = recipe.load(RunFolder(place).recipe)
        refuse_changes(before, precision.kept(wanted, before))
    except RecipeError as error:
        changes = "; ".join(error.problems[1:] or error.problems)
        raise UsageError(
            f"{place}: was trained by another recipe ({changes}); name another folder with --out"
        ) from None


def _is_done(wanted: Recipe, place: Path, budget: float) -> bool:
    if not RunFolder(place).checkpoints():
        return False
    saved = checkpoint.newest(place)
    return saved.ended or saved.step >= wanted.train.steps or saved.seconds >= budget
