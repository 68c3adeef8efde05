"""The order of the steps of a training, in sentences: Algorithm 1 with the settings of a recipe."""

from gancli.explanation.options import written
from gancli.recipe import PLAYERS, Ramp, Recipe

LETTERS = {"discriminator": "D", "generator": "G"}
SHAPES = {"linear": "in a straight line", "cosine": "along a cosine", "exponential": "by the same factor every step"}


def procedure(recipe: Recipe, *, translates: bool) -> list[str]:
    """What one iteration does, in order; each text is one part of it.

    Args:
        translates: whether the generator takes images, and not noise.
    """
    settings = recipe.train
    batch, k = f"{settings.batch_size:,}", settings.k_steps
    fakes = "G translates its source images" if translates else f"G draws {batch} fakes from fresh noise"
    times = "" if k == 1 else f"{k} times over: "
    steps = [
        f"D: {times}a fresh minibatch of {batch} real samples is taken, {fakes}, and D makes one step down its "
        "objective. G does not move.",
        f"G: {fakes if translates else f'{batch} new fakes are drawn'}, and G makes one step down its objective, "
        "through D. D does not move.",
    ]
    if settings.ema:
        warmup = ", less during the first steps" if settings.ema_warmup else ""
        steps.append(
            f"Average: a copy of G moves towards G; {settings.ema:g} of it stays{warmup}. Samples are drawn from this "
            "copy, which is steadier than G itself."
        )
    return steps


def settings(recipe: Recipe, *, translates: bool) -> dict[str, str]:
    """What holds for all steps: how many, the optimizers, noise, augmentation, precision, seed."""
    latent, train = recipe.latent, recipe.train
    prior = f"N(0, {latent.scale**2:g})" if latent.prior == "normal" else f"U(−{latent.scale:g}, {latent.scale:g})"
    found = {"steps": f"{train.steps:,}, each with {train.k_steps} of D and one of G"}
    if not translates:
        found["noise z"] = f"{latent.dim:,} numbers from {prior}" if latent.dim > 1 else f"one number from {prior}"
    optimizers = {player: _optimizer(recipe, player) for player in PLAYERS}
    if len(set(optimizers.values())) == 1:
        found["optimizers"] = f"one for each player: {optimizers['generator']}"
    else:
        found |= {f"optimizer of {LETTERS[player]}": text for player, text in optimizers.items()}
    name = recipe.augmentation.name
    if name != "none":
        found["augmentation"] = f"{name}: D sees real samples and fakes only through it, in both players' steps"
    if train.evaluate_every:
        patience = f", and ends after {train.patience} without a better one" if train.patience else ""
        found["evaluation"] = f"at every {train.evaluate_every:,}th step{patience}"
    return found | {"precision": recipe.precision, "seed": str(recipe.seed)}


def _optimizer(recipe: Recipe, player: str) -> str:
    component = recipe.optimizer.of(player)
    written_options = component.options
    ramps = {name: Ramp.model_validate(value) for name, value in written_options.items() if isinstance(value, dict)}
    values = [f"{name} {written(value)}" for name, value in written_options.items() if name not in ramps]
    moving = [f"{name} {_ramp(ramp)}" for name, ramp in ramps.items()]
    return ", ".join([component.name, *values, *moving])


def _ramp(ramp: Ramp) -> str:
    """``from 0.004 to 0.0001 over 6,000 steps, along a cosine``."""
    held = f", held for the first {ramp.after:.0%}" if ramp.after else ""
    return f"from {ramp.start:g} to {ramp.end:g} over {ramp.steps:,} steps, {SHAPES[ramp.shape]}{held}"
