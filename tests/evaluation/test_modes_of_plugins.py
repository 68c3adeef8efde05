"""A dataset with known modes gets the metrics of mixtures, whatever its class."""

import torch
from torch import Tensor

from gancli.data import DataSpec, ImageDataset
from gancli.data.base import Batch, Dataset
from gancli.evaluation import METRICS
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.metric import has_features, has_modes
from gancli.evaluation.split import split


class Corners(Dataset):
    """Points around the corners of a square."""

    modes = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
    sigma = 0.1
    spec = DataSpec((2,))
    fingerprint = "corners"

    def __len__(self) -> int:
        return 1000

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        noise = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
        return (self.modes[indices % 4] + self.sigma * noise[indices],)


def test_modes_are_counted() -> None:
    corners = Corners()
    parts = split(corners, None, 400)
    sets = parts.draw(0)
    inputs = EvaluationInputs(sets.baseline, sets.reference, parts.train, corners)
    assert METRICS["modes"].applies(inputs)
    found = METRICS["modes"].measure(inputs)
    assert found["modes"] == 4
    assert found["high quality"] > 0.95


def test_without_a_width_there_are_no_mode_metrics() -> None:
    corners = Corners()
    corners.sigma = 0.0
    assert not has_modes(corners)
    assert not has_modes(ImageDataset(torch.zeros(3, 1, 8, 8, dtype=torch.uint8)))


def test_images_of_stacked_channels_are_compared_by_their_channels() -> None:
    images = ImageDataset(torch.zeros(3, 3, 8, 8, dtype=torch.uint8))
    assert has_features(images)
    images.channels = ImageDataset(torch.zeros(3, 1, 8, 8, dtype=torch.uint8))
    assert not has_features(images)
