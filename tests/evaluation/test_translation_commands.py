"""Trainings that translate are validated, evaluated and compared by the commands as a user types them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gancli.data import FashionMNIST
from gancli.data.domains import Domains
from gancli.evaluation.domain_classes import classifier_of_domains, translated_class
from gancli.storage import checkpoint
from tests import translators

Gan = Callable[..., Any]
Translator = Callable[..., Path]
FOLDER = "dataset={name: pairs, root: mine, size: 16, channels: [3, 1]}"
VALIDATED = ("train.evaluate_every=2", "train.steps=4")


@pytest.fixture
def mine() -> Path:
    """Ten pairs to train on and six that are held out, side by side in a file each."""
    rng = np.random.default_rng(0)
    for part, count in (("train", 10), ("test", 6)):
        folder = Path("mine", part)
        folder.mkdir(parents=True)
        for index in range(count):
            target = np.full((16, 16, 3), rng.integers(0, 256), np.uint8)
            Image.fromarray(np.concatenate([255 - target, target], 1)).save(folder / f"{index}.png")
    return Path("mine")


def validated(history: list[dict[str, Any]]) -> dict[int, dict[str, float]]:
    return {line["step"]: line["metrics"] for line in history if "metrics" in line}


def test_ten_pairs_of_ones_own(gan: Gan, translator: Translator, mine: Path, history: Callable[..., Any]) -> None:
    run = translator(FOLDER, *VALIDATED)
    assert [sorted(found) for found in validated(history(run)).values()] == 2 * [["L1", "SSIM", "feature distance"]]
    best = min(found["L1"] for found in validated(history(run)).values())
    assert checkpoint.newest(run).best == pytest.approx(best)
    result = gan("evaluate", run, "--seeds", 2)
    assert result.exit_code == 0
    for words in (
        "input copied",
        "target of the nearest training source",
        "L1 ↓",
        "SSIM ↑",
        "in words: ",
        "translated: 6 held-out source images",
        "3 of the 6 held-out targets, none of them of its source",
    ):
        assert words in result.stdout
    assert "FD, KD, density and coverage are left out: 40 images are needed; here are 6" in result.stderr
    found = json.loads(gan("evaluate", run, "--metrics", "l1", "--json").stdout)
    assert found["scores"].keys() == {"L1"}
    assert found["scores"]["L1"]["beside"].keys() == {"input copied", "target of the nearest training source"}
    assert found["scores"]["L1"]["mean"] == pytest.approx(validated(history(run))[4]["L1"], rel=1e-6)
    assert "cycle does not apply" in gan("evaluate", run, "--metrics", "l1,cycle").stderr


def test_patience_goes_by_l1(gan: Gan, translator: Translator, mine: Path) -> None:
    run = translator(FOLDER, "train.evaluate_every=1", "train.patience=1", "train.steps=40", "optimizer.lr=0.0")
    assert checkpoint.newest(run).ended
    assert '"end": "the last evaluation was not better than L1' in (run / "history.jsonl").read_text()


def test_pairs_that_are_not_held_out_are_said(gan: Gan, translator: Translator) -> None:
    run = translator()
    recipe = Path("r.yaml")
    assert recipe.read_text() == translators.RECIPE
    result = gan("train", recipe, "train.evaluate_every=1", "--out", "again")
    assert "note: train.evaluate_every: no pairs are held out: training pairs were translated" in result.stderr
    result = gan("evaluate", run, "--seeds", 1, "--json")
    found = json.loads(result.stdout)
    assert found["caveats"][0].startswith("no pairs are held out")
    assert found["protocol"]["translated"] == "20 training source images"


def test_a_resumed_training_is_validated_by_the_same_numbers(
    gan: Gan, translator: Translator, mine: Path, history: Callable[..., Any]
) -> None:
    whole = validated(history(translator(FOLDER, *VALIDATED)))
    assert gan("train", "r.yaml", FOLDER, *VALIDATED[:1], "train.steps=2", "--out", "half", "--quiet").exit_code == 0
    assert gan("train", "--resume", "half", "train.steps=4", "--quiet").exit_code == 0
    assert validated(history(Path("half"))) == whole


def test_both_directions_have_a_cycle(gan: Gan, translator: Translator, history: Callable[..., Any]) -> None:
    run = translator("model=both-ways", "dataset.paired=false", "dataset.size=28")
    found = json.loads(gan("evaluate", run, "--seeds", 1, "--json").stdout)
    assert 0 < found["scores"]["cycle L1"]["mean"] < 1
    assert found["scores"]["cycle L1"]["real"] is None
    assert {"L1", "SSIM"} & found["scores"].keys() == set()
    assert found["scores"]["copied"]["beside"].keys() == {"input copied"}
    alone = gan("evaluate", run, "--seeds", 1, "--metrics", "cycle", "--json")
    assert json.loads(alone.stdout)["scores"].keys() == {"cycle L1"}
    assert gan("evaluate", run, "direction=AtoB", "--metrics", "cycle", "--seeds", 1).exit_code == 0
    result = gan("evaluate", run, "direction=BtoA")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "here from drawing to photo; leave it out, or train with the other dataset.direction" in result.stderr


def test_too_few_unpaired_images_are_refused_before_training(gan: Gan, translator: Translator) -> None:
    translator()
    result = gan("train", "r.yaml", "model=unpaired", "dataset.paired=false", "train.evaluate_every=1")
    assert result.exit_code == 2
    assert "train.evaluate_every: found 20 examples to translate, expected at least 40; set it to 0" in result.stderr


def test_a_comparison_has_rows_of_what_needs_no_model(gan: Gan, translator: Translator, mine: Path) -> None:
    run = translator(FOLDER)
    result = gan("compare", run, "--out", "compared")
    assert result.exit_code == 0, result.stderr
    for words in ("real data", "input copied", "target of the nearest training source", "L1 ↓", "SSIM ↑"):
        assert words in result.stdout
    found = json.loads(Path("compared/comparison.json").read_text())
    assert found["beside"]["input copied"]["L1"] == found["rows"][0]["scores"]["L1"]["beside"]["input copied"]["mean"]
    assert (
        gan("compare", run, "--out", "compared", "--json").stdout.strip()
        == Path("compared/comparison.json").read_text()
    )


def test_a_classifier_that_knows_both_domains_names_the_translations(
    clothes: FashionMNIST, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = Domains(of=clothes, classes=("t-shirt", "pullover"))
    assert classifier_of_domains(data) is None  # it has learned from training images, and too few are held out
    monkeypatch.setattr("gancli.evaluation.translation_split.MIN_UNPAIRED", 10)
    classifier = classifier_of_domains(data)
    assert classifier is not None
    assert translated_class(classifier, data.spec) == clothes.spec.class_names.index("pullover")
    assert translated_class(None, data.spec) is None
    assert classifier_of_domains(Domains(of=clothes, classes=("t-shirt", "pullover"), names=("a", "b"))) is None
