"""A real checkpoint with something changed that a stranger could change.

A forgery has a digest that is right, for a digest is no signature: what must find it is the check of its content.
"""

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from gancli.storage import checkpoint

REAL = Path(__file__).parents[1] / "released" / f"format-{checkpoint.FORMAT}.safetensors"
ANSI = "\x1b[2J\x1b[31m\r\nsaved\x07"

Header = dict[str, Any]
Tensors = dict[str, Tensor]
Change = Callable[[Header, Tensors], object]


def read(path: Path = REAL) -> tuple[Header, Tensors]:
    """What a checkpoint says of itself, and its tensors."""
    raw = path.read_bytes()
    size = int.from_bytes(raw[:8], "little")
    header = json.loads(json.loads(raw[8 : 8 + size])["__metadata__"]["gan"])
    return header, safetensors.torch.load(raw)


def forge(header: Header | str, tensors: Tensors) -> bytes:
    """A checkpoint with whatever header and tensors, and with the digest of them."""
    text = header if isinstance(header, str) else json.dumps(header)
    return safetensors.torch.save(tensors, {"gan": text, "sha256": checkpoint.digest(tensors, text)})


def forged(change: Change) -> bytes:
    """The real checkpoint after a change."""
    header, tensors = read()
    change(header, tensors)
    return forge(header, tensors)


def says(**values: object) -> Change:
    """Puts values into the header; ``recipe__latent__dim`` is ``recipe.latent.dim``."""

    def change(header: Header, tensors: Tensors) -> None:
        for path, value in values.items():
            *way, last = path.split("__")
            place = header
            for key in way:
                place = place[key]
            place[last] = value

    return change


def has(name: str, make: Callable[[Tensors], Tensor]) -> Change:
    """Puts one tensor among the others, or in the place of one."""
    return lambda header, tensors: tensors.update({name: make(tensors)})


def lacks(name: str) -> Change:
    return lambda header, tensors: tensors.pop(name)


def classes(names: list[str], count: int | None = None) -> Change:
    return says(data__class_names=names, data__num_classes=len(names) if count is None else count)


def _deep(levels: int) -> Any:
    return None if levels == 0 else {"a": _deep(levels - 1)}


WEIGHT = "generator.network.0.weight"
STATE = "generator_optimizer.1.exp_avg"
BOMB = "a: &a [1,1,1,1]\n" + "\n".join(f"{b}: &{b} [*{a},*{a},*{a}]" for a, b in pairwise("abcdefghi"))

