"""How near the pictures of the training are to a target: what a projection must be compared with."""

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.data.budget import Budget
from gancli.extractors import as_pictures
from gancli.projection.objective import Objective, Scores
from gancli.projection.projection import NEAREST, OTHERS
from gancli.seeds import derive_seed

PICTURES = Budget(most=5000, least=100, usual=(1, 28, 28))
READ_AT_ONCE = 256
SAME = 1 / 255  # of the mean difference in [-1, 1], below which a picture is the target itself


class TrainingPictures:
    """Pictures of a training, of a large one as many as are compared quickly, drawn at random.

    Args:
        dataset: of the training.

    Raises DataError if it cannot be read.
    """

    def __init__(self, dataset: Dataset) -> None:
        rng = torch.Generator().manual_seed(derive_seed(0, "training pictures"))
        chosen = torch.randperm(len(dataset), generator=rng)[: PICTURES.examples(dataset.spec.shape)]
        plain = dataset.unaugmented()
        self._images = torch.cat([as_pictures(plain.gather(block, rng)[0]) for block in chosen.split(READ_AT_ONCE)])

    def scores(self, target: Tensor, objective: Objective) -> dict[str, Scores]:
        """The numbers of the nearest picture and of the median one, leaving out the target itself.

        Args:
            target: of shape (C, H, W), in [-1, 1].
        """
        target = target.unsqueeze(0)
        far = objective.of_many(self._images, target)
        far[(self._images - target).abs().flatten(1).mean(1) < SAME] = torch.inf
        order = [int(index) for index in far.argsort(stable=True) if far[index] < torch.inf]
        chosen = {NEAREST: order[:1], OTHERS: order[len(order) // 2 :][:1]}
        return {name: objective.scores(self._images[rows], target) for name, rows in chosen.items() if rows}
