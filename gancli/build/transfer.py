"""The networks of one run as the start of another."""

import json
import shlex
from typing import Any

from torch import Tensor

from gancli.build.restore import misfits, recipe_of
from gancli.build.trainings import Training
from gancli.data import DataSpec
from gancli.errors import CheckpointError, printable
from gancli.recipe import PLAYERS, Recipe
from gancli.storage.checkpoint import Checkpoint, State, digest
from gancli.storage.origin import Origin

SHOWN = 10  # tensors that do not fit


def take_networks(training: Training, recipe: Recipe, saved: Checkpoint) -> Origin:
    """Put the networks of a checkpoint into a training that has not begun; returns where they are from.

    The average goes on from the checkpoint's, or begins at its generator if it has none. What a penalty, regulariser,
    loss or augmentation remembers is taken if the two recipes name it with the same options, and else begins anew.
    Optimizers, step and random numbers are not taken.

    Raises CheckpointError, with every tensor that does not fit, before a weight is changed; PluginError if a package
    that the checkpoint needs is not installed.
    """
    saved.refuse_generator_only("gan train --from")
    before = recipe_of(saved)
    own = _taken(training.gan.own_state(), recipe, before)
    parts = {player: getattr(training.gan, player).state_dict() for player in PLAYERS} | {"model": own}
    found = {player: saved.part(player) for player in PLAYERS} | {"model": _taken(saved.part("model"), recipe, before)}
    wrong = [line for part in parts for line in misfits(parts[part], found[part], part)]
    if wrong:
        raise CheckpointError(_refusal(saved, wrong, training, recipe, before))
    for player in PLAYERS:
        getattr(training.gan, player).load_state_dict(found[player])
    training.gan.load_state_dict(found["model"], strict=False)  # the players are loaded by themselves
    averaged = _take_average(training, saved)
    return Origin(printable(str(saved.file)), saved.name, saved.step, digest(saved.tensors), averaged)


def _take_average(training: Training, saved: Checkpoint) -> int:
    """Take the average, if there is one; returns the number of steps that it goes over."""
    if training.average is None or not (average := saved.part("ema")):
        if training.average is not None:
            training.average.module.load_state_dict(saved.part("generator"))
        return 0
    training.average.module.load_state_dict(average)
    return saved.averaged


def _taken(state: State, recipe: Recipe, before: Recipe) -> dict[str, Tensor]:
    """The state of the model itself, and of the components that both recipes name with the same options."""
    here, there = recipe.values(), before.values()
    return {key: value for key, value in state.items() if _component(here, key) == _component(there, key)}


def _component(values: dict[str, Any], key: str) -> Any:
    """The part of a recipe that the state ``key`` belongs to; None for the model itself."""
    section, _, rest = key.partition(".")
    if section in ("loss", "augmentation"):
        return values[section]
    if section in ("penalties", "regularisers"):
        return next((term for term in values[section] if rest.startswith(f"{term['name']}.")), None)
    return None


def _differences(recipe: Recipe, before: Recipe) -> tuple[list[str], list[str]]:
    """What differs between the networks of the recipes, in words; and the overrides that make them equal."""
    words, overrides = [], []
    for section in ("model", "architecture", "latent"):
        old, new = before.values()[section], recipe.values()[section]
        if old.get("name") != new.get("name"):
            words.append(f"{section} is {old['name']} there and {new['name']} here")
            overrides.append(f"{section}={_flow(old)}")
            continue
        changed = [key for key in old | new if old.get(key) != new.get(key) and key not in ("prior", "scale")]
        words += [f"{section}.{key} is {_flow(old.get(key))} there and {_flow(new.get(key))} here" for key in changed]
        overrides += [f"{section}.{key}={_flow(old.get(key))}" for key in changed]
    return words, overrides


def _refusal(saved: Checkpoint, wrong: list[str], training: Training, recipe: Recipe, before: Recipe) -> str:
    words, overrides = _differences(recipe, before)
    there, here = _facts(saved.data), _facts(training.gan.data)
    words += [f"the data has {old} there, and {new} here" for old, new in zip(there, here, strict=True) if old != new]
    lines = sorted(wrong)[:SHOWN] + ([f"and {len(wrong) - SHOWN} more"] if len(wrong) > SHOWN else [])
    text = f"{saved.file}: its networks do not fit this recipe:\n  " + "\n  ".join(lines)
    text += f"\nwhat differs: {printable('; '.join(words))}" if words else ""
    size = _size(training.gan.data, saved.data) if "size" in recipe.values()["dataset"] else []
    overrides = size + overrides
    way_out = ["choose data as there"] if there != here and not size else []
    way_out += [f"add {printable(shlex.join(overrides))}"] if overrides else []
    return f"{text}\nto make the same networks, {', and '.join(way_out)}" if way_out else text


def _size(here: DataSpec, there: DataSpec) -> list[str]:
    """The override that gives images the height and the width that they have there, if nothing else differs."""
    is_alike = (here.shape[0], here.num_classes) == (there.shape[0], there.num_classes)
    if not (here.is_image and there.is_image and is_alike) or here.shape == there.shape:
        return []
    _, height, width = there.shape
    return [f"dataset.size={height if height == width else [height, width]}"]


def _flow(value: Any) -> str:
    """A value as an override writes it."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _facts(data: DataSpec) -> tuple[str, str]:
    """The facts about data that networks depend on, in words."""
    return f"the shape {'×'.join(map(str, data.shape))}", f"{data.num_classes} classes"
