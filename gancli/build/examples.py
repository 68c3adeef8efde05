"""The contract of a dataset, checked on some of its examples."""

from typing import Any

import torch
from torch import Tensor

from gancli.build.contracts import blaming_breach, breach
from gancli.build.value_problems import is_out_of_bounds, type_name
from gancli.data import Dataset, DataSpec
from gancli.registry import Plugin

EXAMPLES = 64


def check_dataset(data: Dataset, plugin: Plugin) -> None:
    """Raises PluginError for a dataset that breaks its contract."""
    _check_facts(data, plugin)
    sentence = "gather(indices, rng) returns (x,), (x, y) or (x, source), which depend on its arguments alone"
    spread = torch.linspace(0, len(data) - 1, min(EXAMPLES, len(data))).long()
    with blaming_breach(plugin, sentence):
        batch, again = (data.gather(spread.clone(), torch.Generator().manual_seed(0)) for _ in range(2))
    if problem := _batch_problem(batch, data.spec, len(spread)):
        raise breach(plugin, sentence, problem)
    if not all(map(torch.equal, batch, again)):
        raise breach(plugin, sentence, "other examples at a second call; draw random numbers from rng alone")


def _check_facts(data: Dataset, plugin: Plugin) -> None:
    spec, mark = getattr(data, "spec", None), getattr(data, "fingerprint", None)
    if not isinstance(spec, DataSpec):
        raise breach(plugin, "a dataset sets self.spec, a DataSpec", type(spec).__name__)
    if not isinstance(mark, str) or not mark:
        sentence = "a dataset sets self.fingerprint, a text that is equal exactly when the examples are"
        raise breach(plugin, sentence, f"{mark!r:.40}; gancli.data.base.fingerprint(*tensors) makes one")
    modes = data.modes
    if modes is not None and not (isinstance(modes, Tensor) and modes.ndim == 2 and modes.shape[1:] == spec.shape):
        found = f"a tensor of shape {tuple(modes.shape)}" if isinstance(modes, Tensor) else type(modes).__name__
        raise breach(plugin, "modes is a tensor of shape (M, D), or None", found)
    with blaming_breach(plugin, "len(dataset) is the number of examples"):
        n = len(data)
    if n < 1:
        raise breach(plugin, "a dataset has examples", f"{n}")


def _batch_problem(batch: Any, spec: DataSpec, n: int) -> str:
    """The difference between a minibatch of ``n`` examples and what the facts about the data say; empty if none."""
    if not isinstance(batch, tuple):
        return f"{type(batch).__name__}; return a tuple, (x,) if there are no labels"
    expected = 1 + (spec.num_classes > 0 or spec.source is not None)
    if len(batch) != expected:
        return f"a tuple of {len(batch)}, expected {expected}"
    if strange := [type(part).__name__ for part in batch if not isinstance(part, Tensor)]:
        return f"{strange[0]}; return tensors"
    x, *condition = batch
    if problem := _samples_problem("x", x, (n, *spec.shape), is_image=spec.is_image):
        return problem
    if condition and spec.source is not None:
        return _samples_problem("source", condition[0], (n, *spec.source.shape), is_image=True)
    return _labels_problem(condition[0], spec.num_classes, n) if condition else ""


def _samples_problem(name: str, x: Tensor, shape: tuple[int, ...], *, is_image: bool) -> str:
    if x.dtype != torch.float32:
        return f"{name} of type {type_name(x.dtype)}, expected float32" + ", in [-1, 1]" * is_image
    if x.shape != shape:
        return f"{name} of shape {tuple(x.shape)}, expected {shape}"
    if not x.isfinite().all():
        return f"{name} with numbers that are not finite"
    if is_image and is_out_of_bounds(x):
        return f"{name} from {x.min():.4g} to {x.max():.4g}, expected images in [-1, 1]"
    return ""


def _labels_problem(y: Tensor, num_classes: int, n: int) -> str:
    if y.dtype != torch.long or y.shape != (n,):
        found = f"labels of type {type_name(y.dtype)} and shape {tuple(y.shape)}"
        return f"{found}, expected int64 of shape ({n},)"
    if y.min() < 0 or y.max() >= num_classes:
        wrong = int(y.min() if y.min() < 0 else y.max())
        return f"the label {wrong}, and spec.num_classes is {num_classes}: labels are 0 to {num_classes - 1}"
    return ""
