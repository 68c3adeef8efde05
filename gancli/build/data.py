"""The dataset of a recipe, and the extractor that its images are compared in."""

from pathlib import Path

from gancli import registry
from gancli.build.components import blaming, check_contract, make
from gancli.build.nested import nested
from gancli.data import Dataset, DataSpec
from gancli.errors import UsageError
from gancli.extractors import Extractor, for_dataset, from_file, learnable
from gancli.progress import task
from gancli.recipe import Recipe


def dataset(recipe: Recipe, saved: DataSpec | None = None) -> Dataset:
    """The dataset, its classes in the order of ``saved`` if it has the same ones; it is read, or downloaded, here."""
    datasets = {option: nested(recipe, part) for option, part in recipe.plan.dataset.datasets.items()}
    made: Dataset = make(recipe, recipe.plan.dataset, **datasets)
    with blaming(recipe.plan.dataset.plugin):
        made.spec.check()  # a checkpoint with other facts would be refused
        return made.with_class_order(saved.class_names) if saved else made


def extractor(recipe: Recipe, data: Dataset, chosen: str = "") -> Extractor:
    """The extractor that the dataset's images are compared in: its own, or the one that is asked for.

    Args:
        chosen: a file that holds an extractor, or the name of a component that makes one of a dataset.

    Raises UsageError for one that does not fit the images, CheckpointError for a file that holds none, DataError, and
    PluginError for a plugin's failure.
    """
    if not chosen:
        with blaming(recipe.plan.dataset.plugin), task("making an extractor of the images") as report:
            return for_dataset(data, recipe.dataset.name.removeprefix("gancli/"), progress=report)
    if chosen.endswith(".safetensors"):
        return from_file(Path(chosen), data.spec)
    try:
        loaded = registry.load_with_plugin("extractor", chosen)
    except LookupError as error:
        raise UsageError(f"extractor: {error}; a file of one ends in .safetensors") from None
    with blaming(loaded.plugin):
        try:
            made: Extractor = loaded.factory(learnable(data))  # the rest is for evaluation
        except ValueError as error:
            raise UsageError(f"extractor {chosen}: {error}") from error
        check_contract("extractor", made)
    return made
