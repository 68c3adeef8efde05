"""Any images and their edges as pairs: dark lines on white, where the image changes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from gancli.data import MNIST, Edges, FashionMNIST, ImageDataset, ImageFolder, Ring, describe
from gancli.data.edges import edges

Picture = Callable[..., Path]


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_an_image_without_edges_is_white() -> None:
    assert (edges(torch.full((2, 3, 8, 8), 0.3)) == 1).all()


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("height", [0.5, 1.0, 2.0])
def test_a_step_is_a_line_as_dark_as_it_is_high(height: float, is_turned: bool) -> None:
    x = torch.full((1, 1, 8, 8), -1.0)
    x[..., 4:] += height
    lines = edges(x.mT if is_turned else x)
    lines = lines.mT if is_turned else lines
    torch.testing.assert_close(lines[..., 3:5], torch.full((1, 1, 8, 2), 1 - height))
    assert (lines[..., :3] == 1).all()
    assert (lines[..., 5:] == 1).all()


def test_an_edge_between_colours_of_equal_brightness_is_one() -> None:
    x = torch.zeros(1, 3, 8, 8)
    x[:, 0, :, :4], x[:, 1, :, 4:] = 0.8, 0.4  # red and green
    assert edges(x)[0, 0, 4, 4] < 0.5


def test_the_edges_of_a_negative_and_of_a_mirror_image_are_the_same() -> None:
    x = torch.rand(4, 3, 9, 7, generator=rng()) * 2 - 1
    torch.testing.assert_close(edges(-x), edges(x))
    torch.testing.assert_close(edges(x.flip(-1)), edges(x).flip(-1))
    assert edges(x).shape == (4, 1, 9, 7)
    assert edges(x).abs().max() <= 1


def test_the_image_is_the_target_and_its_edges_the_source(clothes: FashionMNIST) -> None:
    dataset = Edges(of=clothes)
    target, source = dataset.gather(torch.arange(5), rng())
    assert torch.equal(target, clothes.gather(torch.arange(5), rng())[0])
    assert torch.equal(source, edges(target))
    assert (dataset.spec.shape, dataset.spec.source.shape) == ((1, 28, 28), (1, 28, 28))
    assert dataset.spec.source.names == ("edges", "image")
    assert dataset.spec.num_classes == 0
    assert describe(dataset, labels_used=False) == "training on 300 pairs, edges → image"


def test_the_other_direction(clothes: FashionMNIST) -> None:
    one, other = Edges(of=clothes), Edges(of=clothes, direction="BtoA")
    assert other.spec == one.spec.reversed()
    assert all(map(torch.equal, one.gather(torch.arange(5), rng()), other.gather(torch.arange(5), rng())[::-1]))
    assert len({one.fingerprint, other.fingerprint, clothes.fingerprint}) == 3


def test_mirrored_pairs_still_match() -> None:
    digits = MNIST(source="embedded")
    target, source = Edges(of=digits, flip=True).gather(torch.arange(40), rng())
    plain = digits.gather(torch.arange(40), rng())[0]
    is_mirrored = [not torch.equal(one, other) for one, other in zip(target, plain, strict=True)]
    assert 10 < sum(is_mirrored) < 30
    torch.testing.assert_close(source, edges(target))
    unaugmented = Edges(of=digits, flip=True).unaugmented()
    assert torch.equal(unaugmented.gather(torch.arange(40), rng())[0], plain)


def test_what_the_other_dataset_holds_out_is_held_out(clothes: FashionMNIST) -> None:
    dataset = Edges(of=clothes, flip=True, names=("lines", "clothes"))
    held_out = dataset.held_out()
    target, source = held_out.gather(torch.arange(200), rng())
    assert torch.equal(target, clothes.held_out().gather(torch.arange(200), rng())[0])
    assert torch.equal(source, edges(target))
    assert held_out.spec == dataset.spec
    assert Edges(of=MNIST(source="embedded")).held_out() is None


def test_what_is_said_of_the_other_dataset_is_said_of_its_edges(picture: Picture) -> None:
    for index in range(4):
        picture(f"in/{index}.png", index, size=(8, 8))
    Path("in/notes.txt").write_text("")
    folder = ImageFolder(root="in", size=16, memory_mb=0, workers=3)
    dataset = Edges(of=folder)
    assert (dataset.workers, dataset.manifest, dataset.notice) == (3, folder.manifest, folder.notice)
    assert dataset.left_out == folder.left_out != ""


def test_points_and_pairs_have_no_edges() -> None:
    with pytest.raises(ValueError, match="of: found a dataset of points; expected images"):
        Edges(of=Ring())
    images = ImageDataset(torch.zeros(3, 1, 8, 8, dtype=torch.uint8))
    with pytest.raises(ValueError, match="of: found a dataset of pairs already"):
        Edges(of=Edges(of=images))
