"""An optimizer's ramps when a run is made longer or shorter than it was started with."""

from gancli.recipe import Ramp, Recipe
from gancli.recipe.components import optimizers
from gancli.recipe.tree import Tree, dotted
from gancli.training.schedules import between, progress


def ramps(recipe: Recipe) -> dict[str, Ramp]:
    """The ramps of a recipe by their dotted keys: ``optimizer.lr``, ``optimizer.generator.lr``."""
    return {
        dotted((*path, option)): Ramp.model_validate(value)
        for path, options in optimizers(Tree(recipe.values()))
        for option, value in options.items()
        if isinstance(value, dict)
    }


def value(ramp: Ramp, step: int) -> float:
    """The value after ``step`` steps."""
    assert ramp.steps is not None
    return between(ramp.start, ramp.end, progress(step, ramp.steps, ramp.after), ramp.shape)


def kept(before: Recipe, after: Recipe, step: int, command: str) -> str:
    """A notice about ramps that no longer end with the training; empty if there is none.

    Args:
        step: where the run is resumed.
        command: makes the run longer or shorter; the overrides that stretch the ramps are added to it.
    """
    then, now = ramps(before), ramps(after)
    lengths = (before.train.steps, after.train.steps)
    # A ramp that had a length of its own never ended with the training.
    concerned = {
        key: ramp for key, ramp in now.items() if ramp.steps == lengths[0] != lengths[1] and ramp == then.get(key)
    }
    if not concerned:
        return ""
    return f"{_kept(concerned, *lengths)}; {_stretched(concerned, lengths[1], step, command)}"


def _kept(concerned: dict[str, Ramp], before: int, after: int) -> str:
    reason = f"the run was started with a ramp over {before} steps"
    if after > before:
        values = ", ".join(f"{key} stays at {value(ramp, after):.3g}" for key, ramp in concerned.items())
        return f"{values} from step {before} on, because {reason}"
    values = ", ".join(f"{key} ends at {value(ramp, after):.3g}" for key, ramp in concerned.items())
    return f"{values}, because {reason}"


def _stretched(concerned: dict[str, Ramp], steps: int, step: int, command: str) -> str:
    stretched = {key: ramp.model_copy(update={"steps": steps}) for key, ramp in concerned.items()}
    values = ", ".join(f"{key} to {value(ramp, step):.3g}" for key, ramp in stretched.items())
    overrides = " ".join(f"{key}.steps={steps}" for key in concerned)
    return f"for a ramp over {steps} steps, which sets {values} at step {step}, run: {command} {overrides}"


def changed(before: Recipe, after: Recipe, step: int) -> list[str]:
    """A line for each ramp that an override has given another length."""
    then = ramps(before)
    return [
        f"{key}.steps: {then[key].steps} → {ramp.steps}; at step {step}, {key} goes "
        f"from {value(then[key], step):.3g} to {value(ramp, step):.3g}"
        for key, ramp in ramps(after).items()
        if key in then and then[key].steps != ramp.steps
    ]
