"""``precision: auto``: the precision in which a step takes least time here."""

import torch

from gancli import build
from gancli.data import Dataset, DataSpec
from gancli.progress import task
from gancli.recipe import Recipe, from_values
from gancli.run.rehearsal import Rehearsal, time_steps, warm_up
from gancli.training import processes
from gancli.training.bf16 import EMULATED, cost_of_bf16
from gancli.training.device import choose_device

WORTH_IT = 0.9  # bf16 rounds to 8 bits: it is taken only if its step takes at most this share of the time in fp32


def choose(recipe: Recipe, saved: DataSpec | None = None) -> tuple[Recipe, list[str], Dataset | None]:
    """The recipe with a precision in place of ``auto``, what the user should know of the choice, and the data.

    A few steps in fp32 and in bf16 take turns, on a training that is not used any more. Its data are, so that they
    are read once; they are None if nothing was timed. Where bf16 is emulated, fp32 is taken at once.

    Args:
        saved: as ``build.training`` takes it.
    """
    if recipe.precision != "auto":
        return recipe, [], None
    cost = cost_of_bf16(choose_device(recipe.device))
    if cost > EMULATED:
        return recipe.in_precision("fp32"), [f"precision: fp32, not bf16: {_emulated(cost)}"], None
    alone = _share_of_one(recipe)
    training = build.training(alone, saved)
    candidates = [Rehearsal(alone.in_precision(name), training) for name in ("fp32", "bf16")]
    with task("timing a few steps in fp32 and bf16"):
        fp32, bf16 = warm_up(candidates)
        if bf16 <= EMULATED * fp32:  # on a busy machine, the product alone may not show it
            fp32, bf16 = (times.mean for times in time_steps(candidates))
    chosen = "bf16" if bf16 <= WORTH_IT * fp32 else "fp32"
    notice = f"precision: {chosen}; a step in bf16 takes {bf16 / fp32:.2f} of the time of one in fp32 here"
    return recipe.in_precision(chosen), [notice], training.dataset


def emulation_notices(recipe: Recipe, device: torch.device) -> list[str]:
    """A warning if a recipe is in bf16 and the device emulates it, which is far slower than fp32."""
    if recipe.precision != "bf16" or (cost := cost_of_bf16(device)) <= EMULATED:
        return []
    return [f"bf16 is slow here: {_emulated(cost)}; a new training is faster with precision=auto"]


def _emulated(cost: float) -> str:
    return f"this machine emulates it, and a product of matrices takes {cost:.0f} times as long as in fp32"


def kept(recipe: Recipe, before: Recipe) -> Recipe:
    """The recipe with the precision that ``auto`` took before."""
    return recipe.in_precision(before.precision) if recipe.precision == "auto" else recipe


def _share_of_one(recipe: Recipe) -> Recipe:
    """A recipe whose minibatch is what one process computes at once."""
    settings = recipe.train
    rows = -(-settings.batch_size // (processes.size() * settings.accumulate))
    return from_values(recipe.values(), recipe.name, [f"train.batch_size={rows}", "train.accumulate=1"])
