"""The test images of a set that has them lie beside its training images, are read when asked for, and are no others."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gancli.data import MNIST, FashionMNIST, Ring
from gancli.errors import DataError


def idx(array: np.ndarray) -> bytes:
    """An array of bytes in the IDX format."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(side.to_bytes(4) for side in array.shape)
    return header + array.astype(np.uint8).tobytes()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three training digits where the full MNIST would be."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    put(folder, "train", [7, 0, 9])
    return folder


def put(folder: Path, split: str, labels: list[int]) -> None:
    images = np.stack([np.full((28, 28), label) for label in labels])
    (folder / f"{split}-images-idx3-ubyte").write_bytes(idx(images))
    (folder / f"{split}-labels-idx1-ubyte").write_bytes(idx(np.array(labels)))


def test_the_full_digits_have_those_beside_them(folder: Path) -> None:
    digits = MNIST(source="full")
    put(folder, "t10k", [1, 2])  # after the training images were read
    held_out = digits.held_out()
    assert held_out is not None
    x, y = held_out.gather(torch.arange(2), torch.Generator())
    assert y.tolist() == [1, 2]
    assert x[:, 0, 0, 0].add(1).mul(127.5).round().tolist() == [1, 2]
    assert held_out.spec == digits.spec
    assert held_out.fingerprint != digits.fingerprint


def test_where_there_are_none_there_are_none(folder: Path) -> None:
    assert MNIST(source="full").held_out() is None  # only the training images are here, and the network is forbidden
    assert MNIST(source="embedded").held_out() is None
    assert Ring().held_out() is None


def test_damaged_ones_are_refused_and_not_passed_over(folder: Path) -> None:
    put(folder, "t10k", [1, 2])
    path = folder / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match="t10k-images-idx3-ubyte: is cut short"):
        MNIST(source="full").held_out()


def test_clothes_have_those_beside_them(clothes: FashionMNIST) -> None:
    held_out = clothes.held_out()
    assert held_out is not None
    assert len(held_out) == 200
    assert held_out.spec == clothes.spec
    assert held_out.fingerprint != clothes.fingerprint


def test_clothes_have_ten_thousand(clothes: FashionMNIST, all_clothes: FashionMNIST) -> None:
    held_out, sample = all_clothes.held_out(), clothes.held_out()
    assert held_out is not None
    assert sample is not None
    _, y = held_out.gather(torch.arange(len(held_out)), torch.Generator())
    assert y.bincount().tolist() == [1000] * 10
    assert torch.equal(held_out.images[:200], sample.images)
    assert torch.equal(held_out.labels[:200], sample.labels)
