"""The optimizer of a player."""

from torch import nn
from torch.optim import Optimizer

from gancli.build.components import make
from gancli.recipe import Recipe
from gancli.training.eager import eager
from gancli.training.schedules import Schedule


def optimizer(recipe: Recipe, player: str, network: nn.Module, schedules: list[Schedule]) -> Optimizer:
    """A player's optimizer over its network; the schedules of its options are added to ``schedules``."""
    planned = recipe.plan.optimizers[player]
    component = planned.component
    options = component.options
    fused: dict[str, bool] = {}
    if "fused" in component.definition.options and not {"foreach", "fused", "differentiable"} & options.keys():
        fused["fused"] = True  # one kernel for all parameters
    weights = [parameter for parameter in network.parameters() if parameter.requires_grad]
    try:
        made: Optimizer = eager(make(recipe, component, weights, **fused))
    except RuntimeError as error:
        raise recipe.error("optimizer", error) from None
    for key, ramp in planned.ramps.items():
        assert ramp.steps is not None  # written out when the recipe was checked
        schedules.append(Schedule(made, key, ramp.start, ramp.end, ramp.steps, ramp.shape, ramp.after))
    return made
