"""What several kinds of components promise of the values that they compute."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from gancli.build import scalar_problem
from gancli.shares import Share, computing
from gancli.testing.promises import Broken

MEAN = "take a mean over everything, and not a sum"
GROWTH = 4.0  # of a value whose batch is eight times as large, from which it counts as a sum
ALONE = "compute each sample on its own, then take the mean; or write mixes_batch = True in the class"
ROWS = 8  # of a minibatch that is shared
ROUNDING = 1e-4  # of a value that is computed in other shares


def check_scalar(value: Any, what: str) -> Tensor:
    """The value, which must be one finite number with a gradient."""
    if problem := scalar_problem(value):
        raise Broken(f"{what}: {problem}", "return a scalar tensor that is computed from what is given")
    return value


def check_finite(what: str, value: Tensor, *inputs: Tensor) -> None:
    """A value and its gradients by the inputs must be finite."""
    gradients = torch.autograd.grad(value, inputs, allow_unused=True)
    if not value.isfinite():
        raise Broken(f"{what}: {value.item()}", "use torch's stable functions: softplus, logsigmoid, logsumexp")
    if any(gradient is not None and not gradient.isfinite().all() for gradient in gradients):
        raise Broken(f"{what}: a gradient that is not finite", "keep square roots, logarithms and divisions from 0")


def check_mean(what: str, one: Tensor, many: Tensor) -> None:
    """A value may change a little with the batch, for it may be random, but must not grow with it."""
    if abs(many.item()) > GROWTH * abs(one.item()) + 1e-4:
        raise Broken(f"{what}: {one.item():.4g}, and {many.item():.4g} for a batch eight times as large", MEAN)


def check_shares(term: Any, compute: Callable[[Share], dict[str, Tensor]]) -> str | None:
    """Each value of a minibatch must be the mean of those of its halves, unless the term says that it mixes a batch."""
    if getattr(term, "mixes_batch", False):
        return "it says that it looks across the minibatch"
    whole, *halves = (_of_share(Share(*share, whole=ROWS), compute) for share in ((0, 1), (0, 2), (1, 2)))
    for name, value in whole.items():
        parts = [half[name] for half in halves]
        mean = sum(parts) / len(parts)
        if abs(mean - value) > ROUNDING * max(map(abs, (value, *parts))):  # relative: a weight may be small
            found = f"{name}: {value:.6g} for a minibatch, and {mean:.6g} as the mean of its halves"
            raise Broken(found, ALONE)
    return None


def _of_share(share: Share, compute: Callable[[Share], dict[str, Tensor]]) -> dict[str, float]:
    torch.manual_seed(0)
    with computing(share):
        return {name: value.item() for name, value in compute(share).items()}


def check_seeded(what: str, compute: Callable[[], Tensor]) -> None:
    """Two calls under one seed must give the same."""
    values = []
    for _ in range(2):
        torch.manual_seed(0)
        values.append(compute())
    if not torch.equal(*values):
        raise Broken(f"{what}: other values at a second call", "draw from torch's default generators alone")


def check_untouched(what: str, compute: Callable[..., Any], *given: Tensor) -> None:
    """Nothing that is given may be changed in place."""
    versions = [tensor._version for tensor in given]
    compute(*given)
    if versions != [tensor._version for tensor in given]:
        raise Broken(f"{what}: a changed input", "work on a copy: no x.add_(…), no x[…] = …")


def check_device(make: Callable[[], Callable[..., Any]], *shapes: tuple[int, ...]) -> None:
    """Tensors of a GPU must not meet one of the CPU; torch's fake tensors stand for them, so that none is needed.

    What fails for another reason, such as an operation that needs values, is nothing found.
    """
    with FakeTensorMode():
        with torch.device("cuda"):
            compute, given = make(), [torch.empty(shape) for shape in shapes]
        try:
            compute(*given)
        except Exception as error:
            if "devices" in str(error):
                way = "make tensors like those that are given: torch.zeros_like(x), torch.rand(…, device=x.device)"
                raise Broken("a tensor on the CPU beside one on a GPU", way) from error
