"""Minibatch n is a function of (seed, n), and every epoch holds every example once."""

import itertools

import pytest
import torch

from gancli.data import ImageDataset, batches

CPU = torch.device("cpu")
IMAGES = torch.randint(0, 256, (10, 1, 4, 4), generator=torch.Generator().manual_seed(0)).byte()


def numbered(n: int = 10, *, flip: bool = False) -> ImageDataset:
    """Example i has the label i."""
    return ImageDataset(IMAGES[:n], torch.arange(n), tuple(map(str, range(n))), flip=flip)


def take(count: int, batch_size: int = 4, *, seed: int = 0, start: int = 0, flip: bool = False) -> list[tuple]:
    return list(itertools.islice(batches(numbered(flip=flip), batch_size, seed=seed, start=start, device=CPU), count))


@pytest.mark.parametrize("start", [1, 3, 7])
@pytest.mark.parametrize("flip", [False, True])
def test_to_start_at_n_is_to_skip_n(start: int, flip: bool) -> None:
    whole, late = take(12, flip=flip), take(12 - start, start=start, flip=flip)
    for (x, y), (late_x, late_y) in zip(whole[start:], late, strict=True):
        assert torch.equal(x, late_x)
        assert torch.equal(y, late_y)


@pytest.mark.parametrize("batch_size", [1, 3, 4, 10, 23])
def test_all_minibatches_have_the_same_size_and_every_epoch_holds_every_example_once(batch_size: int) -> None:
    drawn = take(40, batch_size)
    assert {len(y) for _, y in drawn} == {batch_size}
    order = torch.cat([y for _, y in drawn])
    epochs = order[: len(order) // 10 * 10].reshape(-1, 10)
    assert len(epochs) >= 4
    assert (epochs.sort(dim=1).values == torch.arange(10)).all()
    assert len(epochs.unique(dim=0)) > 1


def test_a_seed_is_an_order() -> None:
    first, again, other = (torch.cat([y for _, y in take(5, seed=seed)]) for seed in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_pixels_fill_the_range_and_keep_their_labels() -> None:
    images = torch.tensor([0, 51, 255]).byte().reshape(3, 1, 1, 1)
    x, y = next(batches(ImageDataset(images, torch.arange(3), ("a", "b", "c")), 3, seed=0, device=CPU))
    torch.testing.assert_close(x[y.argsort()].flatten(), torch.tensor([-1.0, -0.6, 1.0]))


def test_flip_mirrors_about_half_of_the_images_left_to_right() -> None:
    kept = mirrored = 0
    for x, y in take(50, flip=True):
        for image, label in zip(x, y, strict=True):
            plain = IMAGES[label].float() / 127.5 - 1
            kept += torch.allclose(image, plain)
            mirrored += torch.allclose(image, plain.flip(-1))
    assert kept + mirrored == 200
    assert 60 < mirrored < 140


def test_unlabelled_minibatches_hold_only_images() -> None:
    assert len(next(batches(ImageDataset(IMAGES), 4, seed=0, device=CPU))) == 1


def test_the_fingerprint_is_of_images_labels_and_nothing_else() -> None:
    changed = IMAGES.clone()
    changed[3, 0, 2, 2] ^= 1
    prints = [
        ImageDataset(IMAGES).fingerprint,
        ImageDataset(IMAGES.clone()).fingerprint,
        ImageDataset(changed).fingerprint,
        numbered().fingerprint,
        ImageDataset(IMAGES.reshape(10, 1, 2, 8)).fingerprint,
    ]
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4
