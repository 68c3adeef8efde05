"""A training of a few steps in two processes, as ``torchrun`` starts them, with gloo and on the CPU."""

import json
import operator
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from safetensors.torch import load_file

from gancli.recipe import Recipe
from gancli.registry import Plugin
from gancli.storage.checkpoint import State
from gancli.testing.promises import Broken, NotTried

LIMIT_SECONDS = 600.0  # the first training waits for the import of torch, from a cold disk


@dataclass(frozen=True)
class Pair:
    """What two processes that train together end with, process 0 first."""

    losses: list[list[dict[str, float]]]  # of each process, step by step
    states: list[State]


def train_together(recipe: Recipe, plugin: Plugin, component: Any) -> Pair:
    """Train a recipe in two processes, to which the component is given as ``plugin``.

    Raises NotTried for a component that another process cannot import, Broken for a training that fails.
    """
    asked = {
        "recipe": recipe.values(),
        **{name: getattr(plugin, name) for name in ("kind", "name", "package", "version")},
        **_address(component),
        "path": sys.path,
        "current": str(Path.cwd()),
    }
    with tempfile.TemporaryDirectory(prefix="gan-pair-") as name:
        folder = Path(name)
        (folder / "asked.json").write_text(json.dumps(asked | {"environment": _environment()}))
        _ask(folder)
        if errors := [path.read_text() for path in sorted(folder.glob("*.txt"))]:
            raise Broken(f"in two processes, {errors[0]}", "mend what fails where a minibatch is shared")
        files = sorted(folder.glob("*.safetensors"))
        if len(files) < 2:
            raise Broken("a process that died without a word", "mend what ends it")
        losses = [json.loads(file.with_suffix(".json").read_text()) for file in files]
        return Pair(losses, [load_file(file) for file in files])


def _address(component: Any) -> dict[str, str]:
    """The names by which another process imports a component."""
    module, name = getattr(component, "__module__", ""), getattr(component, "__qualname__", "")
    try:
        found = operator.attrgetter(name)(sys.modules[module])
    except (AttributeError, KeyError):
        found = None
    file = getattr(sys.modules.get(module), "__file__", None)
    if found is not component or module == "__main__" or not file:
        raise NotTried("another process cannot import it: define it in a module, and not inside of a function")
    return {"module": module, "qualname": name, "file": file}


def _environment() -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return {**os.environ, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "CUDA_VISIBLE_DEVICES": ""}


def _ask(folder: Path) -> None:
    """Have the server train, and wait until it has."""
    server = _server()
    if server.poll() is not None:
        _server.cache_clear()
        server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{folder}\n".encode())
    server.stdin.flush()
    if not select.select([server.stdout], [], [], LIMIT_SECONDS)[0]:
        os.killpg(server.pid, signal.SIGKILL)
        raise Broken(
            f"two processes that were not done after {LIMIT_SECONDS:g} s",
            "let every process call gancli.shares.gathered equally often",
        )
    server.stdout.readline()


@cache
def _server() -> "subprocess.Popen[bytes]":
    """One for all checks of this process; it ends when this process does, with its stdin."""
    same = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "CUDA_VISIBLE_DEVICES": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "gancli.testing.pair_server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=same,
        start_new_session=True,
    )
