"""How good is it? What a generator draws, held against real examples, beside what other real examples get."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from gancli import build, sampling
from gancli.checkpoint import Checkpoint
from gancli.data import Dataset
from gancli.data.stacked import StackedMNIST
from gancli.errors import UsageError
from gancli.evaluation.evidence import Evidence, Side, Split, split
from gancli.evaluation.measures import METRICS, Metric, Values
from gancli.extractors import Extractor, for_dataset
from gancli.metrics import nearest
from gancli.models import GAN
from gancli.recipe import Recipe
from gancli.registry import suggestion

Progress = Callable[[str], None]  # is told what is done now


@dataclass(frozen=True)
class Score:
    """One number: over the seeds, and what real examples get."""

    values: tuple[float, ...]
    floor: float | None  # None where real examples say nothing

    @property
    def mean(self) -> float:
        return statistics.fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """Of one seed to another; None if there is only one."""
        return statistics.stdev(self.values) if len(self.values) > 1 else None


@dataclass(frozen=True)
class Report:
    """Scores, and all that must be known to compare them with others."""

    scores: dict[str, Score]
    about: dict[str, Any] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()
    nearest: Tensor | None = None  # samples, and below each the training example that is nearest to it

    def to_json(self) -> dict[str, Any]:
        """Plain values: the file ``metrics.json``."""
        scores = {
            name: {"mean": it.mean, "sd": it.deviation, "real": it.floor, "values": list(it.values)}
            for name, it in self.scores.items()
        }
        return {**self.about, "caveats": list(self.caveats), "scores": scores}


def choose(names: Sequence[str]) -> dict[str, Metric]:
    """The metrics of these names; the usual ones if there are none.

    Raises UsageError for an unknown name.
    """
    for name in names:
        if name not in METRICS:
            hint = suggestion(name, METRICS) or f"; there is {', '.join(METRICS)}"
            raise UsageError(f"--metrics: found {name!r}, which is no metric{hint}")
    return {name: it for name, it in METRICS.items() if (name in names if names else it.by_default)}


def evaluate(
    saved: Checkpoint,
    dataset: Dataset,
    metrics: dict[str, Metric],
    *,
    n: int = 10_000,
    seeds: int = 5,
    extractor: str = "",
    device: torch.device | None = None,
    tell: Progress = lambda doing: None,
) -> Report:
    """Judge a checkpoint's generator by its dataset.

    Args:
        n: samples, and real examples to judge them by, at most.
        seeds: so many sets of samples are drawn.
        extractor: a file, or the name of a component; by default, the dataset's own.

    Raises UsageError if none of the metrics applies.
    """
    gan, generator = build.from_checkpoint(saved, device or torch.device("cpu"))
    looks = _extractor(build.recipe_of(saved), dataset, extractor, tell)
    tell("looking at real examples")
    real = split(dataset, looks, n)
    floor = _measure(metrics, Evidence(real.floor, real.reference, real.train, dataset))
    scores: list[Values] = []
    for seed in range(seeds):
        tell(f"drawing and judging, seed {seed}")
        judged = _draw(gan, generator, real, seed)
        scores.append(_measure(metrics, Evidence(judged, real.reference, real.train, dataset, seed)))
    if not scores[0]:
        raise UsageError(f"none of the metrics {', '.join(metrics)} applies to {saved.recipe['dataset']['name']}")
    return Report(
        {name: Score(tuple(it[name] for it in scores), floor.get(name)) for name in scores[0]},
        {
            "checkpoint": str(saved.file or ""),
            "step": saved.step,
            "recipe": saved.name,
            "weights": "averaged" if saved.recipe["train"]["ema"] else "last",
            "dataset": saved.recipe["dataset"]["name"],
            "fingerprint": dataset.fingerprint,
            "n": len(real.reference.examples),
            "seeds": list(range(seeds)),
            "reference": real.protocol,
            "extractor": looks.id if looks else None,
        },
        tuple(it for it in (looks.caveat if looks else "", *(it.caveat for it in metrics.values())) if it),
        _nearest(judged, real.train) if looks else None,
    )


def _extractor(recipe: Recipe, dataset: Dataset, chosen: str, tell: Progress) -> Extractor | None:
    """What images are compared in; points are compared as they are."""
    if not dataset.spec.is_image:
        return None
    if isinstance(dataset, StackedMNIST) and not chosen:  # every channel is a digit
        return for_dataset(dataset.mnist, "mnist")
    return build.extractor(recipe, dataset, chosen, progress=lambda share: tell(f"making an extractor, {share:.0%}"))


def _nearest(judged: Side, train: Side, count: int = 20) -> Tensor:
    """The samples that are nearest to a training example, and these, of shape (2 count, *shape).

    The nearest of every class come first, for those of a plain class, ones say, are nearer than any other.
    """
    found = nearest(judged.features, train.features)
    classes = judged.classes if judged.classes is not None else torch.zeros(len(found.distances), dtype=torch.long)
    ranks: dict[int, int] = {}
    by_rank = []
    for index in found.distances.argsort().tolist():
        ranks[int(classes[index])] = rank = ranks.get(int(classes[index]), -1) + 1
        by_rank.append((rank, int(classes[index]), index))
    chosen = torch.tensor([index for *_, index in sorted(by_rank)[:count]])
    return torch.cat([judged.examples[chosen], train.examples[found.indices[chosen]]])


def _measure(metrics: dict[str, Metric], evidence: Evidence) -> Values:
    applied = (it.measure(evidence) for it in metrics.values() if it.applies(evidence))
    return {name: value for values in applied for name, value in values.items()}


def _draw(gan: GAN, generator: torch.nn.Module, real: Split, seed: int) -> Side:
    """As many samples as there are real examples to judge by, of the same classes if they can be asked for."""
    labels = real.reference.labels if gan.num_classes else None
    n = len(real.reference.examples)
    return Side(sampling.sample(gan, generator, n, seed=seed, labels=labels), labels, real.reference.extractor)
