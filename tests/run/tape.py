"""A graph for a CPU: torch's operations, recorded once and then repeated on the same tensors, without Python's part."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

T = TypeVar("T")
EMPTY = {"empty", "empty_like", "empty_strided", "new_empty", "new_empty_strided"}  # memory alone: nothing to repeat


class Tape(TorchDispatchMode):
    """Records the operations inside, as a CUDA graph does: at the end everything is as it was before."""

    def __init__(self) -> None:
        super().__init__()
        self.operations: list[tuple[Any, Any, Any, list[Tensor]]] = []
        self._before: dict[int, tuple[Tensor, Tensor]] = {}  # place in memory -> a tensor, and all that it had
        self._made: list[torch.UntypedStorage] = []  # kept, so that nothing else gets their place

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = {storage.data_ptr() for storage in self._made}
        for tensor in tensors((args, kwargs)):
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in self._before and storage.data_ptr() not in made:
                self._before[storage.data_ptr()] = (tensor, storage.clone())
        result = func(*args, **(kwargs or {}))
        results = tensors(result)
        self._made += [tensor.untyped_storage() for tensor in results if self._is_new(tensor)]
        if func.overloadpacket.__name__ not in EMPTY:
            self.operations.append((func, args, kwargs or {}, results))
        return result

    def _is_new(self, tensor: Tensor) -> bool:
        return tensor.untyped_storage().data_ptr() not in self._before

    def rewind(self) -> None:
        """Undo what was computed while it was recorded."""
        for tensor, content in self._before.values():
            tensor.untyped_storage().copy_(content)

    @torch.no_grad()
    def replay(self) -> None:
        """Compute all again: from what is now in the tensors that were there before, into those that were made."""
        for func, args, kwargs, results in self.operations:
            for old, new in zip(results, tensors(func(*args, **kwargs)), strict=True):
                if old.untyped_storage().data_ptr() != new.untyped_storage().data_ptr():
                    old.copy_(new)


class TapeRecorder:
    """Records tapes; counts them and their replays."""

    def __init__(self) -> None:
        self.tapes: list[Tape] = []
        self.replays: list[int] = []  # numbers of tapes

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def record(self, work: Callable[[], T]) -> tuple[T, Callable[[], None]]:
        number, random = len(self.tapes), torch.get_rng_state()
        self.tapes.append(Tape())
        with self.tapes[number] as tape:
            result = work()
        tape.rewind()
        torch.set_rng_state(random)

        def replay() -> None:
            self.replays.append(number)
            tape.replay()

        return result, replay


def tensors(values: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(values) if isinstance(leaf, Tensor)]
