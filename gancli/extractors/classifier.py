"""``classifier-v1``: the features of a classifier of the real images."""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from gancli.data import Dataset, DataSpec
from gancli.errors import DataError
from gancli.extractors.base import Progress, silent
from gancli.extractors.examples import Examples, learned_and_unseen
from gancli.extractors.frozen import BLOCK, Frozen, Record, standardised
from gancli.extractors.networks import LARGEST, ClassifierV1
from gancli.extractors.parts import Part
from gancli.random import derive_seed

BATCH = 64
LOOKS = 150_000  # images that a training looks at, again and again, at most
FEWEST_LOOKS = 3_000
LOOKS_EACH = 150  # at every image; more than twice as many teach half a per cent of few digits, and nothing of many
PIXELS = 28 * 28  # of an image; the most looks at larger ones are fewer, down to a third, for each takes longer
PEAK = 6e-3  # of the learning rate, which rises to it and falls again
GATE = 0.9  # accuracy from which the features are trusted, where nothing better is known
FEWEST = 10  # examples that can be trained on


def train(
    dataset: Dataset, *, seed: int = 0, looks: int | None = None, gate: float = GATE, progress: Progress = silent
) -> Frozen:
    """Train a classifier on real, labelled images, and measure it on those that it has not seen.

    Those are what the dataset holds out, else a fifth of it. Torch's own random numbers stay as they were, however it
    ends.

    Args:
        looks: images that it looks at, again and again; by default, as ``looks_at`` says.
        progress: is told the share that is done after every minibatch; what it raises ends the training.

    Raises:
        DataError: the dataset cannot be read, has fewer than two classes, or next to no images.
    """
    if dataset.spec.num_classes < 2 or len(dataset) < FEWEST:
        found = f"{len(dataset)} examples of {dataset.spec.num_classes} classes"
        raise DataError(f"a classifier cannot be trained on {found}; expected {FEWEST} of 2 at least")
    learned, unseen = learned_and_unseen(dataset, seed)
    looks = looks_at(len(learned), dataset.spec.shape) if looks is None else looks
    network = fit(dataset.spec, learned, seed=seed, looks=looks, progress=progress)
    record = Record(
        network="classifier-v1",
        data=dataset.spec,
        dataset=str(dataset) if isinstance(dataset, Part) else f"{len(learned):,} of {len(dataset):,} examples",
        fingerprint=dataset.fingerprint,
        examples=len(learned),
        seed=seed,
        recipe=f"AdamW, one cycle to {PEAK:g}, batches of {BATCH} warped images",
        looks=looks,
        held_out=len(unseen),
        accuracy=accuracy(network, unseen),
        gate=gate,
    )
    return standardised(network, learned, record)


def looks_at(examples: int, shape: tuple[int, ...]) -> int:
    """How many images a training looks at that has so many to learn from, of shape (C, H, W)."""
    pixels = min(shape[1], LARGEST) * min(shape[2], LARGEST)
    most = LOOKS * max(1 / 3, min(1.0, PIXELS / pixels))
    return round(min(most, max(FEWEST_LOOKS, LOOKS_EACH * examples)))


def fit(
    data: DataSpec, learned: Examples, *, seed: int = 0, looks: int = LOOKS, progress: Progress = silent
) -> ClassifierV1:
    """A classifier that has looked at so many labelled images; torch's own random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(seed, "extractor"))
        network = ClassifierV1(data.shape, data.num_classes)
        _train(network, learned, looks, progress)
    return network.to(memory_format=torch.contiguous_format)


def _train(network: ClassifierV1, learned: Examples, looks: int, progress: Progress) -> None:
    assert learned.labels is not None
    steps = -(-looks // BATCH)
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK, total_steps=steps)
    order = torch.empty(0, dtype=torch.long)
    network.train().to(memory_format=torch.channels_last)  # a quarter faster on a CPU
    for step in range(steps):
        while len(order) < BATCH:  # a minibatch may reach over the end of an epoch, so all have the same size
            order = torch.cat([order, torch.randperm(len(learned))])
        chosen, order = order[:BATCH], order[BATCH:]
        optimizer.zero_grad()
        cross_entropy(network(warped(learned.images(chosen))), learned.labels[chosen]).backward()
        optimizer.step()
        schedule.step()
        progress((step + 1) / steps)


def warped(x: Tensor) -> Tensor:
    """Images turned by up to 12°, scaled by up to 10 % and moved by up to a fourteenth of their side."""
    angle, scale, right, down = ((torch.rand(len(x)) * 2 - 1) * most for most in (0.21, 0.1, 0.14, 0.14))
    cosine, sine = angle.cos() * (1 + scale), angle.sin() * (1 + scale)
    theta = torch.stack([torch.stack([cosine, -sine, right], 1), torch.stack([sine, cosine, down], 1)], 1)  # (N, 2, 3)
    grid = affine_grid(theta, list(x.shape), align_corners=False)
    return grid_sample(x, grid, padding_mode="border", align_corners=False)


@torch.no_grad()
def accuracy(network: ClassifierV1, unseen: Examples) -> float:
    """The share of images whose class the network names."""
    assert unseen.labels is not None
    network.eval()
    blocks = torch.arange(len(unseen)).split(BLOCK)
    right = [network(unseen.images(it)).argmax(dim=1) == unseen.labels[it] for it in blocks]
    return float(torch.cat(right).double().mean())
