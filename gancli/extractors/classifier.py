"""``classifier-v1``: the features of a classifier of the real images."""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, cross_entropy, grid_sample

from gancli.data import Dataset, DataSpec
from gancli.errors import DataError
from gancli.extractors.base import OnProgress, silent
from gancli.extractors.examples import Examples, learned_and_unseen
from gancli.extractors.frozen import IMAGES_AT_ONCE, Frozen, standardised
from gancli.extractors.networks import INPUT_SIDE, ClassifierV1
from gancli.extractors.parts import Part
from gancli.extractors.record import Record
from gancli.seeds import derive_seed

BATCH = 64
MAX_SEEN = 150_000  # images that a training sees, each again and again
MIN_SEEN = 3_000
TIMES_EACH = 150  # that an image is seen; more than twice as often teaches half a per cent of few digits, else nothing
PIXELS = 28 * 28  # of an image; of larger ones fewer are seen, down to a third, because each takes longer
PEAK = 6e-3  # of the learning rate, which rises to it and falls again
GATE = 0.9  # accuracy from which the features are trusted, where nothing better is known
MIN_TRAINABLE = 10  # that can be trained on


def train_classifier(
    dataset: Dataset,
    *,
    seed: int = 0,
    images_seen: int | None = None,
    gate: float = GATE,
    progress: OnProgress = silent,
) -> Frozen:
    """Train a classifier on real, labelled images, and measure it on those that it has not seen.

    Those are what the dataset holds out, else a fifth of it. Torch's own random numbers stay as they were, however it
    ends.

    Args:
        images_seen: how many images it is shown, each again and again; by default, as ``images_to_see`` says.
        progress: called with the share that is done after every minibatch; what it raises ends the training.

    Raises:
        DataError: the dataset cannot be read, has fewer than two classes, or too few images.
    """
    if dataset.spec.num_classes < 2 or len(dataset) < MIN_TRAINABLE:
        found = f"{len(dataset)} examples of {dataset.spec.num_classes} classes"
        raise DataError(f"a classifier cannot be trained on {found}; expected at least {MIN_TRAINABLE} of 2")
    learned, unseen = learned_and_unseen(dataset, seed)
    images_seen = images_to_see(len(learned), dataset.spec.shape) if images_seen is None else images_seen
    network = fit(dataset.spec, learned, seed=seed, images_seen=images_seen, progress=progress)
    record = Record(
        network="classifier-v1",
        data=dataset.spec,
        dataset=str(dataset) if isinstance(dataset, Part) else f"{len(learned):,} of {len(dataset):,} examples",
        fingerprint=dataset.fingerprint,
        examples=len(learned),
        seed=seed,
        recipe=f"AdamW, one cycle to {PEAK:g}, batches of {BATCH} warped images",
        images_seen=images_seen,
        held_out=len(unseen),
        accuracy=accuracy(network, unseen),
        gate=gate,
    )
    return standardised(network, learned, record)


def images_to_see(examples: int, shape: tuple[int, ...]) -> int:
    """How many images a training sees that has so many to learn from, of shape (C, H, W)."""
    pixels = min(shape[1], INPUT_SIDE) * min(shape[2], INPUT_SIDE)
    most = MAX_SEEN * max(1 / 3, min(1.0, PIXELS / pixels))
    return round(min(most, max(MIN_SEEN, TIMES_EACH * examples)))


def fit(
    data: DataSpec, learned: Examples, *, seed: int = 0, images_seen: int = MAX_SEEN, progress: OnProgress = silent
) -> ClassifierV1:
    """A classifier that has seen so many labelled images; torch's own random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(derive_seed(seed, "extractor"))
        network = ClassifierV1(data.shape, data.num_classes)
        _train(network, learned, images_seen, progress)
    return network.to(memory_format=torch.contiguous_format)


def _train(network: ClassifierV1, learned: Examples, images_seen: int, progress: OnProgress) -> None:
    assert learned.labels is not None
    steps = -(-images_seen // BATCH)
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
    """The share of images that the network classifies correctly."""
    assert unseen.labels is not None
    network.eval()
    blocks = torch.arange(len(unseen)).split(IMAGES_AT_ONCE)
    right = [network(unseen.images(block)).argmax(dim=1) == unseen.labels[block] for block in blocks]
    return float(torch.cat(right).double().mean())
