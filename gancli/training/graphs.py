"""CUDA graphs: the work of a GPU, recorded once and then repeated without the CPU's part of it.

How PyTorch records them, and what it asks for: https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

import torch

T = TypeVar("T")
Replay = Callable[[], None]


class Recorder(Protocol):
    """Records work for a device as graphs."""

    def aside(self) -> AbstractContextManager[None]:
        """A context in which work is made as usual where it can be recorded later, such as another stream."""

    def record(self, work: Callable[[], T]) -> tuple[T, Replay]:
        """What ``work`` returns, which is on the device once the graph has been replayed, and what replays it.

        Nothing is computed yet. Raises RuntimeError for work that cannot be recorded.
        """


class CudaRecorder:
    """Records CUDA graphs, each with its own memory, so that they may be replayed in any order."""

    def __init__(self, device: torch.device) -> None:
        self._device, self._stream = device, torch.cuda.Stream(device)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """A context of the stream on which graphs are recorded: autograd remembers the stream of a parameter."""
        usual = torch.cuda.current_stream(self._device)
        self._stream.wait_stream(usual)
        with torch.cuda.stream(self._stream):
            yield
        usual.wait_stream(self._stream)

    def record(self, work: Callable[[], T]) -> tuple[T, Replay]:
        """What ``work`` returns, and what replays it; raises RuntimeError for work that cannot be recorded."""
        graph = torch.cuda.CUDAGraph()
        try:
            # The outer context brings the usual stream back, which torch's does not where the end of a record fails.
            with (
                torch.cuda.stream(self._stream),
                torch.cuda.graph(graph, stream=self._stream, capture_error_mode="thread_local"),
            ):
                result = work()
        except BaseException:
            graph.reset()  # or the random numbers of the GPU would still be recorded
            raise
        return result, graph.replay


def recorder(device: torch.device) -> Recorder | None:
    """What records graphs for a device; None if nothing does."""
    return CudaRecorder(device) if device.type == "cuda" else None
