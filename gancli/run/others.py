"""The other processes of a training: process 0 has the run, and sends them what to train and when to stop.

They read and write nothing in the run's folder, which need not be on their machine. The recipe, the data and gan itself
must be the same there; process 0 refuses to train otherwise.
"""

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

import gancli
from gancli import build
from gancli.build import Training
from gancli.build.places import places
from gancli.errors import DataError, GanError, PluginError, UsageError
from gancli.recipe import Recipe, from_values
from gancli.run import state, steps
from gancli.run.changes import READING, flat
from gancli.storage.checkpoint import Checkpoint
from gancli.training import processes
from gancli.training.device import rng_state, set_rng_state

END, STEP = 0, 1  # what process 0 sends before every step, and after the last one


def request(recipe: Recipe | None, words: Sequence[str]) -> str:
    """What this process was asked to train, as a text that is the same in every process."""
    here = {} if recipe is None else places(recipe)
    values = {} if recipe is None else flat(recipe.trained_values())
    kept = {
        key: value for key, value in values.items() if not (key in here or key == "device" or READING.fullmatch(key))
    }
    found = {"gan": gancli.__version__, "torch": torch.__version__, "recipe": kept, "words": list(words)}
    return json.dumps(found, sort_keys=True)


def check_requests(text: str) -> None:
    """Raises UsageError, in every process, if one of them was asked for something else than process 0."""
    texts = processes.all_gather_texts(text)
    first = json.loads(texts[0])
    for rank, other in enumerate(map(json.loads, texts)):
        if "error" in other:
            raise UsageError(f"process {rank}: {other['error']}" if rank else other["error"])
        if differences := _differences(first, other):
            raise UsageError(f"process {rank} was asked for something else than process 0: {'; '.join(differences)}")


def _differences(first: dict[str, Any], other: dict[str, Any]) -> list[str]:
    before, after = flat(first), flat(other)
    changed = sorted(key for key in before | after if before.get(key) != after.get(key))
    return [f"{key.removeprefix('recipe.')}: {before.get(key)!r} and {after.get(key)!r}" for key in changed]


def share_start(recipe: Recipe, training: Training, start: Checkpoint | None) -> None:
    """Send the other processes what process 0 trains, and wait until they have made it too.

    Args:
        start: the checkpoint that it starts from.

    Raises DataError if one of them has other data, and what else keeps it from training.
    """
    if processes.size() == 1:
        return
    processes.broadcast_bytes(json.dumps({"name": recipe.name, "values": recipe.trained_values()}).encode())
    processes.broadcast_bytes(start.file.read_bytes() if start else b"")
    _compare(processes.all_gather_texts(_made(recipe, training)))


def _made(recipe: Recipe, training: Training) -> str:
    return json.dumps({"data": training.dataset.fingerprint, "plugins": recipe.plan.third_parties()})


def _compare(texts: list[str]) -> None:
    first = json.loads(texts[0])
    for rank, other in enumerate(map(json.loads, texts)):
        if "error" in other:
            raise DataError(f"process {rank}: {other['error']}")
        if other["data"] != first["data"]:
            raise DataError(
                f"process {rank} has other data than process 0: found the fingerprint {other['data'][:12]}, expected "
                f"{first['data'][:12]}; every machine needs the same files"
            )
        if other["plugins"] != first["plugins"]:
            raise PluginError(f"process {rank} has {other['plugins']}, expected {first['plugins']} as process 0 has")


def synchronise(training: Training) -> None:
    """Give every process the networks, buffers and random numbers of process 0, before its first step."""
    if processes.size() == 1:
        return
    processes.broadcast([tensor.detach() for tensor in training.gan.state_dict().values()])
    random = rng_state(training.device)
    processes.broadcast([*random.values()])
    set_rng_state(random, training.device)


class OtherProcesses:
    """The other processes, as process 0 directs them."""

    def __init__(self) -> None:
        self._are_there = processes.size() > 1

    def begin_step(self) -> None:
        """They make a step too."""
        if self._are_there:
            processes.broadcast_number(STEP)

    def end(self) -> None:
        """They end, once; from then on, process 0 is alone."""
        if self._are_there:
            self._are_there = False
            processes.broadcast_number(END)


def follow(recipe: Recipe | None, *, is_resumed: bool) -> None:
    """Train with process 0 until it ends the training.

    Args:
        recipe: this process's own, which names the places of its files; None: that of process 0.
    """
    announced = json.loads(processes.broadcast_bytes() or "null")
    content = processes.broadcast_bytes()
    try:
        values = announced["values"]
        recipe = recipe.in_precision(values["precision"]) if recipe else from_values(values, announced["name"])
        start = _checkpoint(content) if content else None
        training = build.training(recipe, start.data if start else None)
        if start and not is_resumed:
            build.take_networks(training, recipe, start)
        text = _made(recipe, training)
    except GanError as error:
        processes.all_gather_texts(json.dumps({"error": str(error)}))
        raise
    _compare(processes.all_gather_texts(text))
    training.average = None  # process 0 alone draws samples
    if start and is_resumed:
        state.load_state_dict(training, start)
    synchronise(training)
    step = start.step if start and is_resumed else 0
    loop = steps.loop(recipe, training, step)
    while processes.broadcast_number() == STEP:
        steps.set_step(training, step)
        next(loop)
        training.gan.records = {}
        step += 1


def _checkpoint(content: bytes) -> Checkpoint:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "start.safetensors"
        path.write_bytes(content)
        return Checkpoint.load(path)
