"""An extractor comes with the package, from the data folder or is made once; or it is the one that is asked for."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build, recipe
from gancli.data import MNIST, ImageDataset, Ring
from gancli.errors import CheckpointError, PluginError, UsageError
from gancli.extractors import Extractor, Frozen, for_dataset, from_file, learnable, load, save
from gancli.extractors.classifier import train_classifier

Make = Callable[..., ImageDataset]

PLUGIN = """
import torch
from gancli.extractors import Extractor, as_pictures

class Mean(Extractor):
    id, dim = "mean-v1", 1
    def __init__(self, dataset):
        self.n = len(dataset)
    def features(self, images):
        return as_pictures(images).flatten(1).mean(1, keepdim=True)

def broken(dataset):
    raise OSError("no such weights")

def choosy(dataset):
    raise ValueError("these images are too small")

def wrong(dataset):
    return torch.nn.Identity()
"""
UNREADABLE = """
import torch
from gancli import Dataset, DataSpec

class Unreadable(Dataset):
    spec, fingerprint = DataSpec((1, 8, 8), 2, ("a", "b")), "x"
    def __len__(self):
        return 200
    def gather(self, indices, rng):
        raise OSError("no such page")
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training that is short: what it learns is not asked here."""
    monkeypatch.setattr("gancli.extractors.source.train_classifier", partial(train_classifier, images_seen=64))


@pytest.fixture
def kept(tmp_path: Path) -> Callable[[], list[Path]]:
    """The files that are kept in the data folder."""
    return lambda: sorted((tmp_path / "data" / "extractors").iterdir())


def test_digits_have_the_one_that_comes_with_the_package(tmp_path: Path) -> None:
    digits = MNIST(source="embedded")
    assert for_dataset(digits, "mnist").record.fingerprint == learnable(digits).fingerprint
    assert not (tmp_path / "data").exists()


def test_other_images_under_the_name_of_digits_do_not(data: ImageDataset) -> None:
    assert for_dataset(data, "mnist").record.fingerprint == learnable(data).fingerprint


def test_labelled_images_have_a_classifier_and_others_random_features(
    data: ImageDataset, unlabelled: ImageDataset, make: Make
) -> None:
    assert for_dataset(data).id.startswith("classifier-v1@sha256:")
    assert for_dataset(unlabelled).id.startswith("random-v1@sha256:")
    assert for_dataset(make(200, classes=1)).record.network == "random-v1"  # one class alone cannot be classified
    assert for_dataset(make(99)).record.network == "random-v1"  # and too little to learn from
    assert for_dataset(make(100)).record.network == "classifier-v1"
    assert for_dataset(make(249, classes=10)).record.network == "random-v1"


def test_it_is_made_once(make: Make, kept: Callable[[], list[Path]]) -> None:
    made: list[float] = []
    first = for_dataset(make(), progress=made.append)
    assert made
    made.clear()
    assert for_dataset(make(), progress=made.append).id == first.id
    assert not made
    for_dataset(make(seed=3), progress=made.append)
    assert made
    assert len(kept()) == 2


def test_random_features_need_no_file(unlabelled: ImageDataset, tmp_path: Path) -> None:
    assert for_dataset(unlabelled).id == for_dataset(unlabelled).id
    assert not (tmp_path / "data").exists()


def test_a_damaged_one_is_made_anew(data: ImageDataset, kept: Callable[[], list[Path]]) -> None:
    first = for_dataset(data)
    whole = kept()[0].read_bytes()
    kept()[0].write_bytes(whole[:-9])
    assert for_dataset(data).id == first.id
    assert load(kept()[0]).id == first.id


def test_what_was_kept_under_the_old_name_is_made_anew_without_a_word(
    data: ImageDataset, kept: Callable[[], list[Path]], tmp_path: Path
) -> None:
    old = tmp_path / "data" / "extractors" / f"digits-v1-{data.fingerprint[:16]}.safetensors"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"whatever it was")
    assert for_dataset(data).id.startswith("classifier-v1@")
    assert len(kept()) == 2


def test_a_data_folder_that_cannot_be_written_costs_only_time(data: ImageDataset, tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert for_dataset(data).id == for_dataset(data).id


def test_what_is_asked_for_by_name_learns_from_what_does_not_judge(
    ask: Callable[..., Extractor], install: Callable[..., None], data: ImageDataset
) -> None:
    install("gan-mean", "gancli.extractors", {"mean": "gan_mean:Mean"}, PLUGIN)
    made: Any = ask("mean")
    assert made.n == 200 == len(learnable(data))
    assert made.learns


def test_points_have_none() -> None:
    with pytest.raises(UsageError, match=r"the shape \(2,\)"):
        for_dataset(Ring())


def test_a_file_is_taken_for_images_that_it_was_made_for(classifier: Frozen, data: ImageDataset, make: Make) -> None:
    path = Path("mine.safetensors")
    save(classifier, path)
    assert from_file(path, data.spec).id == classifier.id
    assert from_file(path, make(labelled=False).spec).id == classifier.id
    with pytest.raises(UsageError, match=r"takes images of shape \(1, 12, 12\)"):
        from_file(path, make(shape=(3, 12, 12)).spec)
    with pytest.raises(UsageError, match="knows the classes stripes-0, stripes-1, and these images have"):
        from_file(path, make(classes=3).spec)


@pytest.fixture
def ask(load: Callable[..., recipe.Recipe], digits: str, data: ImageDataset) -> Callable[..., Extractor]:
    """``ask(chosen)`` is the extractor of the small images that a user gets."""
    return lambda chosen="": build.extractor(load(digits), data, chosen)


def test_a_user_asks_for_a_file_or_a_component_by_name(
    ask: Callable[..., Extractor], classifier: Frozen, install: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    install("gan-mean", "gancli.extractors", {"mean": "gan_mean:Mean"}, PLUGIN)
    save(classifier, Path("mine.safetensors"))
    assert ask("mine.safetensors").id == classifier.id
    assert ask("random-v1").id.startswith("random-v1@")
    assert ask().id.startswith("classifier-v1@")
    mean = ask("mean")
    assert (mean.id, mean.dim, mean.classes(torch.zeros(1, 1, 2, 2))) == ("mean-v1", 1, None)
    assert mean.features(torch.ones(2, 1, 4, 4)).tolist() == [[1], [1]]


def test_an_extractor_may_refuse_images(ask: Callable[..., Extractor], install: Callable[..., None]) -> None:
    install("gan-choosy", "gancli.extractors", {"choosy": "gan_choosy:choosy"}, PLUGIN)
    with pytest.raises(UsageError, match="extractor choosy: these images are too small"):
        ask("choosy")


@pytest.mark.parametrize(
    ("chosen", "error", "message"),
    [
        ("random", UsageError, "did you mean 'random-v1'"),
        ("missing.safetensors", CheckpointError, "missing.safetensors"),
        ("broken", PluginError, "extractor 'broken' of gan-mean 1.0 failed: OSError: no such weights"),
        ("wrong", PluginError, "expected one of Extractor"),
    ],
)
def test_what_cannot_be_had_is_an_error(
    ask: Callable[..., Any], install: Callable[..., None], chosen: str, error: type[Exception], message: str
) -> None:
    install("gan-mean", "gancli.extractors", {name: f"gan_mean:{name}" for name in ("broken", "wrong")}, PLUGIN)
    with pytest.raises(error, match=message):
        ask(chosen)


def test_a_dataset_that_fails_on_the_way_is_named(
    load: Callable[..., recipe.Recipe], install: Callable[..., None]
) -> None:
    install("gan-scans", "gancli.datasets", {"scans": "gan_scans:Unreadable"}, UNREADABLE)
    asked = load("{dataset: scans, architecture: mlp}")
    with pytest.raises(PluginError, match=r"dataset 'scans' of gan-scans 1.0 failed: OSError: no such page"):
        build.extractor(asked, build.dataset(asked))
