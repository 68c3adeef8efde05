"""The training source that is nearest to each evaluated one: its target is what a table of the pairs would give."""

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gancli.data.sources import SourceImages
from gancli.metrics import nearest
from gancli.progress import task

SIDE = 32  # pixels, to which larger sources are reduced for the search


def nearest_sources(sources: SourceImages, train: SourceImages, own: Tensor) -> Tensor:
    """The position in ``train`` of the nearest source, by Euclidean distance in pixels; of shape (N,).

    Args:
        own: of shape (N,): the position of each in ``train``, which is not its neighbour; −1 if it is not there.
    """
    with task("searching for the nearest training sources"):
        return nearest(_pixels(sources), _pixels(train), own=own if bool((own >= 0).any()) else None).indices


def _pixels(images: SourceImages) -> Tensor:
    return torch.cat([_reduced(block).flatten(1) for block in images.blocks()])


def _reduced(images: Tensor) -> Tensor:
    height, width = (min(side, SIDE) for side in images.shape[2:])
    return adaptive_avg_pool2d(images, (height, width))
