"""Projecting files: each is read, searched for and written before the next; one that cannot be read is left out."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from gancli.data.pixel_values import values_of
from gancli.errors import DataError
from gancli.extractors.base import OnProgress
from gancli.projection.latent import ENDING
from gancli.projection.objective import Objective
from gancli.projection.projection import Projection
from gancli.projection.search import Search
from gancli.projection.training_pictures import TrainingPictures
from gancli.sampling.destinations import Job
from gancli.sampling.images import Pixels, enlarge, grid, to_pixels, write_picture
from gancli.sampling.preparation import Preparation


class FileProjector:
    """Projects one file after another.

    Args:
        prepare: reads a picture.
        search: finds its latent.
        objective: how far others are from it.
        training: pictures to compare with, if there are any.

    Attributes:
        done: what was found for each picture.
        problems: of the others, each with its reason.
    """

    def __init__(
        self, prepare: Preparation, search: Search, objective: Objective, training: TrainingPictures | None
    ) -> None:
        self._prepare, self._search, self._objective, self._training = prepare, search, objective, training
        self.done: dict[Job, Projection] = {}
        self.problems: list[str] = []

    def __call__(self, job: Job, report: OnProgress) -> None:
        """Project one; raises StorageError or OSError if it cannot be written."""
        try:
            target = values_of(self._prepare(job.source).pixels)
        except DataError as error:
            self.problems.append(str(error))
            return
        found = self._search(target, report)
        if self._training is not None:
            found = replace(found, scores=found.scores | self._training.scores(target, self._objective))
        write_picture(job.destination, beside_target(target, found.image))
        found.latent.save(latent_file(job.destination))
        self.done[job] = found


def latent_file(picture: Path) -> Path:
    """The file of the latent, beside the picture of a projection."""
    return picture.with_name(picture.name.removesuffix(picture.suffix) + ENDING)


def beside_target(target: Tensor, image: Tensor) -> Pixels:
    """Target, projection and their absolute difference, in which black is none, as one picture."""
    parts = torch.stack([target, image, (image - target).abs() - 1])
    return grid(enlarge(to_pixels(parts)), columns=3)
