"""As many samples as real examples, of the same classes; what real ones get stands beside, and the protocol with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.data import Ring
from gancli.errors import DataError, UsageError
from gancli.evaluation import METRICS, Report, choose
from gancli.evaluation.split import shuffled, split
from gancli.storage import checkpoint

Evaluate = Callable[..., Report]
Embedded = Callable[..., Any]


def test_the_protocol_says_what_must_be_equal(evaluated: Evaluate, digits_run: Path) -> None:
    report = evaluated(digits_run, choose(["kernel", "coverage"]), n=60, seeds=2)
    assert report.protocol == {
        "version": 2,
        "dataset": "mnist",
        "fingerprint": checkpoint.newest(digits_run).fingerprint,
        "reference": "60 of the 3,000 training examples that the features did not learn from (none are held out)",
        "n": 60,
        "seeds": [0, 1],
        "extractor": report.protocol["extractor"],
        "metrics": ["kernel", "coverage"],
        "kernel_subset": 60,
    }
    assert report.protocol["extractor"].startswith("classifier-v1@sha256:")
    assert report.about == {
        "checkpoint": str(digits_run / "checkpoints" / "step-0000003.safetensors"),
        "step": 3,
        "recipe": "run",
        "weights": "averaged",
    }


def test_points_have_no_extractor(evaluated: Evaluate, points_run: Path) -> None:
    report = evaluated(points_run, choose(), n=100, seeds=1)
    assert report.protocol["extractor"] is None
    assert "kernel_subset" not in report.protocol
    assert set(report.scores) == {"modes", "high quality", "mode KL"}
    assert not report.pairs


def test_samples_are_as_many_as_the_real_and_of_their_classes(
    evaluated: Evaluate, embedded: Embedded, digits_run: Path, counter: Any
) -> None:
    dataset = embedded(0, 300)
    dataset.labels[:200] = 3
    evaluated(digits_run, {"counter": counter.metric}, dataset, n=80, seeds=2)
    samples = [inputs for inputs in counter.seen if inputs.generated.rows is None]
    others = [inputs for inputs in counter.seen if inputs.generated.rows is not None]
    assert [inputs.seed for inputs in samples] == [inputs.seed for inputs in others] == [0, 1]
    for sampled, other in zip(samples, others, strict=True):
        assert sampled.real is other.real  # a draw of every seed's own
        assert sampled.real.labels.bincount()[3] > 40
        assert len(sampled.generated.examples) == len(other.generated.examples) == len(sampled.real.examples) == 80
        assert sampled.generated.labels.equal(sampled.real.labels)
    assert not others[0].real.examples.equal(others[1].real.examples)


def test_an_unconditional_generator_is_asked_for_nothing(
    evaluated: Evaluate, digits: str, gan: Callable[..., Any], write: Callable[..., Path], counter: Any
) -> None:
    gan("train", write(digits), "model=gan", "--out", "run", "--quiet")
    report = evaluated(Path("run"), {"counter": counter.metric, "agreement": METRICS["agreement"]}, n=20, seeds=1)
    assert [inputs.generated.labels for inputs in counter.seen if inputs.generated.rows is None] == [None]
    assert (list(report.scores), report.unfit) == (["calls"], ("agreement",))


def test_seeds_differ_and_come_again(evaluated: Evaluate, embedded: Embedded, digits_run: Path) -> None:
    chosen, some = choose(["frechet"]), embedded(0, 100)
    first, again = (evaluated(digits_run, chosen, some, n=40, seeds=2).scores["FD"] for _ in range(2))
    assert first == again
    assert first.values[0] != first.values[1]
    assert first.mean == pytest.approx(sum(first.values) / 2)
    assert first.deviation == pytest.approx(abs(first.values[0] - first.values[1]) / 2**0.5)
    assert evaluated(digits_run, chosen, some, n=40, seeds=1).scores["FD"].values == first.values[:1]


def test_half_the_data_is_the_most_where_none_is_held_out(embedded: Embedded) -> None:
    found = split(embedded(0, 101), None, 10_000)
    draw = found.draw(0)
    assert len(draw.reference.examples) == len(draw.baseline.examples) == 50
    both = torch.cat([draw.reference.examples, draw.baseline.examples]).flatten(1)
    assert len(both.unique(dim=0)) == 100  # no example is on both sides
    assert found.protocol == "50 of the 101 training examples (none are held out)"


def test_what_is_held_out_is_judged_by(embedded: Embedded) -> None:
    unseen = embedded(500, 600)
    dataset = embedded(0, 300, unseen)
    found = split(dataset, None, 10_000)
    assert found.protocol == "100 of the 100 held-out examples"
    reference, baseline = found.draw(0).reference, found.draw(0).baseline
    assert reference.labels is not None
    order = shuffled(unseen)
    assert reference.labels.equal(unseen.labels[order])
    assert reference.examples.equal(unseen.gather(order, torch.Generator())[0])
    assert reference.rows is None
    assert len(baseline.examples) == 100  # of the 300 that it was trained on
    assert baseline.rows is not None
    assert baseline.examples.equal(found.train.examples[baseline.rows])
    assert len(found.train.examples) == 300


def test_fewer_than_are_held_out_are_not_the_first_classes_alone(embedded: Embedded) -> None:
    unseen = embedded(0, 500)
    unseen.labels, order = unseen.labels.sort()
    unseen.images = unseen.images[order]
    labels = split(embedded(500, 800, unseen), None, 100).draw(0).reference.labels
    assert labels is not None
    assert len(labels.unique()) == 10


@pytest.mark.parametrize(("examples", "held_out"), [(19, None), (100, 9), (9, 100)])
def test_too_few_examples_are_refused(embedded: Embedded, examples: int, held_out: int | None) -> None:
    dataset = embedded(0, examples, None if held_out is None else embedded(1000, 1000 + held_out))
    with pytest.raises(DataError, match=f"found {examples} training examples, and {held_out or 'none'} held out"):
        split(dataset, None, 50)


def test_data_that_changed_are_noted_and_other_data_refused(
    evaluated: Evaluate, embedded: Embedded, digits_run: Path
) -> None:
    report = evaluated(digits_run, choose(["coverage"]), embedded(0, 100), n=20, seeds=1)
    assert (
        report.caveats[0]
        == "the data has changed since the training; the samples are compared with the data that is here now"
    )
    assert report.protocol["fingerprint"] == embedded(0, 100).fingerprint
    with pytest.raises(DataError, match=r"was trained on 1×28×28, 10 classes .* is now points of 2 coordinates;"):
        evaluated(digits_run, choose(["coverage"]), Ring(), n=20, seeds=1)


def test_caveats_are_those_of_metrics_that_apply(evaluated: Evaluate, points_run: Path, counter: Any) -> None:
    chosen = {"counter": counter.metric, "parzen": METRICS["parzen"]}
    report = evaluated(points_run, chosen, n=20, seeds=1)
    assert report.caveats == ("it only counts",)
    assert report.unfit == ("parzen",)
    with pytest.raises(UsageError, match="none of the metrics parzen, frechet applies to ring"):
        evaluated(points_run, {name: METRICS[name] for name in ("parzen", "frechet")}, n=20, seeds=1)
