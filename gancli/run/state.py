"""The state of a training as named tensors, and back: all that it takes for a resumed run to end in the same bits."""

from dataclasses import dataclass
from typing import Any

import torch

from gancli import build
from gancli.build import Training
from gancli.errors import CheckpointError
from gancli.monitoring import TrainingMonitor
from gancli.recipe import PLAYERS, Recipe
from gancli.storage.checkpoint import Checkpoint, State
from gancli.storage.optimizer_state import flatten_optimizer, restore_optimizer
from gancli.storage.origin import Origin
from gancli.training import processes
from gancli.training.device import rng_state, set_rng_state


@dataclass
class Progress:
    """How far a training is."""

    step: int = 0
    seconds: float = 0.0
    best: float | None = None  # value of the selection metric so far
    ended: bool = False  # by train.patience
    origin: Origin | None = None  # of the networks that it started from


def progress(saved: Checkpoint) -> Progress:
    """How far the training of a checkpoint is."""
    return Progress(saved.step, saved.seconds, saved.best, saved.ended, saved.origin)


def state_dict(training: Training) -> tuple[State, dict[str, dict[str, Any]]]:
    """The tensors of the model, optimizers, average and random states; and the optimizers' other values."""
    parts = {player: getattr(training.gan, player).state_dict() for player in PLAYERS}
    parts["model"] = training.gan.own_state()
    parts["rng"] = rng_state(training.device)
    if training.average is not None:
        parts["ema"] = training.average.module.state_dict()
    scalars = {}
    for player, optimizer in training.optimizers.items():
        parts[f"{player}_optimizer"], scalars[player] = flatten_optimizer(optimizer)
    return {f"{part}.{key}": value for part, state in parts.items() for key, value in state.items()}, scalars


def load_state_dict(training: Training, saved: Checkpoint) -> None:
    """Restore what ``state_dict`` returned; raises CheckpointError if it is the state of another training."""
    try:
        for player in PLAYERS:
            build.load_network(getattr(training.gan, player), saved, player)
            state = saved.part(f"{player}_optimizer")
            restore_optimizer(training.optimizers[player], state, saved.scalars[player])
        build.load_own_state(training.gan, saved)
        if training.average is not None:
            build.load_network(training.average.module, saved, "ema")
            training.average.n_averaged.fill_(saved.averaged)
        set_rng_state(saved.part("rng"), training.device)
    except (LookupError, TypeError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"{type(error).__name__}: {error}") from None


def restore(training: Training, monitor: TrainingMonitor, saved: Checkpoint) -> None:
    """Put a training and its monitor where a checkpoint has them; raises CheckpointError if it does not fit."""
    try:
        load_state_dict(training, saved)
        monitor.load_state_dict(saved.monitor)
    except CheckpointError as error:
        raise CheckpointError(f"{saved.file}: cannot resume from it: {error}") from None


def size(training: Training) -> int:
    """Estimate of the bytes of a checkpoint: most optimizers keep two more numbers for every weight."""
    networks = [training.gan, training.gan, training.gan, *([training.average] if training.average is not None else [])]
    return sum(weights.numel() * weights.element_size() for network in networks for weights in network.parameters())


def snapshot(training: Training, recipe: Recipe, progress: Progress, monitor: dict[str, Any]) -> Checkpoint:
    """A checkpoint of a training as it is now.

    Args:
        monitor: the state of its monitor.
    """
    tensors, scalars = state_dict(training)
    return Checkpoint(
        name=recipe.name,
        recipe=recipe.trained_values(),
        data=training.dataset.spec,
        fingerprint=training.dataset.fingerprint,
        plugins=recipe.plan.third_parties(),
        cpu=torch.backends.cpu.get_cpu_capability(),
        threads=torch.get_num_threads(),
        processes=processes.size(),
        scalars=scalars,
        tensors=tensors,
        monitor=monitor,
        step=progress.step,
        seconds=progress.seconds,
        best=progress.best,
        ended=progress.ended,
        origin=progress.origin,
    )


def not_finite(saved: Checkpoint) -> str | None:
    """The name of a tensor that is not finite; None if all are."""
    return next((name for name, tensor in saved.tensors.items() if not tensor.isfinite().all()), None)
