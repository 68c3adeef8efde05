"""Sets of torchvision, read from small files in the sets' own formats."""

import hashlib
import json
import multiprocessing
import pickle
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import datasets

from gancli.build import dataset as build_dataset
from gancli.data import DataSpec, TorchvisionSet, batches
from gancli.data.torchvision_names import names
from gancli.data.torchvision_sets import VisionSet
from gancli.errors import DataError, RecipeError
from tests.data.test_sets import idx

COLOURS = ("red", "green", "blue")
CIFAR = """\
dataset: {name: torchvision, dataset: CIFAR10, root: cifar}
model: cgan
architecture: {name: dcgan, width: 2}
latent: {dim: 4}
train: {steps: 2, batch_size: 4, log_every: 1}
device: cpu
"""


def pixels(n: int, *shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, *shape), np.uint8)


def written(path: Path, content: bytes) -> str:
    """The digest of the file that is written, as torchvision's own lists have it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


@pytest.fixture
def cifar(monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """CIFAR-10's files with 20 training images and 8 test images; torchvision expects their checksums."""
    folder, colours = Path("cifar/cifar-10-batches-py"), pixels(28, 3072)
    labels = [index % 10 for index in range(28)]

    def batch(name: str, rows: slice) -> list[str]:
        return [name, written(folder / name, pickle.dumps({"data": colours[rows], "labels": labels[rows]}))]

    meta = written(folder / "batches.meta", pickle.dumps({"label_names": [f"class {n}" for n in range(10)]}))
    monkeypatch.setattr(datasets.CIFAR10, "meta", {**datasets.CIFAR10.meta, "md5": meta})
    first, second = batch("data_batch_1", slice(0, 10)), batch("data_batch_2", slice(10, 20))
    monkeypatch.setattr(datasets.CIFAR10, "train_list", [first, second])
    monkeypatch.setattr(datasets.CIFAR10, "test_list", [batch("test_batch", slice(20, 28))])
    return colours.reshape(28, 3, 32, 32)


@pytest.fixture
def food() -> Path:
    """Food-101's files with 8 training photographs of different sizes and 4 test photographs, of two dishes."""
    folder = Path("food")
    of = {"train": ("pie", "soup", range(4)), "test": ("pie", "soup", range(4, 6))}
    (folder / "food-101" / "meta").mkdir(parents=True)
    for split, (*dishes, numbers) in of.items():
        listed = {dish: [f"{dish}/{number}" for number in numbers] for dish in dishes}
        (folder / "food-101" / "meta" / f"{split}.json").write_text(json.dumps(listed))
        for index, name in enumerate(name for files in listed.values() for name in files):
            path = folder / "food-101" / "images" / f"{name}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(pixels(1, 20 + index, 30, 3, seed=index)[0]).save(path)
    return folder


def emnist(split: str, labels: list[int]) -> None:
    for part, seed in (("train", 0), ("test", 1)):
        prefix = f"letters/EMNIST/raw/emnist-{split}-{part}"
        written(Path(f"{prefix}-images-idx3-ubyte"), idx(pixels(len(labels), 28, 28, seed=seed)))
        written(Path(f"{prefix}-labels-idx1-ubyte"), idx(np.array(labels)))


def test_images_labels_and_class_names_are_the_sets_own(cifar: np.ndarray) -> None:
    data = TorchvisionSet(dataset="CIFAR10", root=Path("cifar"))
    assert data.spec == DataSpec((3, 32, 32), 10, tuple(f"class {number}" for number in range(10)))
    x, y = data.gather(torch.arange(20), torch.Generator())
    torch.testing.assert_close(x, torch.tensor(cifar[:20]) / 127.5 - 1)
    assert y.tolist() == [*range(10)] * 2
    assert data.class_counts() == (2,) * 10
    assert data.workers == 0


def test_the_test_split_is_held_out(cifar: np.ndarray) -> None:
    held_out = TorchvisionSet(dataset="CIFAR10", root=Path("cifar")).held_out()
    assert held_out is not None
    x, y = held_out.gather(torch.arange(8), torch.Generator())
    torch.testing.assert_close(x, torch.tensor(cifar[20:]) / 127.5 - 1)
    assert y.tolist() == [*range(8)]
    assert held_out.spec.num_classes == 10


def test_the_fingerprint_follows_the_examples(cifar: np.ndarray) -> None:
    whole = TorchvisionSet(dataset="CIFAR10", root=Path("cifar"))
    again = TorchvisionSet(dataset="CIFAR10", root=Path("cifar"))
    grey = TorchvisionSet(dataset="CIFAR10", root=Path("cifar"), channels=1)
    small = TorchvisionSet(dataset="CIFAR10", root=Path("cifar"), size=(16, 24))
    assert whole.fingerprint == again.fingerprint
    assert len({whole.fingerprint, grey.fingerprint, small.fingerprint}) == 3
    assert (grey.spec.shape, small.spec.shape) == ((1, 32, 32), (3, 16, 24))


