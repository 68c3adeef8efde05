"""A plan: the recipe with every component resolved once, to its plugin, its factory and its typed options."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from gancli.errors import PluginError
from gancli.recipe.components import LISTED
from gancli.recipe.definitions import NO_AUGMENTATION, Define, Definition
from gancli.recipe.schema import PLAYERS, Component, Ramp, Recipe, Term
from gancli.registry import Plugin


@dataclass(frozen=True)
class ResolvedComponent:
    """A component that a recipe names, ready to be made: ``factory(**options)``, with what build supplies besides.

    Build makes its ``datasets`` before, and supplies them under the names of their options.
    """

    kind: str
    key: str  # where the recipe names it, dotted: ``penalties.0``
    name: str
    definition: Definition
    options: dict[str, Any]  # as the types of its signature
    datasets: dict[str, "ResolvedComponent"] = field(default_factory=dict)  # those among a dataset's options
    every: int = 1  # of a penalty or a regulariser: iterations from one time that it is due to the next

    @property
    def plugin(self) -> Plugin | None:
        """The plugin that provides it; None for an optimizer of torch."""
        return self.definition.plugin

    @property
    def factory(self) -> Callable[..., Any]:
        """Its class, or a function that makes one."""
        return self.definition.factory

    def nested(self) -> Iterator["ResolvedComponent"]:
        """The datasets inside it, and those inside these."""
        for dataset in self.datasets.values():
            yield from (dataset, *dataset.nested())


@dataclass(frozen=True)
class ResolvedOptimizer:
    """A player's optimizer, and those of its numbers that change over the steps; ``options`` hold their first value."""

    component: ResolvedComponent
    ramps: dict[str, Ramp]


@dataclass(frozen=True)
class Plan:
    """Everything that a recipe names; as an iterable, what is trained with, and so not the loggers."""

    dataset: ResolvedComponent
    model: ResolvedComponent
    architecture: ResolvedComponent
    loss: ResolvedComponent
    penalties: tuple[ResolvedComponent, ...]
    regularisers: tuple[ResolvedComponent, ...]
    augmentation: ResolvedComponent | None
    optimizers: dict[str, ResolvedOptimizer]  # by player
    loggers: tuple[ResolvedComponent, ...] = ()

    def __iter__(self) -> Iterator[ResolvedComponent]:
        yield from (self.dataset, *self.dataset.nested())
        yield from (self.model, self.architecture, self.loss, *self.penalties, *self.regularisers)
        yield from () if self.augmentation is None else (self.augmentation,)
        yield from (optimizer.component for optimizer in self.optimizers.values())

    def third_parties(self) -> dict[str, str]:
        """The distributions, and their versions, that it needs besides gan itself."""
        plugins = [component.plugin for component in self if component.plugin and not component.plugin.is_ours]
        return {plugin.package: plugin.version for plugin in plugins}


def resolve(recipe: Recipe, define: Define) -> Plan:
    """The plan of a checked recipe.

    Raises PluginError for a default of a component's option that is not what the option's annotation says.
    """

    def resolved(kind: str, key: str, component: Component) -> ResolvedComponent:
        every = component.every if isinstance(component, Term) else 1
        definition = define(kind, component.name)
        options = _typed(definition, component.options)
        written = {option: options.pop(option) for option in definition.datasets if options.get(option) is not None}
        datasets = {option: resolved("dataset", f"{key}.{option}", dataset) for option, dataset in written.items()}
        return ResolvedComponent(kind, key, component.name, definition, options, datasets, every)

    def listed(section: str) -> tuple[ResolvedComponent, ...]:
        written = enumerate(getattr(recipe, section))
        return tuple(resolved(LISTED[section], f"{section}.{index}", component) for index, component in written)

    def optimizer(player: str) -> ResolvedOptimizer:
        component = recipe.optimizer.of(player)
        ramps = {key: Ramp.model_validate(value) for key, value in component.options.items() if isinstance(value, dict)}
        starts = {key: ramp.start for key, ramp in ramps.items()}
        started = Component(name=component.name, **(component.options | starts))
        return ResolvedOptimizer(resolved("optimizer", "optimizer", started), ramps)

    augmentation = resolved("augmentation", "augmentation", recipe.augmentation)
    return Plan(
        dataset=resolved("dataset", "dataset", recipe.dataset),
        model=resolved("model", "model", recipe.model),
        architecture=resolved("architecture", "architecture", recipe.architecture),
        loss=resolved("loss", "loss", recipe.loss),
        penalties=listed("penalties"),
        regularisers=listed("regularisers"),
        augmentation=augmentation if (augmentation.kind, augmentation.name) != NO_AUGMENTATION else None,
        optimizers={player: optimizer(player) for player in PLAYERS},
        loggers=listed("log"),
    )


def _typed(definition: Definition, options: dict[str, Any]) -> dict[str, Any]:
    try:
        return definition.typed(options)
    except ValidationError as error:  # written options have been checked: it is a default
        if definition.plugin is None:
            raise
        detail = error.errors()[0]
        option = ".".join(map(str, detail["loc"]))
        problem = f"the default of its option {option!r} is not what its annotation says: {detail['msg']}"
        raise PluginError(f"{definition.plugin}: {problem}") from None
