"""Real examples for a model that translates: source images, their targets, and other images in the place of these."""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from gancli.errors import UsageError
from gancli.evaluation.copied_inputs import copied_inputs
from gancli.evaluation.domain_classes import translated_class
from gancli.evaluation.example_set import ExampleSet
from gancli.evaluation.exclusions import indistinct, with_verb
from gancli.evaluation.inputs import EvaluationInputs
from gancli.evaluation.interpretation import COPIED, NEAREST
from gancli.evaluation.metric import Metric
from gancli.evaluation.nearest_sources import nearest_sources
from gancli.evaluation.pair_errors import Measure, PairErrors, measures_for
from gancli.evaluation.real_data import RealData
from gancli.evaluation.split import Split
from gancli.evaluation.translation_split import evaluated_examples, translation_split
from gancli.evaluation.translations import Translations, other_targets, stand_in, translate
from gancli.models import GAN
from gancli.progress import task
from gancli.sampling.draw import Options

KNOWN_CLASS = 0.5  # share of real targets that a classifier has to name, to say anything of translations


class TranslationData(RealData):
    """The real examples that translations are compared with.

    Numbers of pairs compare every translation with its own target. All others compare the translations of one half of
    the source images with the targets of the other half. The baseline is real targets in the translations' place: for
    numbers of pairs another target, else the targets of these source images.
    """

    @cached_property
    def split(self) -> Split:
        with task("reading real examples"):
            return translation_split(self._dataset, self.extractor, self._n)

    @property
    def caveats(self) -> tuple[str, ...]:
        _, caveat = evaluated_examples(self._dataset)
        return (caveat,) if caveat else ()

    @property
    def facts(self) -> dict[str, Any]:
        shown, _ = evaluated_examples(self._dataset)
        kind = "training" if shown is self._dataset else "held-out"
        return {"translated": f"{len(self.split.unseen):,} {kind} source images", "evaluated": shown.fingerprint}

    @cached_property
    def beside(self) -> dict[str, dict[str, tuple[float, ...]]]:
        found: dict[str, dict[str, tuple[float, ...]]] = {COPIED: {}}
        with task("evaluating the inputs, copied"):
            for seed in self._seeds:
                for name, value in self.measure(self._placed(self._copies, seed)).items():
                    found[COPIED][name] = (*found[COPIED].get(name, ()), value)
        if self._is_paired:
            inputs = replace(self.inputs_of_real(0), pairs=self._nearest)
            once = [metric for metric in self.applied(inputs).values() if metric.once]
            found[NEAREST] = {name: (value,) for metric in once for name, value in metric.measure(inputs).items()}
        return found

    @property
    def left_out(self) -> tuple[str, ...]:
        wanted = [metric for metric in self._metrics.values() if metric.applies(self.inputs_of_real(0))]
        return tuple(dict.fromkeys([*self._too_few(wanted), *self._indistinct.values()]))

    def generated(self, gan: GAN, generator: nn.Module, options: Options) -> Callable[[int], EvaluationInputs]:
        if options.get("direction") == "BtoA":
            assert gan.data.source is not None
            before, after = gan.data.source.names
            raise UsageError(
                f"direction: a model is evaluated as its dataset says, here from {before} to {after}; leave it out, or "
                "train with the other dataset.direction"
            )
        with task(f"translating {len(self.split.unseen):,} images"):
            translations = translate(gan, generator, self.split.unseen, self._measures, options)
        return lambda seed: self._placed(translations, seed)

    def inputs_of_real(self, seed: int) -> EvaluationInputs:
        return replace(self.inputs(self._asked(self.sets[seed].baseline), seed), pairs=self._others)

    def _placed(self, translations: Translations, seed: int) -> EvaluationInputs:
        """Images in the place of the translations, beside the real examples of a seed."""
        chosen = self.sets[seed].baseline.selected
        assert chosen is not None
        inputs = self.inputs(self._asked(translations.samples.select(chosen)), seed)
        return replace(inputs, pairs=translations.pairs, cycle_l1=translations.cycle_l1)

    def _asked(self, samples: ExampleSet) -> ExampleSet:
        """The same images, with the class that was asked for, where the extractor knows it."""
        number = translated_class(self.extractor, self._dataset.spec)
        return samples if number is None else replace(samples, labels=torch.full((len(samples),), number))

    @property
    def _is_paired(self) -> bool:
        source = self._dataset.spec.source
        return source is not None and source.paired

    @property
    def _measures(self) -> Mapping[str, Measure] | None:
        """The measures of pairs; None for images that are not paired."""
        names = [name for metric in self._metrics.values() for name in metric.gives]
        return measures_for(self._dataset.spec.shape, names) if self._is_paired else None

    @cached_property
    def _copies(self) -> Translations:
        sources = self.split.unseen.sources
        assert sources is not None
        return stand_in(copied_inputs(sources, self._dataset.spec.shape), self.split.unseen, self._measures)

    @cached_property
    def _others(self) -> PairErrors | None:
        """Another target in the place of each translation."""
        unseen = self.split.unseen
        return self._real_in_place(unseen, torch.arange(len(unseen)).roll(-1))

    @cached_property
    def _nearest(self) -> PairErrors | None:
        """The target of the nearest training source in the place of each translation."""
        unseen, train = self.split.unseen, self.split.train
        assert unseen.sources is not None
        assert train.sources is not None
        assert unseen.rows is not None
        return self._real_in_place(train, nearest_sources(unseen.sources, train.sources, unseen.rows))

    def _real_in_place(self, samples: ExampleSet, rows: Tensor) -> PairErrors | None:
        measures = self._measures
        return None if measures is None else other_targets(samples.select(rows), self.split.unseen, measures)

    def _too_few(self, wanted: list[Metric]) -> list[str]:
        names: dict[int, list[str]] = {}
        for metric in wanted:
            if metric.needs(self._dataset) > self.split.n:
                names.setdefault(2 * metric.needs(self._dataset), []).extend(metric.gives)
        here = len(self.split.unseen)
        return [f"{with_verb(few)} left out: {need} images are needed; here are {here}" for need, few in names.items()]

    @cached_property
    def _indistinct(self) -> dict[str, str]:
        references = [sets.reference for sets in self.sets]
        found = indistinct(self._every_baseline, references, len(self.split.unseen))
        named = self._every_baseline.get("agreement")
        if named and (share := statistics.fmean(named)) <= KNOWN_CLASS:
            found["agreement"] = f"agreement is left out: the classifier names only {share:.0%} of the real targets"
        return found
