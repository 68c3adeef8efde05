"""The image pool keeps the paper's rule."""

import pytest
import torch
from gan_translate.pool import ImagePool
from torch import Tensor


def numbered(first: int, n: int) -> Tensor:
    """Images of one pixel, whose value is their number."""
    return torch.arange(first, first + n).float().reshape(n, 1, 1, 1)


def test_until_it_is_full_new_images_come_back_and_are_kept() -> None:
    pool = ImagePool(5, (1, 1, 1))
    for first in (0, 3):
        assert torch.equal(pool(numbered(first, 2)), numbered(first, 2))
    assert pool.images[:4].flatten().tolist() == [0, 1, 3, 4]
    assert int(pool.count) == 4


def test_then_half_are_old_ones_and_the_new_take_their_places() -> None:
    torch.manual_seed(0)
    pool, known, old = ImagePool(50, (1, 1, 1)), set(range(50)), 0
    pool(numbered(0, 50))
    for number in range(50, 4050):
        returned = int(pool(numbered(number, 1)))
        kept = set(pool.images.flatten().int().tolist())
        if returned == number:
            assert kept == known
        else:
            old += 1
            assert kept == known - {returned} | {number}
        known = kept
    assert old / 4000 == pytest.approx(0.5, abs=0.03)


def test_any_place_is_as_likely() -> None:
    torch.manual_seed(0)
    places = torch.zeros(4)
    for _ in range(1000):
        pool = ImagePool(4, (1, 1, 1))
        pool(numbered(0, 4))
        returned = int(pool(numbered(9, 1)))
        places[returned if returned < 4 else []] += 1
    torch.testing.assert_close(places / 1000, torch.full((4,), 0.125), rtol=0, atol=0.04)


def test_an_image_may_replace_one_of_its_own_batch() -> None:
    torch.manual_seed(0)
    pool = ImagePool(1, (1, 1, 1))
    returned = pool(numbered(0, 40)).flatten().tolist()
    assert returned[0] == 0
    assert any(0 < number < row for row, number in enumerate(returned))


def test_what_is_given_does_not_change_and_what_comes_back_is_a_copy() -> None:
    torch.manual_seed(0)
    pool, images = ImagePool(2, (1, 1, 1)), numbered(0, 6)
    returned = pool(images)
    assert torch.equal(images, numbered(0, 6))
    kept = pool.images.clone()
    returned.fill_(-1)
    images.fill_(-1)
    assert torch.equal(pool.images, kept)


def test_none_hands_images_on() -> None:
    pool = ImagePool(0, (1, 1, 1))
    assert torch.equal(pool(numbered(3, 4)), numbered(3, 4))
    assert pool.images.numel() == 0


def test_its_state_is_in_buffers() -> None:
    torch.manual_seed(0)
    pool, twin = ImagePool(3, (1, 1, 1)), ImagePool(3, (1, 1, 1))
    pool(numbered(0, 9))
    twin.load_state_dict(pool.state_dict())
    torch.manual_seed(1)
    expected = pool(numbered(10, 8))
    torch.manual_seed(1)
    assert torch.equal(twin(numbered(10, 8)), expected)