REFUSED: dict[str, Change] = {  # whoever asks
    **{f"step {step!r}": says(step=step) for step in ("40", -1, 2**70, 1.5, True, None, float("nan"))},
    **{f"seconds {value!r}": says(seconds=value) for value in ("1", -1.0, float("nan"), float("inf"))},
    **{f"threads {value!r}": says(threads=value) for value in ("1", None, [])},
    "a name too long": says(name="x" * 256),
    "a name that is a number": says(name=7),
    "a torch of control characters": says(torch=ANSI),
    "a CPU of control characters": says(cpu=ANSI),
    "a package that is a command": says(plugins={"gan; touch canary": "1"}),
    "a package's version that is a command": says(plugins={"gan-x": "1\n touch canary"}),
    "an unknown field": says(surprise=1),
    "an unknown field of control characters": says(**{ANSI: 1}),
    "an unknown field, very long": says(**{"x" * 1_000_000: 1}),
    "scalars that are a list": says(scalars=[1]),
    "monitor that is a list": says(monitor=[1]),
    "monitor of empty lists without end": says(monitor={"x": [[]] * 500_000}),
    **{
        f"a recipe that is {value!r:.9}": says(recipe=value)
        for value in (None, [], "dataset: ring", BOMB, {}, {"a": {}})
    },
    "a recipe within a recipe within …": says(recipe=_deep(150)),
    "a recipe of empty lists": says(recipe__loss={"name": "hinge", "x": [[]] * 99_000}),
    "a recipe of unknown keys": says(recipe={str(number): 0 for number in range(99_000)}),
    "a recipe of empty lists without end": says(recipe__loss={"name": "hinge", "x": [[]] * 500_000}),
    "a recipe that writes elsewhere": says(recipe__out="/tmp/canary"),
    "a recipe with an unknown key of control characters": says(**{f"recipe__{ANSI}": 1}),
    "a broken recipe with a name of control characters": says(name=ANSI, recipe__dataset="nowhere"),
    "no such dataset": says(recipe__dataset={"name": "nowhere"}),
    "a dataset that is a path": says(recipe__dataset={"name": "../../x"}),
    "a model that is code": says(recipe__model={"name": "os.system"}),
    "another model": says(recipe__model={"name": "gan"}),
    "options of another type": says(recipe__architecture__generator_hidden="8"),
    "a layer of 10^9": says(recipe__architecture__generator_hidden=[10**9]),
    "layers of 65,536": says(recipe__architecture__generator_hidden=[65536] * 32),
    "another architecture": says(recipe__architecture={"name": "dcgan", "width": 1024}),
    "an embedding of 65,536": says(recipe__architecture__label_dim=65536),
    "noise of 65,536": says(recipe__latent__dim=65536),
    "noise of 10^9": says(recipe__latent__dim=10**9),
    "penalties without end": says(recipe__penalties=[{"name": "r1"}] * 1_000),
    "no average, and its weights": says(recipe__train__ema=0),
    **{
        f"data of shape {shape}": says(data__shape=shape)
        for shape in ([], [0], [-64], [10**9], [2**62], [2**70], [64.0], ["64"], [2, 8, 8], [1, 8, 8, 8], [1] * 1000)
    },
    "images of another size": says(data__shape=[1, 8, 9]),
    "fewer names than classes": classes(["a"], 2),
    "no names of classes": classes([], 2),
    "classes of the same name": classes(["a", "a"]),
    "classes of control characters": classes(["a", ANSI]),
    "classes that are numbers": classes([1, 2]),  # type: ignore[list-item]
    "-1 classes": classes([], -1),
    "10^9 classes": classes(["a", "b"], 10**9),
    "90,000 classes": classes([str(number) for number in range(90_000)]),
    "a million classes": classes([str(number) for number in range(1_000_000)]),
    "weights that are NaN": has(WEIGHT, lambda tensors: tensors[WEIGHT] * float("nan")),
    "a weight that is infinite": has(WEIGHT, lambda tensors: tensors[WEIGHT] / 0),
    "weights of another type": has(WEIGHT, lambda tensors: tensors[WEIGHT].double()),
    "complex weights": has(WEIGHT, lambda tensors: tensors[WEIGHT].to(torch.complex64)),
    "weights of 8 bits": has(WEIGHT, lambda tensors: tensors[WEIGHT].to(torch.float8_e4m3fn)),
    "weights of another shape": has(WEIGHT, lambda tensors: tensors[WEIGHT].T.contiguous()),
    "weights for a broadcast": has(WEIGHT, lambda tensors: tensors[WEIGHT][:1].clone()),
    "no weights": has(WEIGHT, lambda tensors: torch.zeros(0)),
    "a weight is missing": lacks(WEIGHT),
    "an average is missing": lacks(f"ema.{WEIGHT.partition('.')[2]}"),
    "a weight too many": has("generator.network.9.weight", lambda tensors: torch.zeros(2)),
    "a tensor of no part": has("surprise.weight", lambda tensors: torch.zeros(2)),
    **{
        f"a tensor called {name!r:.20}": has(name, lambda tensors: torch.zeros(2))
        for name in ("../../x", "generator/../../x", "generator.\0", f"generator.{ANSI}", "generator.<script>", "")
    },
    "a tensor with a name of 1 MB": has("generator." + "x" * 1_000_000, lambda tensors: torch.zeros(2)),
}

REFUSED_BY_RESUME: dict[str, Change] = {  # content that only a resumed training reads
    "state of one number for all": has(STATE, lambda tensors: torch.zeros(1)),
    "state of another shape": has(STATE, lambda tensors: tensors[STATE].T.contiguous()),
    "state of another type": has(STATE, lambda tensors: tensors[STATE].long()),
    "half of the state": lacks(STATE),
    "state of no parameter": has("generator_optimizer.99.exp_avg", lambda tensors: torch.zeros(1)),
    "state of a negative one": has("generator_optimizer.-1.exp_avg", lambda tensors: torch.zeros(1)),
    "state of a word": has("generator_optimizer.exp_avg", lambda tensors: torch.zeros(1)),
    "state too much": has("generator_optimizer.0.surprise", lambda tensors: torch.zeros(1)),
    "a step that is a shape": has("generator_optimizer.1.step", lambda tensors: torch.zeros(0)),
    "a number that is a word": says(scalars__generator={"1.step": "1"}),
    "numbers for tensors": says(scalars__generator={"1.exp_avg": 1}),
    "numbers of one player": says(scalars={"generator": {}}),
    "random numbers of another size": has("rng.cpu", lambda tensors: tensors["rng.cpu"][:-1].clone()),
    "random numbers of another type": has("rng.cpu", lambda tensors: tensors["rng.cpu"].int()),
    "random numbers that cannot be": has("rng.cpu", lambda tensors: torch.full_like(tensors["rng.cpu"], 255)),
    "no random numbers": lacks("rng.cpu"),
    "monitor that is nonsense": says(monitor={"symptoms": 3, "gradients": "x"}),
    "a rate of learning that is negative": says(recipe__optimizer__lr=-1.0),
    "another optimizer": says(recipe__optimizer__name="rmsprop", recipe__optimizer__betas=None),
}
