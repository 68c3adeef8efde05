"""A process that waits for trainings to be made in two processes: ``python -m gancli.testing.pair_server``.

It imports torch once for many checks, and is forked for each training. It computes nothing itself, because the threads
of a computation do not survive a fork.
"""

import json
import operator
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from safetensors.torch import save_file

from gancli import build, registry
from gancli.errors import LostProcessError
from gancli.recipe import from_values
from gancli.registry import made_of
from gancli.run import others, state
from gancli.testing.toys import TOYS
from gancli.testing.trainings import WHOLE, advance, steepen
from gancli.training import processes

SIZE = 2


def main() -> None:
    """Train what each line of stdin names, a folder; answer with a line when it is done."""
    for line in sys.stdin:
        _train(Path(line.rstrip("\n")))
        os.write(sys.stdout.fileno(), b"done\n")


def _train(folder: Path) -> None:
    """Two processes that train; if one of them fails, both end."""
    left = set()
    for rank in range(SIZE):
        pid = os.fork()
        if pid == 0:
            os._exit(_outcome(folder, rank))
        left.add(pid)
    while left:
        pid, status = os.wait()
        left.discard(pid)
        for other in left if status else ():
            with suppress(ProcessLookupError):
                os.kill(other, signal.SIGKILL)


def _outcome(folder: Path, rank: int) -> int:
    os.dup2(2, 1)  # stdout has the server's answers
    try:
        asked = json.loads((folder / "asked.json").read_text())
        os.environ.clear()
        os.environ.update(asked["environment"], RANK=str(rank), LOCAL_RANK=str(rank), WORLD_SIZE=str(SIZE))
        os.chdir(asked["current"])
        sys.path[:] = asked["path"]
        losses, tensors = _trained(asked)
        save_file(tensors, folder / f"{rank}.safetensors")
        (folder / f"{rank}.json").write_text(json.dumps(losses))
        return 0
    except LostProcessError:  # the other one has failed, and says why
        return 1
    except BaseException as error:  # a component may do anything, sys.exit included
        (folder / f"{rank}.txt").write_text(f"{type(error).__name__}: {error}")
        return 1


def _trained(asked: dict[str, Any]) -> tuple[list[dict[str, float]], dict[str, torch.Tensor]]:
    torch.set_num_threads(1)
    component = operator.attrgetter(asked["qualname"])(_module(asked["module"], asked["file"]))
    plugin = made_of(asked["kind"], asked["name"], component, asked["package"], asked["version"])
    processes.join()
    with registry.given(plugin, *TOYS):
        recipe = from_values(asked["recipe"], "check")
        training = build.training(recipe)
        steepen(training, asked["kind"])
        others.synchronise(training)
        losses = [_numbers(each) for each in advance(recipe, training, 0, WHOLE)]
    tensors, _ = state.state_dict(training)
    processes.leave()
    return losses, {name: tensor.detach().contiguous().clone() for name, tensor in tensors.items()}


def _module(name: str, file: str) -> ModuleType:
    """The module of this file; a test may have been imported under a name that Python does not find."""
    with suppress(ModuleNotFoundError):
        found = import_module(name)
        if found.__file__ == file:
            return found
    spec = spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    made = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def _numbers(losses: dict[str, torch.Tensor]) -> dict[str, float]:
    return {name: float(loss) for name, loss in losses.items()}


if __name__ == "__main__":
    main()
