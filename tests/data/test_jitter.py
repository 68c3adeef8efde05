"""Random crops and mirroring: the same for pictures that belong together, and a function of the generator alone."""

import torch

from gancli.data.jitter import Jitter


def positions(n: int, height: int, width: int) -> torch.Tensor:
    """Pictures whose pixels are their own numbers, of shape (n, 1, height, width)."""
    return torch.arange(height * width).reshape(1, 1, height, width).repeat(n, 1, 1, 1)


def rng(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_pictures_of_a_pair_are_cropped_and_mirrored_alike() -> None:
    x = positions(200, 10, 12)
    one, two = Jitter((8, 8), flip=True)(x, torch.cat([x, x + 500], 1), rng=rng())
    assert one.shape == (200, 1, 8, 8)
    assert two.shape == (200, 2, 8, 8)
    assert torch.equal(one, two[:, :1])
    assert torch.equal(one + 500, two[:, 1:])


def test_every_place_and_both_directions_are_drawn() -> None:
    (x,) = Jitter((8, 8), flip=True)(positions(1000, 10, 12), rng=rng())
    is_mirrored = x[:, 0, 0, 0] > x[:, 0, 0, 1]
    assert 400 < is_mirrored.sum() < 600
    corners = torch.where(is_mirrored, x[:, 0, 0, -1], x[:, 0, 0, 0])
    assert sorted(set(corners.tolist())) == [12 * top + left for top in range(3) for left in range(5)]


def test_a_crop_is_a_part_of_the_picture() -> None:
    (x,) = Jitter((4, 6), flip=False)(positions(50, 9, 9), rng=rng())
    rows, columns = x[:, 0] // 9, x[:, 0] % 9
    assert (rows.diff(dim=1) == 1).all()
    assert (columns.diff(dim=2) == 1).all()


def test_the_same_generator_gives_the_same() -> None:
    jitter, x = Jitter((8, 8), flip=True), positions(20, 10, 10)
    assert torch.equal(jitter(x, rng=rng(3))[0], jitter(x, rng=rng(3))[0])
    assert not torch.equal(jitter(x, rng=rng(3))[0], jitter(x, rng=rng(4))[0])


def test_without_chance_it_is_the_centre_and_nothing_is_drawn() -> None:
    generator = rng()
    before = generator.get_state()
    (x,) = Jitter((8, 6), flip=True).without_chance()(positions(3, 10, 10), rng=generator)
    assert torch.equal(x, positions(3, 10, 10)[:, :, 1:9, 2:8])
    assert torch.equal(generator.get_state(), before)


def test_a_picture_of_the_size_is_not_changed_and_nothing_is_drawn() -> None:
    generator = rng()
    before = generator.get_state()
    x = positions(3, 8, 8)
    assert torch.equal(Jitter((8, 8), flip=False)(x, rng=generator)[0], x)
    assert torch.equal(generator.get_state(), before)
