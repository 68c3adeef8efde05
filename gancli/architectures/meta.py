"""Networks that have shapes and no values, to be compared or counted before any memory is taken for them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from gancli.shares.draws import IN_PLACE


@contextmanager
def without_values() -> Iterator[None]:
    """Modules that are made inside lie on the meta device: they take no memory, and are not initialised.

    torch would run an initialisation there through its Python references, and these import torch._dynamo, which takes
    almost as long as importing torch. Other computations of a third party work there too, after that import.
    """
    with torch.device("meta"), _Uninitialised():
        yield


class _Uninitialised(TorchFunctionMode):
    """Leaves out what initialises a tensor on the meta device, and the arithmetic of spectral_norm."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        tensor = args[0] if args else kwargs.get("tensor")
        if isinstance(tensor, Tensor) and tensor.is_meta:
            name = getattr(func, "__name__", "")
            if name in IN_PLACE or getattr(func, "__module__", "") == "torch.nn.init":
                return tensor
            if func is functional.normalize:
                return tensor.new_empty(tensor.shape) if kwargs.get("out") is None else kwargs["out"]
            if func in (torch.mv, torch.vdot):
                return tensor.new_empty(tensor.shape[:-1])
            if name in ("mul", "div") and _is_scaled(tensor, args[1:], kwargs):
                return tensor.new_empty(tensor.shape)
        return func(*args, **kwargs)


def _is_scaled(tensor: Tensor, factors: Sequence[Any], options: dict[str, Any]) -> bool:
    """Whether a product with one factor has the shape and the type of the tensor."""
    if options or len(factors) != 1 or not tensor.is_floating_point():
        return False
    factor = factors[0]
    if isinstance(factor, Tensor):
        return factor.ndim == 0 and factor.is_meta and factor.dtype == tensor.dtype
    return isinstance(factor, int | float)
