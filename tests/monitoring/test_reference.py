"""The reference is the same real examples for every run of a seed; large images are compared small."""

import torch

from gancli.data import MNIST, ImageDataset
from gancli.monitoring import NUM_REFERENCE, TrainingMonitor, reference_examples
from gancli.seeds import derive_seed


def test_small_images_are_read_as_they_are() -> None:
    digits = MNIST(source="embedded")
    rng = torch.Generator().manual_seed(derive_seed(3, "reference"))
    x, y = digits.gather(torch.randperm(len(digits), generator=rng)[:1024], rng)
    found = reference_examples(digits, 3)
    assert torch.equal(found[0], x)
    assert torch.equal(found[1], y)


def test_large_images_are_fewer_and_averaged() -> None:
    images = torch.randint(256, (300, 3, 128, 96), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    dataset = ImageDataset(images)
    (found,) = reference_examples(dataset, 0)
    assert found.shape == (NUM_REFERENCE.least, 3, 32, 32)
    monitor = TrainingMonitor(None, lambda: reference_examples(dataset, 0))
    real = images[:64].float() / 127.5 - 1
    collapsed = real[:1].expand(64, -1, -1, -1)
    assert [monitor.check_samples(step, real, None) for step in range(3)] == [[], [], []]
    warnings = [text for step in range(3, 8) for text in monitor.check_samples(step, collapsed, None)]
    assert warnings[0].startswith("diversity collapsed")
