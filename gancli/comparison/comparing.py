"""Comparison of rows: train those that are not trained yet, and evaluate all of them by one protocol."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gancli import build, monitoring
from gancli.comparison.results import Comparison, Row, TrainingResult
from gancli.comparison.rows import Entry
from gancli.comparison.trainings import Follow, train_entry
from gancli.data import Dataset
from gancli.data.sources import fixed_sources
from gancli.errors import DataError, DivergedError, RecipeError, UsageError
from gancli.evaluation import Evaluator, Metric, read_scores
from gancli.evaluation.inputs import interleave_classes
from gancli.progress import task
from gancli.recipe import Recipe
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.run_folder import RunFolder
from gancli.training.device import choose_device

Announce = Callable[[str], None]

NUM_IMAGES, NUM_POINTS = 20, 2000  # samples of a row


def compare(
    rows: Sequence[Entry],
    metrics: dict[str, Metric],
    follow: Follow,
    *,
    budget: float,
    announce: Announce,
    **protocol: Any,
) -> Comparison:
    """Train the rows that are not trained yet, and evaluate all of them.

    Args:
        budget: seconds of training, for every seed.
        announce: called with the name of the next training.
        protocol: as ``Evaluator`` takes it.

    Raises UsageError for rows of different data.
    """
    evaluator = _evaluator(rows, metrics, **protocol)
    made = []
    for entry in rows:
        trainings = []
        for place, wanted in entry.trainings.items():
            announce(f"{entry.name}, seed {wanted.seed}")
            note = "" if entry.is_trained else train_entry(wanted, place, budget, follow)
            with task(f"evaluating {entry.name}, seed {wanted.seed}"):
                trainings.append(_evaluated(place, wanted, evaluator, note))
        made.append(Row(entry.name, tuple(trainings), _samples(trainings, evaluator.dataset)))
    return Comparison(
        tuple(made),
        evaluator.baseline,
        evaluator.protocol,
        evaluator.caveats,
        evaluator.left_out,
        _examples(evaluator),
        evaluator.beside,
    )


def _evaluator(rows: Sequence[Entry], metrics: dict[str, Metric], **protocol: Any) -> Evaluator:
    """An evaluator on the data of the first row; made first, so that its errors come before any training."""
    begun, first = rows[0].first
    dataset = build.dataset(first, checkpoint.newest(begun).data if rows[0].is_trained else None)
    for entry in rows:
        place, wanted = entry.first
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
                f"{entry.name}: uses the dataset {wanted.dataset.name} ({found[1][:12]}), and {rows[0].name} uses "
                f"{first.dataset.name} ({dataset.fingerprint[:12]}); numbers of different data cannot be compared"
            )
        if not RunFolder(place).is_run:
            _check_game(entry, dataset)
    with task("evaluating real data"):
        evaluator = Evaluator(first, dataset, metrics, device=choose_device("auto"), **protocol)
        evaluator.check_applicable()
    return evaluator


def _check_game(entry: Entry, dataset: Dataset) -> None:
    """Raises what its training would raise for components that do not fit together, with the name of the variant."""
    try:
        build.check_game(entry.first[1], dataset)
    except RecipeError as error:
        raise RecipeError(*map(entry.variant.described, error.problems)) from None


def _other_data(place: Path) -> DataError:
    return DataError(f"{place}: was trained on data that have changed since; restore them, or train again with --out")


def _evaluated(place: Path, wanted: Recipe, evaluator: Evaluator, note: str) -> TrainingResult:
    unevaluated = TrainingResult(str(place), wanted.seed, wanted.train.steps, note)
    if not RunFolder(place).checkpoints():
        return unevaluated
    last, saved = checkpoint.newest(place), checkpoint.result(place)
    if saved.fingerprint != evaluator.dataset.fingerprint:
        raise _other_data(place)
    note = "; ".join(filter(None, [note or monitoring.failure_note(saved.monitor), *_remarks(last)]))
    found = replace(unevaluated, step=saved.step, seconds=last.seconds, note=note, ended=last.ended)
    scores = read_scores(place, evaluator.protocol, saved.step)
    if scores is None:
        try:
            report = evaluator(saved)
        except (DivergedError, UsageError) as error:  # the row stays, without numbers
            return replace(found, note=note or str(error))
        report.write(place)
        scores = report.scores
    return replace(found, scores=scores)


def _remarks(last: Checkpoint) -> list[str]:
    """What else the row of a training should say."""
    ended = [f"the best step; train.patience ended it at step {last.step:,}"] if last.ended else []
    return [*ended, *([f"started from {last.origin.name}, step {last.origin.step:,}"] if last.origin else [])]


def _samples(trainings: Sequence[TrainingResult], dataset: Dataset) -> Tensor | None:
    """Samples of the first training that has a checkpoint, the classes one after the other."""
    place = next((training.run for training in trainings if training.step is not None), None)
    if place is None:
        return None
    gan, generator = build.from_checkpoint(checkpoint.result(Path(place)), torch.device("cpu"))
    n = NUM_IMAGES if gan.data.is_image else NUM_POINTS
    labels = draw.labels_in_turn(gan, n)
    if not gan.translates:
        return draw.sample(gan, generator, n, labels=labels)
    sources = fixed_sources(dataset, n)
    return draw.sample(gan, generator, len(sources), labels=labels, sources=sources)


def _examples(evaluator: Evaluator) -> Tensor:
    """Real ones, as many as samples; the classes one after the other if there are any."""
    real, n = evaluator.real.draw(0).reference, NUM_IMAGES if evaluator.dataset.spec.is_image else NUM_POINTS
    if real.labels is None:
        return real.some(slice(n))
    return real.some(interleave_classes(real.labels)[:n])
