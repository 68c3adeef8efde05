"""Random numbers for all rows of a minibatch, of which a share takes its own.

A component that draws numbers for its N rows need not know of shares: a torch function that draws a tensor whose first
side is the number of rows, or twice that (real and fake samples together), draws it for the whole minibatch and returns
the rows of the share. Other draws are left as they are, and are then the same in every share.
"""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

IN_PLACE = {"bernoulli_", "cauchy_", "exponential_", "geometric_", "log_normal_", "normal_", "random_", "uniform_"}
NEW = {"rand", "randn", "randint", "rand_like", "randn_like", "randint_like", "normal", "bernoulli", "poisson"}
NEW |= {"binomial", "multinomial", "gumbel_softmax", "rrelu", "dropout", "dropout1d", "dropout2d", "dropout3d"}
NEW |= {"alpha_dropout", "feature_alpha_dropout", "feature_dropout"}


class WholeDraws(TorchFunctionMode):
    """A context in which random numbers are drawn for a whole minibatch, and the rows of one share are returned.

    Args:
        index: the share's first row.
        count: the number of shares.
        whole: the number of rows of the whole minibatch.
    """

    def __init__(self, index: int, count: int, whole: int) -> None:
        super().__init__()
        self._rows = _Rows(index, count, whole)

    def __torch_function__(
        self, func: Callable[..., Any], types: Sequence[type], args: Sequence[Any] = (), kwargs: Any = None
    ) -> Any:
        name = getattr(func, "__name__", "")
        if name in NEW or name in IN_PLACE:
            with self._rows:  # not always, for every operation would then pass through Python
                return func(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


class _Rows(TorchDispatchMode):
    """Makes the operations that draw, those inside of functions such as dropout too, draw for all rows."""

    def __init__(self, index: int, count: int, whole: int) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.index, self.count, self.whole = index, count, whole
        self.own = len(range(index, whole, count))

    def __torch_dispatch__(self, func: Any, types: Sequence[type], args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if torch.Tag.nondeterministic_seeded not in func.tags:
            return func(*args, **kwargs)
        enlarged = [self._enlarged(argument) for argument in args]
        if all(new is old for new, old in zip(enlarged, args, strict=True)):
            return func(*args, **kwargs)
        drawn = func(*enlarged, **kwargs)
        if func._schema.is_mutable:
            return args[0].copy_(self._of_share(drawn))
        return tuple(map(self._of_share, drawn)) if isinstance(drawn, tuple) else self._of_share(drawn)

    def _blocks(self, side: Any) -> int:
        """How many rows an example has in a tensor of this first side: 1, 2, or 0 if it has none."""
        return side // self.own if side in (self.own, 2 * self.own) else 0

    def _enlarged(self, argument: Any) -> Any:
        """A size, or a tensor, as it is for the whole minibatch; anything else is returned as it is."""
        if isinstance(argument, list | tuple) and argument and (blocks := self._blocks(argument[0])):
            return [blocks * self.whole, *argument[1:]]
        if not isinstance(argument, Tensor) or not argument.ndim or not (blocks := self._blocks(len(argument))):
            return argument
        nearest = (torch.arange(self.whole, device=argument.device) // self.count).clamp(max=self.own - 1)
        rows = argument.unflatten(0, (blocks, -1))[:, nearest].flatten(0, 1)
        is_last = argument.ndim == 4 and argument.is_contiguous(memory_format=torch.channels_last)
        is_last = is_last and not argument.is_contiguous()
        # Random numbers are drawn in the order of the memory.
        return rows.contiguous(memory_format=torch.channels_last) if is_last else rows

    def _of_share(self, drawn: Tensor) -> Tensor:
        return drawn.unflatten(0, (-1, self.whole))[:, self.index :: self.count].flatten(0, 1)
