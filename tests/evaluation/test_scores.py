"""Metrics move the way they are said to; real examples get what they should; a number that is none is no number."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gancli.data import MNIST, Ring
from gancli.data.stacked import StackedMNIST
from gancli.errors import DivergedError, UsageError
from gancli.evaluation import METRICS, Report, Score, choose, read_scores, scores_over
from gancli.evaluation.example_set import collect
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.split import split
from gancli.extractors import for_dataset, learnable


@pytest.fixture(scope="module")
def real() -> Any:
    digits = MNIST(source="embedded")
    return digits, split(digits, for_dataset(digits, "mnist"), 250)


def measured(
    real: Any, names: list[str], change: Callable[[Tensor], Tensor], *, as_real: bool = False
) -> dict[str, float]:
    """Of real digits that were changed; ``as_real``: as what real ones get, and not as samples that equal them."""
    digits, parts = real
    draw = parts.draw(0)
    side = collect([change(draw.baseline.examples)], draw.baseline.labels, draw.baseline.extractor)
    unused = parts.unused_rows(draw.baseline) if as_real else None
    inputs = EvaluationInputs(side, draw.reference, parts.train, digits, unused_rows=unused)
    return {key: value for name in names for key, value in METRICS[name].measure(inputs).items()}


def test_noise_makes_everything_worse(real: Any) -> None:
    noise = torch.randn(250, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    found = [
        measured(real, ["frechet", "kernel", "coverage", "agreement"], lambda x, s=sigma: (x + s * noise).clamp(-1, 1))
        for sigma in (0, 0.4, 1.2)
    ]
    for name, direction in {"FD": 1, "KD": 1, "coverage": -1, "density": -1, "agreement": -1}.items():
        values = [direction * scores[name] for scores in found]
        assert values == sorted(values), name
        assert values[-1] > values[0], name


def test_classes_that_are_not_drawn_are_missed(real: Any) -> None:
    whole = measured(real, ["coverage", "classes", "copies"], lambda x: x)
    one = measured(real, ["coverage", "classes", "copies"], lambda x: x[:1].expand_as(x))
    assert whole["classes"] == 10
    assert (one["classes"], one["rarest class"], one["commonest class"]) == (1, 0, pytest.approx(10))
    assert one["class KL"] > 1 > whole["class KL"]
    assert one["coverage"] < 0.2 < 0.9 < whole["coverage"]
    assert (one["repeated"], one["copied"]) == (1, 1)  # and what is expanded is a training example
    assert whole["repeated"] < 0.05


def test_a_classifier_learns_from_good_samples_and_not_from_bad_ones(
    real: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.evaluation.measurements.MAX_SEEN_FOR_CAS", 4000)
    noise = torch.randn(250, 1, 28, 28, generator=torch.Generator().manual_seed(0))
    good = measured(real, ["taught"], lambda x: x)["CAS"]
    assert good > 0.7
    assert measured(real, ["taught"], lambda x: (x + 2 * noise).clamp(-1, 1))["CAS"] < good - 0.1
    assert measured(real, ["taught"], lambda x: x.roll(1, 0))["CAS"] < 0.3  # sharp, and of the wrong classes


def test_copies_are_not_authentic_and_unseen_digits_are(real: Any) -> None:
    assert measured(real, ["authenticity"], lambda x: x)["authentic"] == 0  # the floor's are training examples
    assert measured(real, ["authenticity"], lambda x: x, as_real=True)["authentic"] > 0.3  # among the others


def test_dropped_classes_leave_bins_empty(real: Any) -> None:
    whole = measured(real, ["bins"], lambda x: x)
    three = measured(real, ["bins"], lambda x: x[real[1].draw(0).baseline.labels < 3].repeat(5, 1, 1, 1)[:250])
    assert whole["different bins"] < 0.3 < 0.6 < three["different bins"]
    assert whole["bin divergence"] < 0.1 < 0.3 < three["bin divergence"]


def test_what_real_examples_get_is_of_those_that_no_classifier_has_learned_from(real: Any) -> None:
    digits, parts = real
    learned = digits.gather(learnable(digits).rows, torch.Generator())[0].flatten(1)
    for draw in (parts.draw(0), parts.draw(1)):
        for side in (draw.reference, draw.baseline):
            assert (torch.cdist(side.examples.flatten(1), learned).min(1).values > 0).all()
        both = torch.cat([draw.reference.examples, draw.baseline.examples]).flatten(1)
        assert len(both.unique(dim=0)) == 500


def test_stacks_that_real_data_is_shown_by_are_of_digits_that_were_not_learned_from() -> None:
    stacked = StackedMNIST(examples=10, source="embedded")
    digits = stacked.channels
    assert digits is not None
    found = split(stacked, for_dataset(digits, "mnist"), 30)
    known = digits.gather(learnable(digits).rows, torch.Generator())[0].flatten(1)
    channels = found.draw(0).baseline.examples.flatten(0, 1).flatten(1)
    assert len(channels) == 90
    assert (torch.cdist(channels, known).min(1).values > 0).all()


def test_points_beside_the_modes_are_of_no_quality() -> None:
    ring = Ring()
    parts = split(ring, None, 400)
    draw = parts.draw(0)
    near = EvaluationInputs(draw.baseline, draw.reference, parts.train, ring)
    found = METRICS["modes"].measure(near)
    assert found["modes"] == 8
    assert found["high quality"] > 0.97
    far = EvaluationInputs(collect([draw.baseline.examples + 5]), draw.reference, parts.train, ring)
    found = METRICS["modes"].measure(far)
    assert (found["modes"], found["high quality"]) == (0, 0)
    assert math.isnan(found["mode KL"])  # of no points


def test_parzen_takes_pictures_and_not_pixels_out_of_range(real: Any) -> None:
    inside, beyond = (measured(real, ["parzen"], lambda x, s=scale: x * s) for scale in (1, 1.5))
    assert all(map(math.isfinite, [*inside.values(), *beyond.values()]))


@pytest.mark.parametrize("wrong", [math.inf, math.nan])
def test_a_number_that_is_none_is_null(wrong: float, tmp_path: Path) -> None:
    report = Report(scores_over([{"class KL": 1.0}, {"class KL": wrong}], {"class KL": (wrong,)}))
    score = report.scores["class KL"]
    assert (score.mean, score.deviation, str(score), str(score.real)) == (None, None, "–", "–")
    text = report.to_json()
    assert not {"NaN", "Infinity"} & set(text.replace(",", " ").split())
    assert json.loads(text)["scores"]["class KL"] == {
        "mean": None,
        "sd": None,
        "real": None,
        "real_sd": None,
        "values": [1.0, None],
        "real_values": [None],
    }


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ((0.95, 0.96), "0.955 ± 0.007"),
        ((17.1, 18.3), "17.70 ± 0.85"),
        ((1000.0, 1000.0), "1000 ± 0"),
        ((150.0, 350.0), "250 ± 141"),
        ((4e-4, 4.4e-4), "0.00042 ± 0.00003"),
        ((-0.001, 0.0014), "0.000 ± 0.002"),
        ((0.12345,), "0.1235"),
    ],
)
def test_as_many_digits_are_shown_as_are_certain(values: tuple[float, ...], shown: str) -> None:
    assert str(Score(values)) == shown


def test_scores_that_one_set_of_samples_lacks_are_kept() -> None:
    found = scores_over([{"a": 1.0}, {"a": 2.0, "b": 3.0}], {})
    assert {name: score.values for name, score in found.items()} == {"a": (1.0, 2.0), "b": (3.0,)}


def test_scores_are_read_back_if_the_protocol_and_the_step_are_the_same(tmp_path: Path) -> None:
    scores = {"FD": Score((1.5, 2.5), (0.5, 0.7)), "mode KL": Score((math.inf,))}
    Report(scores, {"step": 7}, {"n": 50}).write(tmp_path)
    found = read_scores(tmp_path, {"n": 50}, 7)
    assert found is not None
    assert found["FD"] == scores["FD"]
    assert found["mode KL"].mean is None
    assert read_scores(tmp_path, {"n": 51}, 7) is None
    assert read_scores(tmp_path, {"n": 50}, 8) is None
    earlier = b'{"protocol": {"n": 50}, "step": 7, "scores": {"FD": {"values": [1.0], "real": 0.5}}}'
    for broken in (earlier, b"", b"{", b"[]", b"{}", b'{"protocol": {"n": 50}, "step": 7, "scores": [1]}', b"\xff"):
        (tmp_path / "metrics.json").write_bytes(broken)
        assert read_scores(tmp_path, {"n": 50}, 7) is None


def test_samples_that_are_not_finite_are_a_divergence(
    points_run: Path, counter: Any, evaluated: Callable[..., Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "gancli.sampling.draw.generate", lambda gan, generator, inputs, *_, **__: torch.full((len(inputs), 2), math.inf)
    )
    with pytest.raises(DivergedError, match="20 of 20 samples are not finite"):
        evaluated(points_run, {"counter": counter.metric}, n=20, seeds=1)


def test_the_usual_metrics_are_neither_slow_nor_old() -> None:
    assert {"precision", "taught", "authenticity", "bins", "parzen"} & choose().keys() == set()
    assert choose(full=True).keys() == METRICS.keys()
    assert list(choose(["coverage", "frechet"])) == ["frechet", "coverage"]
    with pytest.raises(UsageError, match="'freshet', which is not a metric; did you mean 'frechet'"):
        choose(["freshet"])
    with pytest.raises(UsageError, match="--metrics and --full exclude each other"):
        choose(["frechet"], full=True)