def test_a_pickled_file_with_another_checksum_is_never_opened(cifar: np.ndarray) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path("opened").touch, ()

    Path("cifar/cifar-10-batches-py/data_batch_2").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(DataError, match="CIFAR10: Dataset not found or corrupted"):
        TorchvisionSet(dataset="CIFAR10", root=Path("cifar"))
    assert not Path("opened").exists()


def test_classes_without_examples_are_left_out() -> None:
    """EMNIST's letters begin at 1; its class 0 is "N/A"."""
    emnist("letters", [2, 5, 2, 26])
    data = TorchvisionSet(dataset="EMNIST", root=Path("letters"), options={"split": "letters"})
    assert data.spec == DataSpec((1, 28, 28), 3, ("b", "e", "z"))
    assert data.labels is not None
    assert data.labels.tolist() == [0, 1, 0, 2]
    held_out = data.held_out()
    assert held_out is not None
    assert held_out.spec == data.spec


def test_a_split_without_labels_is_unlabelled(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path("stl/stl10_binary")
    for part in ("train_list", "test_list"):
        files = [[name, written(folder / name, b"")] for name, _ in getattr(datasets.STL10, part)]
        monkeypatch.setattr(datasets.STL10, part, files)
    unlabeled = ["unlabeled_X.bin", written(folder / "unlabeled_X.bin", pixels(3, 3, 96, 96).tobytes())]
    monkeypatch.setattr(datasets.STL10, "train_list", [*datasets.STL10.train_list[:2], unlabeled])
    data = TorchvisionSet(dataset="STL10", root=Path("stl"), options={"split": "unlabeled"})
    assert data.spec == DataSpec((3, 96, 96))
    assert len(data.gather(torch.tensor([1]), torch.Generator())) == 1
    assert data.why_unlabelled == "this split of torchvision's STL10 has no labels"
    assert data.held_out() is None


def test_photographs_of_different_sizes_are_scaled_and_cropped(food: Path) -> None:
    data = TorchvisionSet(dataset="Food101", root=food, size=16)
    assert data.spec == DataSpec((3, 16, 16), 2, ("pie", "soup"))
    assert data.class_counts() == (4, 4)
    held_out = data.held_out()
    assert held_out is not None
    assert (len(held_out), held_out.spec) == (4, data.spec)


def test_different_sizes_without_a_size_are_refused(food: Path) -> None:
    expected = r"images of Food101 have different sizes, such as 20×30 and 21×30; .* for example size: 64"
    with pytest.raises(ValueError, match=expected):
        TorchvisionSet(dataset="Food101", root=food)


def test_a_large_set_streams_the_same_images(food: Path) -> None:
    resident = TorchvisionSet(dataset="Food101", root=food, size=16)
    streamed = TorchvisionSet(dataset="Food101", root=food, size=16, memory_mb=0, workers=1)
    assert (resident.workers, streamed.workers) == (0, 1)
    assert streamed.fingerprint == TorchvisionSet(dataset="Food101", root=food, size=16, memory_mb=0).fingerprint
    cpu = torch.device("cpu")
    from_memory, from_worker = (batches(data, 8, seed=0, device=cpu) for data in (resident, streamed))
    for _ in range(2):
        for expected, found in zip(next(from_memory), next(from_worker), strict=True):
            assert found.equal(expected)
    from_worker.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_damaged_photograph_is_named(food: Path) -> None:
    (food / "food-101" / "images" / "soup" / "1.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"example 5 of Food101 in food: .*; delete the folder to download it again"):
        TorchvisionSet(dataset="Food101", root=food, size=16)


def test_what_is_not_here_is_named_with_its_folder_and_a_command() -> None:
    with pytest.raises(DataError) as raised:
        TorchvisionSet(dataset="SVHN")
    folder = r"\S+/data/torchvision/SVHN"
    command = rf"python -c 'from torchvision import datasets; datasets\.SVHN\(root=\"{folder}\", download=True\)'"
    offline = "GAN_OFFLINE is set, so nothing is downloaded: unset it, or"
    expected = rf"SVHN: Dataset not found or corrupted; {offline} fill {folder} where there is a network: {command}"
    assert re.fullmatch(expected, str(raised.value))
    for name in ("FER2013", "LFWPeople"):
        with pytest.raises(DataError, match=rf"{name}: .*torchvision does not download it: put its files into here"):
            TorchvisionSet(dataset=name, root=Path("here"))
    assert not Path("here").exists()
    with pytest.raises(DataError, match=r"USPS: No such file or directory: \S+usps\.bz2; GAN_OFFLINE"):
        TorchvisionSet(dataset="USPS")


def test_a_download_that_fails_is_an_error_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_OFFLINE", "0")
    asked: list[Any] = []

    def refuse(*arguments: Any, **options: Any) -> None:
        asked.append(arguments)
        raise TimeoutError("timed out")

    monkeypatch.setattr("torchvision.datasets.svhn.download_url", refuse)
    with pytest.raises(DataError, match=r"SVHN: timed out; fill there where there is a network: python -c"):
        TorchvisionSet(dataset="SVHN", root=Path("there"))
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("dataset", "problem"),
    [
        ("CIFAR", "found 'CIFAR', .*; did you mean 'CIFAR10'?; available: CIFAR10, CIFAR100, "),
        ("cifar100", "; did you mean 'CIFAR100'?; available"),
        ("datasets", "found 'datasets', which is not a set of torchvision with classes; available"),
        ("wrap_dataset_for_transforms_v2", "which is not a set of torchvision with classes"),
        ("CelebA", "torchvision's CelebA holds attributes, and not one class an image; .* use dataset: {name: folder"),
        ("VOCDetection", "holds boxes"),
        ("Sintel", "which is not a set of torchvision with classes"),
        ("LSUN", "holds files that can run code, and that torchvision does not check"),
        ("ImageFolder", "holds your own images"),
        ("CIFAR10, options: {spilt: test}", "CIFAR10 has no option 'spilt'; available: no options"),
        ("SVHN, options: {spilt: test}", "SVHN has no option 'spilt'; did you mean 'split'?; available: split"),
        ("EMNIST", "EMNIST needs split; for example options: {split: …}"),
        ("EMNIST, options: {split: leters}", "EMNIST: Unknown value 'leters' for argument split. Valid values are"),
        ("CIFAR10, options: {download: true}", "CIFAR10 has no option 'download'"),
    ],
)
def test_a_mistake_is_shown_at_the_recipes_line(load: Callable[..., Any], dataset: str, problem: str) -> None:
    recipe = load(CIFAR.replace("CIFAR10", dataset))
    expected = ".*".join(map(re.escape, problem.split(".*")))
    with pytest.raises(RecipeError, match=rf"r\.yaml:1:1: dataset: .*{expected}"):
        build_dataset(recipe)


def test_labels_of_another_kind_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the list of names cannot know is seen at the first example."""
    written(Path("q/QMNIST/raw/qmnist-train-images-idx3-ubyte"), idx(pixels(2, 28, 28)))
    labels = bytes([0, 0, 12, 2]) + (2).to_bytes(4) + (8).to_bytes(4) + np.zeros(16, ">i4").tobytes()
    written(Path("q/QMNIST/raw/qmnist-train-labels-idx2-int"), labels)
    digits = TorchvisionSet(dataset="QMNIST", root=Path("q"), options={"what": "train"})
    assert digits.spec == DataSpec((1, 28, 28), 1, ("0 - zero",))
    assert digits.held_out() is None  # 'what' names the split, so the other one would be the same
    with pytest.raises(
        ValueError, match="QMNIST holds a Image with a Tensor; expected images with the number of their class"
    ):
        TorchvisionSet(dataset="QMNIST", root=Path("q"), options={"compat": False})


def test_every_set_of_classes_is_known_with_its_options() -> None:
    known = names()
    assert {"CIFAR100", "SVHN", "STL10", "EMNIST", "KMNIST", "USPS", "Flowers102", "OxfordIIITPet", "ImageNet"} <= set(
        known
    )
    assert not {"CelebA", "Kitti2012Stereo", "FlyingChairs", "VisionDataset", "Kinetics"} & set(known)
    for name in known:
        parameters = VisionSet(name, Path(), {"split": "letters"} if name == "EMNIST" else {}).parameters
        assert "root" in parameters


@pytest.mark.parametrize(
    ("name", "options", "training", "held_out"),
    [
        ("CIFAR10", {}, {"train": True}, [{"train": False}]),
        ("EMNIST", {"split": "letters"}, {"train": True}, [{"train": False}]),
        ("SVHN", {}, {}, [{"split": "test"}, {"split": "val"}]),
        ("SVHN", {"split": "test"}, {}, []),
        ("OxfordIIITPet", {}, {}, [{"split": "test"}]),  # of 'trainval', 'val' is a part
        ("LFWPeople", {}, {}, []),  # all of its ten folds
        ("EuroSAT", {}, {}, []),
    ],
)
def test_no_held_out_split_shares_examples_with_the_training(
    name: str, options: dict[str, str], training: dict[str, Any], held_out: list[dict[str, Any]]
) -> None:
    source = VisionSet(name, Path(), options)
    assert source.training_part() == training
    assert list(source.held_out_parts()) == held_out


def test_the_command_trains_and_says_what_it_trains_on(
    cifar: np.ndarray, gan: Callable[..., Any], write: Callable[..., Path]
) -> None:
    done = gan("train", write(CIFAR), "--out", "run")
    assert done.exit_code == 0, done.output
    assert "training on 20 images of 10 classes with 2 each" in done.stderr
    missing = gan("train", write(CIFAR), "dataset.root=nowhere")
    assert missing.exit_code == 3
    assert "GAN_OFFLINE is set" in missing.stderr
