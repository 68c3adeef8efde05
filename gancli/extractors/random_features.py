"""``random-v1``: for images without labels, or too few of them to learn from, random convolutions.

A distance in the features of an untrained network can rank generators (Naeem et al., 2020,
https://arxiv.org/abs/2002.09797, use them where no trained ones fit), though it sees less than a trained one. Nothing
in them is fitted, not even their mean and scale, so they are as fair to few images as to many.
"""

import torch

from gancli.data import Dataset, DataSpec
from gancli.extractors.base import OnProgress, silent
from gancli.extractors.frozen import Frozen
from gancli.extractors.networks import DIM, RandomV1, reduced
from gancli.extractors.record import Record
from gancli.seeds import derive_seed

SCALE = 0.05  # of one, so that those of common pictures have a deviation of about 1


def fit(dataset: Dataset, *, seed: int = 0, progress: OnProgress = silent) -> Frozen:
    """Draw the features for the images of a dataset, of which nothing but the shape is used.

    Torch's own random numbers stay as they were.
    """
    made = drawn(dataset.spec, seed)
    progress(1.0)
    return made


@torch.no_grad()
def drawn(data: DataSpec, seed: int = 0) -> Frozen:
    """The features for images of these facts; those of a flat grey image are 0."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(seed, "patches"))
        network = RandomV1(data.shape)
        torch.nn.init.normal_(network.project.weight, std=network.project.in_features**-0.5)
    record = Record(
        network="random-v1",
        data=data,
        dataset="no examples",
        fingerprint="",
        examples=0,
        seed=seed,
        recipe=f"random convolutions in {DIM} random directions",
    )
    grey = network.embed(reduced(torch.zeros(1, *data.shape)))[0]
    return Frozen(network, grey, torch.full((DIM,), SCALE), record)
