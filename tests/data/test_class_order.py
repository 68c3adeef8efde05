"""A run that began when classes were in the order of the alphabet keeps their numbers, wherever it is resumed."""

import json
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gancli import build
from gancli.extractors import random_features
from gancli.run.verification import outcome
from gancli.storage import checkpoint

OLD, NEW = ("1", "10", "2", "3"), ("1", "2", "3", "10")


@pytest.fixture
def old_run(
    gan: Any, write: Any, pictures: str, picture: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """Two runs of an older version: one that was left alone, and one that stopped half-way."""
    for index in range(48):
        picture(f"numbers/{NEW[index % 4]}/{index}.png", index)
    recipe = write(pictures.replace("pictures", "numbers"))
    with monkeypatch.context() as older:
        older.setattr("gancli.data.classes.natural_key", lambda name: (name,))
        for name, steps in (("whole", 6), ("stopped", 3)):
            result = gan("train", recipe, f"train.steps={steps}", "--out", name)
            assert result.exit_code == 0, result.output
    return {name: Path(name) for name in ("whole", "stopped")}


def test_a_resumed_run_keeps_the_numbers_of_its_classes(gan: Any, old_run: dict[str, Path]) -> None:
    assert checkpoint.newest(old_run["stopped"]).data.class_names == OLD
    result = gan("train", "--resume", "stopped", "train.steps=6")
    assert result.exit_code == 0, result.output
    assert outcome(old_run["stopped"]).tensors == outcome(old_run["whole"]).tensors
    assert checkpoint.newest(old_run["stopped"]).data.class_names == OLD


def test_its_samples_are_of_the_class_that_is_asked_for(gan: Any, old_run: dict[str, Path]) -> None:
    for name, label in (("2", 2), ("10", 1)):
        assert gan("sample", "whole", "--class", name, "--n", "2", "--out", f"{name}.npz").exit_code == 0
        with np.load(f"{name}.npz") as arrays:
            assert arrays["labels"].tolist() == [label, label]


def test_it_is_judged_with_its_own_numbers(gan: Any, old_run: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    saved = checkpoint.newest(old_run["whole"])
    recipe = build.recipe_of(saved)
    new, old = build.dataset(recipe), build.dataset(recipe, saved.data)
    assert (new.spec.class_names, old.spec.class_names) == (NEW, OLD)
    assert old.fingerprint == saved.fingerprint != new.fingerprint
    # No classifier is trained, which takes minutes.
    monkeypatch.setattr("gancli.build.data.for_dataset", lambda dataset, name, progress: random_features.fit(dataset))
    for command in ("evaluate", "compare"):
        result = gan(command, "whole", "--metrics", "coverage", "--seeds", "1", "--json")
        assert result.exit_code == 0, result.output
        assert "not what this was trained on" not in result.output
    assert json.loads(Path("whole/metrics.json").read_text())["protocol"]["fingerprint"] == saved.fingerprint


def test_decomposed_names_of_a_mac_are_asked_for_as_they_are_typed(
    gan: Any, write: Any, pictures: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed in either form; and of a run from before names were composed too, which is resumed if that is accepted."""
    mac = unicodedata.normalize("NFD", "café")
    Path("pictures/cat").rename(f"pictures/{mac}")
    with monkeypatch.context() as older:
        for module in ("spec", "classes", "scanned_folder", "listing"):
            older.setattr(f"gancli.data.{module}.composed", str)
        assert gan("train", write(pictures), "train.steps=3", "--out", "old").exit_code == 0
    assert mac.encode() in Path("old/checkpoints/step-0000003.safetensors").read_bytes()
    assert gan("train", write(pictures), "--out", "new").exit_code == 0
    for run in ("old", "new"):
        for typed in ("café", mac):
            result = gan("sample", run, "--class", typed, "--n", "2", "--out", f"{run}.npz", "--force")
            assert result.exit_code == 0, result.output
    result = gan("train", "--resume", "old", "train.steps=4")
    assert result.exit_code == 3
    assert "the same files are read in another way" in result.stderr
    assert gan("train", "--resume", "old", "train.steps=4", "--allow-data-change").exit_code == 0


def test_a_new_run_has_numbers_in_order(gan: Any, old_run: dict[str, Path]) -> None:
    assert gan("train", "r.yaml", "train.steps=2").exit_code == 0
    assert checkpoint.newest(Path("runs/r")).data.class_names == NEW
    result = gan("train", "--resume", "runs/r", "train.steps=3", "--dry-run")
    assert "with 12 each: 1, 2, 3, 10" in result.stderr
    result = gan("train", "--resume", "whole", "train.steps=7", "--dry-run")
    assert "with 12 each: 1, 10, 2, 3" in result.stderr
