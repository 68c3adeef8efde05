"""``patch-pca-v1``: for images without labels, random convolutions in their principal components.

A distance in the features of an untrained network can rank generators (Naeem et al., 2020,
https://arxiv.org/abs/2002.09797, use them where no trained ones fit), though it sees less than a trained one.
"""

import torch
from torch import Tensor

from gancli.data import Dataset
from gancli.data.base import derive_seed
from gancli.errors import DataError
from gancli.extractors.base import Progress, silent
from gancli.extractors.examples import Examples, read
from gancli.extractors.frozen import BLOCK, Frozen, Record, standardised
from gancli.extractors.networks import DIM, PatchPCAV1

MOST = 10_000  # examples that the components are computed from


def fit(dataset: Dataset, *, seed: int = 0, progress: Progress = silent) -> Frozen:
    """Draw the convolutions, and find their principal components over the training data.

    Torch's own random numbers stay as they were.

    Raises:
        DataError: the dataset cannot be read, or has a single image.
    """
    if len(dataset) < 2:
        raise DataError("the components of the features need 2 examples at least, found 1")
    rng = torch.Generator().manual_seed(derive_seed(seed, "examples of patches"))
    learned = read(dataset, torch.randperm(len(dataset), generator=rng)[:MOST], seed=seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(seed, "patches"))
        network = PatchPCAV1(dataset.spec.shape)
    _project(network, learned, progress)
    record = Record(
        network="patch-pca-v1",
        data=dataset.spec,
        dataset=f"{len(learned):,} of the {len(dataset):,} training examples of {type(dataset).__name__}",
        fingerprint=dataset.fingerprint,
        examples=len(learned),
        seed=seed,
        recipe=f"random convolutions, {DIM} principal components",
    )
    return standardised(network, learned, record)


@torch.no_grad()
def _project(network: PatchPCAV1, learned: Examples, progress: Progress) -> None:
    """Set the projection to the components with the largest variance; those that few examples lack are 0."""
    raw: list[Tensor] = []
    for block in torch.arange(len(learned)).split(BLOCK):
        raw.append(network.patches(learned.images(block)))
        progress(min(1.0, len(raw) * BLOCK / len(learned)))
    x = torch.cat(raw).double()
    variances, components = torch.linalg.eigh(torch.cov(x.T))  # ascending
    variances, components = variances[-DIM:], components[:, -DIM:]
    components[:, variances <= 1e-9 * variances[-1]] = 0
    # An eigenvector has no sign of its own, and libraries differ: its largest entry is made positive.
    components *= components.gather(0, components.abs().argmax(dim=0, keepdim=True)).sign()
    network.project.weight.copy_(components.T)
    network.project.bias.copy_(-(x.mean(dim=0) @ components))
