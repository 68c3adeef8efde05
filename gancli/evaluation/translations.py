"""Translations of the source images of an evaluation, and other images in their place."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from torch import Tensor, nn

from gancli.data.sources import TargetImages
from gancli.evaluation.example_set import ExampleSet, collect
from gancli.evaluation.generated import finite
from gancli.evaluation.pair_errors import ErrorRecorder, Measure, PairErrors
from gancli.extractors import as_pictures
from gancli.metrics import l1_distance
from gancli.models import GAN
from gancli.sampling import draw
from gancli.sampling.directions import has_both_directions


@dataclass(frozen=True)
class Translations:
    """Images in the place of the translations of all source images, in their order."""

    samples: ExampleSet
    pairs: PairErrors | None  # None: the source images have no targets of their own
    cycle_l1: Tensor | None = None  # of the source images, translated and back, of shape (N,)


def translate(
    gan: GAN, generator: nn.Module, unseen: ExampleSet, measures: Mapping[str, Measure] | None, options: draw.Options
) -> Translations:
    """The translations of a generator, of 256 levels, as files of them are.

    Args:
        unseen: the targets, which know their source images.
        measures: of pairs; None for images that are not paired.
        options: of the model's sampler.

    Raises DivergedError for translations that are not finite.
    """
    sources = unseen.sources
    assert sources is not None
    blocks = finite(draw.stream(gan, generator, len(sources), sources=sources, options=options), len(sources))
    if not has_both_directions(gan):
        return stand_in(blocks, unseen, measures)
    recorder = ErrorRecorder(sources, {"L1": l1_distance})

    def translated_back(block: Tensor) -> Tensor:
        back = {**options, "direction": "BtoA"}
        return draw.sample(gan, generator, len(block), sources=as_pictures(block), options=back)

    found = stand_in(recorder.passing(blocks, translated_back), unseen, measures)
    return Translations(found.samples, found.pairs, recorder.found()["L1"])


def stand_in(blocks: Iterable[Tensor], unseen: ExampleSet, measures: Mapping[str, Measure] | None) -> Translations:
    """Images that come in blocks, in the place of the translations."""
    if measures is None:
        return Translations(collect(blocks, extractor=unseen.extractor), None)
    recorder = ErrorRecorder(targets_of(unseen), measures)
    # A translation of a training example may be its target; it has copied nothing then.
    samples = collect(recorder.passing(blocks), extractor=unseen.extractor, rows=unseen.rows)
    return Translations(samples, PairErrors(samples, unseen, recorder.found()))


def other_targets(samples: ExampleSet, unseen: ExampleSet, measures: Mapping[str, Measure]) -> PairErrors:
    """The differences of real targets from the targets in whose place they are."""
    recorder = ErrorRecorder(targets_of(unseen), measures)
    _exhaust(recorder.passing(targets_of(samples).blocks()))
    return PairErrors(samples, unseen, recorder.found())


def targets_of(samples: ExampleSet) -> TargetImages:
    """The images that samples were read from, at their full size."""
    assert samples.sources is not None
    return TargetImages(samples.sources.dataset, samples.sources.indices)


def _exhaust(blocks: Iterator[Tensor]) -> None:
    for _ in blocks:
        pass
