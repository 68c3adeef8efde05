"""Shares: their rows, and what they see of the rows of the others."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gancli.shares.draws import WholeDraws

Gather = Callable[[Tensor], Tensor]  # the rows of this process → those of all processes, in order


def _own_rows(x: Tensor) -> Tensor:
    """The rows of one process are all rows. It has a name, so that a share can be sent to the workers of a dataset."""
    return x


@dataclass(frozen=True)
class Share:
    """Some rows of a minibatch.

    Args:
        index: its first row.
        count: the number of shares.
        whole: the number of rows of the whole minibatch.
        gather: brings together the rows that the processes compute at the same time.
        position: the number of this part among those that this process computes one after another.
        parts: how many these are.
        kept: what ``completed`` was given in earlier parts.
    """

    index: int
    count: int
    whole: int
    gather: Gather = _own_rows
    position: int = 0
    parts: int = 1
    kept: list[list[Tensor]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(range(self.index, self.whole, self.count))

    def of(self, x: Tensor) -> Tensor:
        """Its rows of a tensor of shape (whole, …)."""
        return x[self.index :: self.count]


_current: ContextVar[Share | None] = ContextVar("share", default=None)
_calls: ContextVar[list[int] | None] = ContextVar("calls", default=None)


@contextmanager
def computing(share: Share) -> Iterator[None]:
    """A context in which a share is computed; its random numbers are rows of those of the whole minibatch."""
    token, calls = _current.set(share), _calls.set([0])
    try:
        with WholeDraws(share.index, share.count, share.whole):
            yield
    finally:
        _current.reset(token)
        _calls.reset(calls)


def gathered(x: Tensor) -> Tensor:
    """The rows of all processes, in the order of the minibatch, for rows of this process; of one process, the same.

    Every process calls it, equally often.
    """
    share = _current.get()
    return x if share is None else share.gather(x)


def own(x: Tensor) -> Tensor:
    """The rows of this process, for those that ``gathered`` gives."""
    share = _current.get()
    if share is None:
        return x
    processes = share.count // share.parts
    return x[share.index % processes :: processes]


def completed(x: Tensor) -> Tensor | None:
    """The rows of the whole minibatch, in order, for rows of this share; None until this process has computed all.

    Every share calls it equally often.
    """
    share, calls = _current.get(), _calls.get()
    if share is None or calls is None:
        return x
    if share.position == 0:
        share.kept.append([])
    parts = share.kept[calls[0]]
    calls[0] += 1
    parts.append(x)
    return None if share.position < share.parts - 1 else share.gather(interleaved(parts))


def interleaved(parts: Sequence[Tensor]) -> Tensor:
    """The rows of which part i has i, i + P, i + 2 P, …, for P parts."""
    whole = torch.empty((sum(map(len, parts)), *parts[0].shape[1:]), dtype=parts[0].dtype, device=parts[0].device)
    for index, part in enumerate(parts):
        whole[index :: len(parts)] = part
    return whole
