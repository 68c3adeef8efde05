"""Suggestions for a training that fails: overrides of its own recipe that are known to stabilise a GAN."""

from pathlib import Path
from typing import Any

from gancli import commands
from gancli.monitoring.warning_texts import (
    CONDITIONAL,
    GRADIENT_PENALTY,
    LABEL_SMOOTHING,
    NON_SATURATING,
    PENALTIES,
    R1,
)
from gancli.recipe import Recipe
from gancli.storage.run_folder import RunFolder

STABLE_ADAM = "{name: adam, lr: 2e-4, betas: [0.5, 0.99]}"  # of DCGAN (Radford et al., 2016)
LEAST_LR, LEAST_BATCH = 1e-4, 16


def command(recipe: Recipe, folder: RunFolder) -> str:
    """A command that trains the recipe of a run again, without the usual causes of failure."""
    return commands.command("train", folder.recipe, *changes(recipe))


def way_back(recipe: Recipe, folder: RunFolder, last: int) -> str:
    """A command that trains on from an earlier checkpoint of a run, without the usual causes of failure.

    Args:
        last: the last step that is worth going back to.

    Empty if no checkpoint of a good step was kept.
    """
    good = _good_checkpoint(folder, last)
    return "" if good is None else commands.command("train", "--from", good, *changes(recipe))


def _good_checkpoint(folder: RunFolder, last: int) -> Path | None:
    """The best step if the training is evaluated, else the newest one until ``last``."""
    if folder.best.exists():
        return folder.best
    return next((path for path in folder.checkpoints() if folder.step(path) <= last), None)


def changes(recipe: Recipe) -> list[str]:
    """Overrides, ``KEY=VALUE`` each, that remove the usual causes of failure from a recipe."""
    found = _of_the_optimizer(recipe)
    if recipe.loss.name == "minimax":
        found.append(NON_SATURATING)
    if penalty := _penalty(recipe):
        found.append(penalty)
    if recipe.train.batch_size < LEAST_BATCH:
        found.append("train.batch_size=64")
    return found


def applies(recipe: Recipe, advice: str) -> bool:
    """Whether an advice of the monitor is of use: the recipe does not have it yet, and its components know it."""
    if advice in PENALTIES:
        return advice == _penalty(recipe)
    if advice == LABEL_SMOOTHING:
        return recipe.loss.options.get("label_smoothing") == 0
    if advice == CONDITIONAL:
        return not getattr(recipe.plan.model.factory, "conditional", False)
    return advice != f"loss={recipe.loss.name}"


def _penalty(recipe: Recipe) -> str:
    """The penalty that suits the loss; empty for a recipe that has one."""
    if recipe.penalties:
        return ""
    return GRADIENT_PENALTY if recipe.loss.name == "wasserstein" else R1


def _of_the_optimizer(recipe: Recipe) -> list[str]:
    options = recipe.optimizer.options
    if not recipe.optimizer.name.startswith("adam"):
        return [f"optimizer={STABLE_ADAM}"]
    found = []
    if "lr" in options and (lower := _tenth(options["lr"])) is not None:
        found.append(f"optimizer.lr={lower}")
    betas = options.get("betas")
    if isinstance(betas, list) and betas and isinstance(betas[0], float) and betas[0] > 0.5:
        found.append("optimizer.betas=[0.5, 0.99]")
    return found


def _tenth(lr: Any) -> str | None:
    """A tenth of a learning rate, or of both ends of a ramp; None for one that is small already."""
    if isinstance(lr, dict):
        if max(lr["from"], lr["to"]) <= LEAST_LR:
            return None
        ramp = lr | {"from": lr["from"] / 10, "to": lr["to"] / 10}
        return "{" + ", ".join(f"{key}: {_number(value)}" for key, value in ramp.items() if value is not None) + "}"
    return _number(lr / 10) if isinstance(lr, float | int) and lr > LEAST_LR else None


def _number(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
