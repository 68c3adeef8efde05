"""A dataset that is an option of another dataset, such as ``dataset.of``."""

import re

from gancli.build.components import blaming, make
from gancli.build.examples import check_dataset
from gancli.data import Dataset
from gancli.errors import DataError
from gancli.recipe import Recipe, ResolvedComponent

OPTION = re.compile(r"\bdataset\.(?=[a-z_]+=)")  # before an option that a dataset tells its user to change


def nested(recipe: Recipe, component: ResolvedComponent) -> Dataset:
    """The dataset, checked as one that is trained on; what it says of its own options names them in full.

    Raises RecipeError, DataError, and PluginError for a third party's dataset that breaks its contract.
    """
    datasets = {option: nested(recipe, part) for option, part in component.datasets.items()}
    try:
        made: Dataset = make(recipe, component, **datasets)
    except DataError as error:
        raise DataError(_in_full(str(error), component.key)) from error
    if component.plugin is not None and not component.plugin.is_ours:
        check_dataset(made, component.plugin)
    with blaming(component.plugin):
        made.spec.check()
    made.notice, made.why_unlabelled = (_in_full(text, component.key) for text in (made.notice, made.why_unlabelled))
    return made


def _in_full(text: str, key: str) -> str:
    """``dataset.fit=pad`` as ``dataset.of.fit=pad``."""
    return OPTION.sub(f"{key}.", text)
