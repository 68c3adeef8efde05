"""Several recipes, trained alike and judged alike, beside real data."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gancli import build, monitoring, recipe
from gancli.build import places
from gancli.comparison.results import Comparison, Row, Training
from gancli.comparison.trainings import Follow, train
from gancli.errors import DataError, DivergedError, UsageError
from gancli.evaluation import Judge, Metric, read_scores
from gancli.evaluation.evidence import in_turn
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder
from gancli.training.device import choose_device

__all__ = ["Comparison", "Entry", "Row", "Training", "compare", "entries", "seconds"]

Tell = Callable[[str], None]

SHOWN = 20  # samples of a row


@dataclass(frozen=True)
class Entry:
    """What makes one row: a recipe's trainings, one a seed, or a run that is taken as it is."""

    name: str
    trainings: dict[Path, Recipe]
    is_trained: bool = False


def seconds(budget: str) -> float:
    """``90s``, ``10m`` or ``1h`` in seconds; UsageError for another text."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", budget)
    if not match or not float(match[1]):
        raise UsageError(f"--budget: found {budget!r}, expected a time such as 90s, 10m or 1h")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]]


def entries(words: Sequence[str], folder: Path, seeds: int) -> list[Entry]:
    """A row for every run or recipe that is named; a recipe is trained into ``folder/NAME/seed-S``.

    Words such as ``dataset.root=PATH`` say of all of them where files are. Raises RecipeError, CheckpointError, and
    UsageError for two of a name, for a folder that is a run itself, and for a word that changes what is trained.
    """
    if _is_run(folder):
        raise UsageError(f"{folder}: is a run; name another folder with --out")
    found: dict[str, Entry] = {}
    named, moved = overridden(words)
    if not named:
        raise UsageError("name a recipe or a run, for example: gan compare mnist_gan mnist_dcgan")
    for word in named:
        path = Path(word)
        if _is_run(path):
            name = path.resolve().name
            name = word if name in found else name
            saved = places.moved(checkpoint.newest(path), moved)
            entry = Entry(name, {path: build.recipe_of(saved)}, is_trained=True)
        else:
            source = recipe.locate(word)
            places.refuse_others(moved, places.places(recipe.load(source)) if moved else {})
            by_seed = [recipe.load(source, [f"seed={seed}", *moved]) for seed in range(seeds)]
            entry = Entry(source.stem, {folder / source.stem / f"seed-{it.seed}": it for it in by_seed})
        if entry.name in found:
            raise UsageError(f"{word}: there is a row called {entry.name!r} already; rename one of the two")
        found[entry.name] = entry
    return list(found.values())


def overridden(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """The words that name recipes and runs, and those that say where files are: ``KEY=VALUE``, if that is no path."""
    moved = [word for word in words if "=" in word and not Path(word).exists()]
    return [word for word in words if word not in moved], moved


def _is_run(path: Path) -> bool:
    return RunFolder(path).is_run


def compare(
    rows: Sequence[Entry],
    metrics: dict[str, Metric],
    follow: Follow,
    *,
    budget: float,
    tell: Tell,
    **protocol: Any,
) -> Comparison:
    """Train what is not trained yet, and judge it all.

    Args:
        budget: seconds of training, for every seed.
        tell: is told which training comes now.
        protocol: as ``Judge`` takes it.

    Raises UsageError for rows of different data.
    """
    judge = _judge(rows, metrics, **protocol)
    made = []
    for entry in rows:
        trainings = []
        for place, wanted in entry.trainings.items():
            tell(f"{entry.name}, seed {wanted.seed}")
            note = "" if entry.is_trained else train(wanted, place, budget, follow)
            with task(f"judging {entry.name}, seed {wanted.seed}"):
                trainings.append(_judged(place, wanted, judge, note))
        made.append(Row(entry.name, tuple(trainings), _samples(trainings)))
    return Comparison(tuple(made), judge.baseline, judge.protocol, judge.caveats, judge.absent, _examples(judge))


def _judge(rows: Sequence[Entry], metrics: dict[str, Metric], **protocol: Any) -> Judge:
    """By the data of the first row; before anything is trained, for that may be in vain."""
    begun, first = next(iter(rows[0].trainings.items()))
    dataset = build.dataset(first, checkpoint.newest(begun).data if rows[0].is_trained else None)
    for entry in rows:
        place, wanted = next(iter(entry.trainings.items()))
        if entry.is_trained:
            saved = checkpoint.newest(place)
            found = (saved.data, saved.fingerprint)
        else:
            other = dataset if wanted.dataset == first.dataset else build.dataset(wanted)
            found = (other.spec, other.fingerprint)
        if found != (dataset.spec, dataset.fingerprint):
            if entry.is_trained and wanted.dataset == first.dataset:
                raise _other_data(place)
            raise UsageError(
                f"{entry.name}: is of the dataset {wanted.dataset.name} ({found[1][:12]}), and {rows[0].name} is of "
                f"{first.dataset.name} ({dataset.fingerprint[:12]}); numbers of different data cannot be compared"
            )
    with task("judging real data"):
        judge = Judge(first, dataset, metrics, device=choose_device("auto"), **protocol)
        judge.refuse_nothing()
    return judge


def _other_data(place: Path) -> DataError:
    return DataError(f"{place}: was trained on other data than is here now; bring it back, or train anew with --out")


def _judged(place: Path, wanted: Recipe, judge: Judge, note: str) -> Training:
    unjudged = Training(str(place), wanted.seed, wanted.train.steps, note)
    if not RunFolder(place).checkpoints():
        return unjudged
    saved = checkpoint.newest(place)
    if saved.fingerprint != judge.dataset.fingerprint:
        raise _other_data(place)
    note = note or monitoring.failure_note(saved.monitor)
    found = replace(unjudged, step=saved.step, seconds=saved.seconds, note=note)
    scores = read_scores(place, judge.protocol, saved.step)
    if scores is None:
        try:
            report = judge(saved)
        except (DivergedError, UsageError) as error:  # no numbers, and still a row
            return replace(found, note=note or str(error))
        report.write(place)
        scores = report.scores
    return replace(found, scores=scores)


def _samples(trainings: Sequence[Training]) -> Tensor | None:
    """Of the first training that has a checkpoint, the classes in turn."""
    place = next((it.run for it in trainings if it.step is not None), None)
    if place is None:
        return None
    gan, generator = build.from_checkpoint(checkpoint.newest(Path(place)), torch.device("cpu"))
    n = SHOWN if gan.data.is_image else 100 * SHOWN
    return draw.sample(gan, generator, n, labels=torch.arange(n) % gan.num_classes if gan.num_classes else None)


def _examples(judge: Judge) -> Tensor:
    """Real ones, as many as samples; the classes in turn if there are any."""
    side, n = judge.real.draw(0).reference, SHOWN if judge.dataset.spec.is_image else 100 * SHOWN
    if side.labels is None:
        return side.examples[:n]
    return side.examples[in_turn(side.labels)[:n]]
