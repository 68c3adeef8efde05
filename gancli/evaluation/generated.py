"""Samples of a generator, drawn to be compared with real examples."""

from collections.abc import Iterable, Iterator

from torch import Tensor, nn

from gancli.data.base import count_not_finite
from gancli.errors import DivergedError
from gancli.evaluation.example_set import ExampleSet, collect
from gancli.models import GAN
from gancli.sampling import draw


def draw_samples(
    gan: GAN,
    generator: nn.Module,
    *,
    like: ExampleSet,
    seed: int = 0,
    options: draw.Options = draw.NO_OPTIONS,
) -> ExampleSet:
    """As many samples as real examples, of the same classes if the model draws classes.

    Args:
        like: the real examples that the samples will be compared with.
        options: of the model's sampler.

    Raises DivergedError for samples that are not finite.
    """
    labels = like.labels if gan.num_classes else None
    blocks = draw.stream(gan, generator, len(like), seed=seed, labels=labels, options=options)
    return collect(finite(blocks, len(like)), labels, like.extractor)


def finite(blocks: Iterable[Tensor], n: int) -> Iterator[Tensor]:
    """The blocks of ``n`` samples; raises DivergedError at their end if some were not finite."""
    bad = 0
    for block in blocks:
        bad += count_not_finite(block)
        if not bad:
            yield block
    if bad:
        raise DivergedError(f"{bad:,} of {n:,} samples are not finite")
