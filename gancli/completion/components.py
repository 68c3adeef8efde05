"""The names of components and their options, from metadata and source files."""

from gancli import registry
from gancli.recipe.definitions import NO_AUGMENTATION, SUPPLIED
from gancli.registry import source_files
from gancli.registry.loading import UNFIT_OPTIMIZERS
from gancli.registry.source_files import WrittenOption

KINDS = tuple(kind for kind in registry.GROUPS if kind != "recipe")
TORCH = "torch.optim"


def names(kind: str) -> list[str]:
    """Every name that a recipe may give to a component of this kind."""
    more = [NO_AUGMENTATION[1]] if kind == NO_AUGMENTATION[0] else list(_of_torch()) if kind == "optimizer" else []
    return sorted({*registry.names(kind), *more})


def options(kind: str, name: str) -> dict[str, WrittenOption]:
    """The options that a recipe may give to a component; none if its source cannot be read.

    Raises LookupError for an unknown name, PluginError for one that two packages claim.
    """
    if (kind, name) == NO_AUGMENTATION:
        return {}
    target = _of_torch().get(name.removeprefix("torch/")) if kind == "optimizer" else None
    found = source_files.options(target or registry.find(kind, name).entry_point.value)
    return {option: written for option, written in found.items() if option not in SUPPLIED.get(kind, ())}


def metrics() -> list[str]:
    """The metrics of ``gan evaluate``."""
    return source_files.keys("gancli.evaluation.catalogue", "METRICS")


def sampling_options(model: str) -> dict[str, WrittenOption]:
    """The sampling options of a model: the keywords of its sampler."""
    found = source_files.options(registry.find("model", model).entry_point.value, "sampler")
    return {option: written for option, written in found.items() if option != "generator"}


def _of_torch() -> dict[str, str]:
    """The optimizers of torch by the names that a recipe uses."""
    found = {name.lower(): target for name, target in source_files.names(TORCH).items() if name[0].isupper()}
    return {name: target for name, target in found.items() if name not in UNFIT_OPTIMIZERS}
