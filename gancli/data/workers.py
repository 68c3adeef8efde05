"""Processes that prepare minibatches ahead of the training, and the errors of a process that fails.

torch's DataLoader is not used for it: it draws from the random numbers of the training, passes minibatches through
shared memory, of which a container has little, and turns an error in a worker into its traceback.
"""

import atexit
import fcntl
import itertools
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection

import torch
from torch import Tensor

from gancli.errors import DataError, DeviceError, GanError

Draw = Callable[[int], tuple[Tensor, ...]]  # minibatch n

BATCH_SECONDS = 60.0  # that a minibatch may take
PIPE_BYTES = 2**20  # that a worker's pipe holds; the most that Linux gives to any user
START_SECONDS = 600.0  # that a worker's start may take, which imports torch: minutes on a slow network disk


def prepared(draw: Draw, workers: int, start: int) -> Iterator[tuple[Tensor, ...]]:
    """The minibatches ``draw(start)``, ``draw(start + 1)``, … in order; each worker is ahead by what its pipe holds.

    Raises what ``draw`` raised, DataError for a minibatch that takes too long, and DeviceError for a worker that died.
    """
    # Its other end is held by this process alone, so it closes when this process ends, however it ends.
    parent, _held = multiprocessing.get_context("spawn").Pipe(duplex=False)
    pool: list[_Worker] = []

    def stop_all() -> None:
        for worker in pool:
            worker.stop()

    atexit.register(stop_all)  # before multiprocessing's own, which waits for children that ignore its signal
    try:
        for number in range(workers):
            pool.append(_Worker(draw, start + number, workers, parent))
        for worker in pool:
            worker.receive(START_SECONDS)  # an empty message: it has started
        for worker in itertools.cycle(pool):
            yield worker.receive(BATCH_SECONDS)
    finally:
        stop_all()
        atexit.unregister(stop_all)


class _Worker:
    """A process, and the pipe that its minibatches come through; it waits while the pipe is full."""

    def __init__(self, draw: Draw, first: int, every: int, parent: Connection) -> None:
        context = multiprocessing.get_context("spawn")
        self._results, results = context.Pipe(duplex=False)
        with suppress(AttributeError, OSError):  # faster, but Linux's alone, and a user may have only so many
            fcntl.fcntl(results.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self._process = context.Process(target=_work, args=(draw, first, every, results, parent), daemon=True)
        with _signals_blocked():
            self._process.start()
        results.close()  # so that the worker's end is the only one, and its death an end of file

    def receive(self, seconds: float) -> tuple[Tensor, ...]:
        """The next minibatch; raises the error that came instead."""
        try:
            received = _receive(self._results, seconds)
        except TimeoutError:
            raise DataError(
                f"the worker process {self._process.pid}, which prepares minibatches, sent nothing for {seconds:g} "
                "seconds; the usual cause is a slow or hanging disk. The run can be resumed from its last checkpoint"
            ) from None
        except (EOFError, OSError):
            raise self._death() from None
        if isinstance(received, Exception):
            raise received
        return received

    def _death(self) -> DeviceError:
        self._process.join(1)
        code = self._process.exitcode
        how = f"was killed by {signal.Signals(-code).name}" if code is not None and code < 0 else f"ended with {code}"
        return DeviceError(
            f"the worker process {self._process.pid}, which prepares minibatches, {how}; the usual cause is too "
            "little memory. The run can be resumed from its last checkpoint; fewer dataset.workers (0 to 64) need less"
        )

    def stop(self) -> None:
        """End it, even one that hangs."""
        self._process.kill()
        self._process.join()
        self._results.close()


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """A process started in the block never gets SIGINT, SIGTERM and SIGHUP; this process gets them afterwards.

    Ctrl-C, a scheduler and a terminal that is closed signal a whole group of processes, and the training needs its
    workers to finish the step.
    """
    resource_tracker.ensure_running()  # now, because its start would unblock them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(draw: Draw, first: int, every: int, results: Connection, parent: Connection) -> None:
    """The main function of a worker: report the start, then send minibatches, or the error that ends it."""
    threading.Thread(target=_exit_with_parent, args=(parent,), daemon=True).start()
    torch.set_num_threads(1)
    _send(results, ())
    try:
        for number in itertools.count(first, every):
            _send(results, draw(number))
    except BrokenPipeError:  # the training has ended
        return
    except (GanError, OSError, MemoryError) as error:
        results.send(error)
    except Exception:
        results.send(RuntimeError(f"in the worker process {os.getpid()}:\n{traceback.format_exc()}"))


def _send(pipe: Connection, tensors: tuple[Tensor, ...]) -> None:
    """The shapes as a message, then the bare bytes: messages would copy these four times."""
    views = [_bytes(tensor.contiguous()) for tensor in tensors]  # before the shapes are sent, for it may fail
    pipe.send([(tuple(tensor.shape), tensor.dtype) for tensor in tensors])
    for view in views:
        while view:
            view = view[os.write(pipe.fileno(), view) :]


def _receive(pipe: Connection, seconds: float) -> tuple[Tensor, ...] | Exception:
    """The tensors or the error that was sent; raises EOFError if the sender died, TimeoutError if nothing came."""
    _wait(pipe, seconds)
    shapes = pipe.recv()  # so short that it comes in one piece
    if isinstance(shapes, Exception):
        return shapes
    tensors = tuple(torch.empty(shape, dtype=dtype) for shape, dtype in shapes)
    for tensor in tensors:
        view = _bytes(tensor)
        while view:
            _wait(pipe, seconds)
            count = os.readv(pipe.fileno(), [view])
            if not count:
                raise EOFError
            view = view[count:]
    return tensors


def _wait(pipe: Connection, seconds: float) -> None:
    if not pipe.poll(seconds):
        raise TimeoutError


def _bytes(tensor: Tensor) -> memoryview:
    # Not flatten(): a contiguous tensor of one element may have any stride.
    return tensor.as_strided((tensor.numel(),), (1,)).view(torch.uint8).numpy().data


def _exit_with_parent(parent: Connection) -> None:
    parent.poll(None)
    os._exit(0)
