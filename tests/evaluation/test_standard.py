"""FID: its name, its reference and what is said beside it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gancli.evaluation.standard import caveats, standard_split
from gancli.extractors import Extractor, as_pictures


class Standard(Extractor):
    """Sixteen averages in place of Inception's features."""

    id, dim, learns, is_standard = "sixteen", 16, False, True

    def features(self, images: Tensor) -> Tensor:
        return torch.nn.functional.adaptive_avg_pool2d(as_pictures(images), 4).flatten(1)


def test_the_reference_is_of_the_training_examples_and_real_data_are_held_out(embedded: Callable[..., Any]) -> None:
    data = embedded(0, 300, embedded(300, 340))
    found = standard_split(data, Standard(), 200)
    sets = [found.draw(seed) for seed in (0, 1)]
    assert found.protocol == "200 of the 300 training examples"
    assert [len(some.reference) for some in sets] == [200, 200]
    assert [len(some.baseline) for some in sets] == [40, 40]
    training = {image.numpy().tobytes() for image in data.images}
    held_out = {image.numpy().tobytes() for image in data.held_out().images}
    assert {image.numpy().tobytes() for image in sets[0].reference.kept} <= training
    assert {image.numpy().tobytes() for image in sets[0].baseline.kept} <= held_out
    assert found.unused_rows(sets[0].baseline).tolist() == [*range(200)]


def test_all_training_examples_are_the_reference_if_n_allows_it(embedded: Callable[..., Any]) -> None:
    found = standard_split(embedded(0, 300, embedded(300, 340)), Standard(), 50_000)
    assert (found.n, found.protocol) == (300, "300 of the 300 training examples")


def test_without_held_out_examples_it_is_half_against_half(embedded: Callable[..., Any]) -> None:
    sets = standard_split(embedded(0, 300), Standard(), 50_000).draw(0)
    reference, baseline = ({image.numpy().tobytes() for image in some.kept} for some in (sets.reference, sets.baseline))
    assert (len(reference), len(baseline), reference & baseline) == (150, 150, set())


@pytest.mark.parametrize(("n", "notes"), [(9_999, 2), (10_000, 1)])
def test_a_small_n_is_said_not_to_be_comparable_with_papers(n: int, notes: int) -> None:
    said = list(caveats(Standard(), n))
    assert len(said) == notes
    assert f"N is {n:,} here; most papers compare 50,000 samples with all training images" in said[0]
    assert all("N is below 10,000: this FID is not comparable" in note for note in said[1:])
    assert list(caveats(None, n)) == []


def test_only_here_the_names_are_fid_and_kid(
    gan: Callable[..., Any], digits_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.extractors.inception.pretrained", lambda dataset: Standard())
    asked = ("evaluate", digits_run / "checkpoints" / "step-0000003.safetensors", "--n", 100, "--seeds", 1)
    done = gan(*asked, "--extractor", "inception", "--metrics", "frechet,kernel", "--json")
    assert done.exit_code == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["scores"]) == {"FID", "KID"}
    assert found["protocol"]["extractor"] == "sixteen"
    assert any("N is below 10,000" in note for note in found["caveats"])
    table = gan(*asked, "--extractor", "inception", "--metrics", "frechet")
    assert "FID ↓" in table.stdout
    assert "its distance FID is" in table.stdout
    assert set(json.loads(gan(*asked, "--metrics", "frechet", "--json").stdout)["scores"]) == {"FD"}
