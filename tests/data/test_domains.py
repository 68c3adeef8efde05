"""Two domains without pairs, from folders or from the classes of another dataset."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

from gancli.data import MNIST, Dataset, DataSpec, Domains, FashionMNIST, ImageDataset, Ring, batches, describe
from gancli.data.base import Batch
from gancli.errors import DataError

Picture = Callable[..., Path]


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def levels(folder: str, values: range) -> None:
    """Grey pictures, each of one brightness."""
    Path(folder).mkdir(parents=True)
    for value in values:
        Image.fromarray(np.full((16, 16), value, np.uint8)).save(f"{folder}/{value:03}.png")


def read(images: Tensor) -> list[int]:
    return [round(float(level)) for level in (images[:, 0, 0, 0] + 1) * 127.5]


def drawn(dataset: Domains, seed: int = 0) -> tuple[list[int], list[int]]:
    """The brightness of all targets, and of the sources beside them."""
    target, source = dataset.gather(torch.arange(len(dataset)), rng(seed))
    return read(target), read(source)


@pytest.fixture
def folders() -> Path:
    levels("in/trainA", range(0, 10))
    levels("in/trainB", range(100, 130))
    return Path("in")


def test_the_larger_domain_is_seen_once_an_epoch_and_the_other_one_is_drawn(folders: Path) -> None:
    dataset = Domains(root=folders, size=16)
    targets, sources = drawn(dataset)
    assert targets == list(range(100, 130))
    assert set(sources) <= set(range(10))
    assert len(set(sources)) > 5
    assert drawn(dataset) == (targets, sources)  # a function of the generator alone
    assert drawn(dataset, 1)[1] != sources
    other = Domains(root=folders, size=16, direction="BtoA")
    assert drawn(other) == (sources, targets)
    assert other.fingerprint != dataset.fingerprint


def test_of_equal_numbers_partners_change_too() -> None:
    levels("in/trainA", range(0, 20))
    levels("in/trainB", range(100, 120))
    dataset = Domains(root="in", size=16)
    assert drawn(dataset)[1] == list(range(20))
    assert drawn(dataset, 1)[0] != drawn(dataset, 2)[0]


def test_the_facts(folders: Path) -> None:
    dataset = Domains(root=folders, channels=(1, 3), names=("night", "day"))
    assert (dataset.spec.shape, dataset.spec.source.shape) == ((3, 64, 64), (1, 64, 64))
    assert (dataset.spec.source.paired, dataset.spec.num_classes) == (False, 0)
    assert len(dataset.manifest) == 40
    assert list(dataset.manifest)[:: len(dataset.manifest) - 1] == ["trainA/000.png", "trainB/129.png"]
    assert describe(dataset, labels_used=False) == (
        "training on images without pairs, 10 of night and 30 of day, night → day"
    )


def test_held_out_pictures_are_as_many_of_each_and_none_is_there_twice(folders: Path) -> None:
    levels("in/testA", range(40, 44))
    levels("in/testB", range(200, 230))
    dataset = Domains(root=folders, size=16, load_size=20, flip=True)
    held_out = dataset.held_out()
    assert drawn(held_out) == drawn(held_out, 1) == ([200, 201, 202, 203], [40, 41, 42, 43])
    assert held_out.spec == dataset.spec
    assert held_out.fingerprint != dataset.fingerprint


@pytest.mark.parametrize("workers", [0, 2])
def test_large_folders_stream_the_same_minibatches(folders: Path, workers: int) -> None:
    options: dict[str, Any] = {"root": folders, "size": 12, "load_size": 16, "flip": True}
    kept, streamed = Domains(**options), Domains(**options, memory_mb=0, workers=workers)
    assert (kept.workers, streamed.workers) == (0, workers)
    made = [batches(dataset, 8, seed=0, device=torch.device("cpu")) for dataset in (kept, streamed)]
    for one, other in itertools.islice(zip(*made, strict=True), 5):
        assert all(map(torch.equal, one, other))
    made[1].close()


def test_bad_pictures_are_named(folders: Path) -> None:
    Path("in/trainB/100.png").write_text("nothing")
    with pytest.raises(DataError, match=r"in/trainB: 1 of 30 images cannot be read"):
        Domains(root=folders, size=16)
    dataset = Domains(root=folders, size=16, on_bad_image="skip")
    assert len(dataset) == 29
    assert dataset.left_out == "trainB: 1 of 30 images cannot be read: 100.png"
    Path("in/trainA/100.png").write_text("nothing")
    with pytest.raises(DataError, match=r"in/trainA: 1 of (.|\n)*in/trainB: 1 of 30 images cannot be read"):
        Domains(root=folders, size=16)


def test_two_classes_are_two_domains(clothes: FashionMNIST) -> None:
    dataset = Domains(of=clothes, classes=("t-shirt", "pullover"))
    counts = clothes.class_counts()
    assert len(dataset) == max(counts[0], counts[2])
    assert dataset.spec == DataSpec((1, 28, 28), source=dataset.spec.source)
    assert dataset.spec.source.names == ("t-shirt", "pullover")
    target, source = dataset.gather(torch.arange(len(dataset)), rng())
    for images, number in ((source, 0), (target, 2)):
        of_class = clothes.images[clothes.labels == number].float() / 127.5 - 1
        assert all(any(torch.equal(image, known) for known in of_class) for image in images)
    held_out = dataset.held_out()
    of_test = clothes.held_out().class_counts()
    assert len(held_out) == min(of_test[0], of_test[2])


def test_the_order_of_the_classes_of_the_other_dataset_changes_nothing(picture: Picture) -> None:
    images, labels = torch.arange(8, dtype=torch.uint8).reshape(8, 1, 1, 1).repeat(1, 1, 8, 8), torch.arange(8) % 2
    one = Domains(of=ImageDataset(images, labels, ("x", "y")), classes=("x", "y"))
    other = Domains(of=ImageDataset(images, 1 - labels, ("y", "x")), classes=("x", "y"))
    assert drawn(one) == drawn(other)


class Bare(Dataset):
    """A dataset that keeps the contract and no more."""

    spec = DataSpec((1, 8, 8), 2, ("x", "y"))
    fingerprint = "bare"

    def __len__(self) -> int:
        return 600

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return (indices / 300 - 1).reshape(-1, 1, 1, 1).expand(-1, 1, 8, 8), indices % 2


def test_any_labelled_dataset_will_do() -> None:
    dataset = Domains(of=Bare(), classes=("y", "x"), flip=True)
    target, source = dataset.gather(torch.arange(300), rng())
    assert (((target[:, 0, 0, 0] + 1) * 300).round() % 2 == 0).all()
    assert (((source[:, 0, 0, 0] + 1) * 300).round() % 2 == 1).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, r"found neither root nor of; say where your files are, with dataset\.root=DIR"),
        ({"root": Path("in"), "of": "digits", "classes": ("3", "8")}, "root: found beside of"),
        ({"of": "digits", "classes": ("3", "8"), "size": 64, "fit": "pad"}, "size, fit: found beside of"),
        ({"of": "digits"}, "classes: missing; expected two of 0, 1, 2, 3, 4, …"),
        ({"of": "digits", "classes": ("3", "3")}, "classes: found '3' twice"),
        (
            {"of": "digits", "classes": ("3", "three")},
            "classes: found 'three', which is no class of it; expected two of",
        ),
        ({"of": "ring", "classes": ("3", "8")}, "of: found data without classes of images"),
        ({"of": "bare", "classes": ("X", "y")}, "found 'X', which is no class of it; did you mean 'x'"),
        ({"root": Path("in"), "classes": ("3", "8")}, "classes: found some without of"),
        ({"root": Path("in"), "load_size": 32}, "load_size: found 32×32, expected at least the size .* 64×64"),
    ],
)
def test_options_that_do_not_go_together_are_refused(folders: Path, options: dict[str, Any], message: str) -> None:
    datasets = {"digits": lambda: MNIST(source="embedded"), "ring": Ring, "bare": Bare}
    if "of" in options:
        options = options | {"of": datasets[options["of"]]()}
    with pytest.raises(ValueError, match=message):
        Domains(**options)


def test_folders_that_are_not_there_are_named(folders: Path) -> None:
    with pytest.raises(DataError, match=r"nowhere: there is no such folder of images"):
        Domains(root=Path("nowhere"))
    with pytest.raises(
        DataError, match=r"in/trainA: found no folders in it; expected trainA/ and trainB/; this folder is"
    ):
        Domains(root=folders / "trainA")
