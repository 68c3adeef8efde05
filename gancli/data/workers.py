"""Processes that prepare minibatches ahead of the training, and what becomes of it when one of them fails.

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

PATIENCE = 60.0  # seconds that a worker may be silent while its minibatch is waited for
PIPE = 2**20  # bytes that wait in a worker's pipe; as many as Linux gives to anybody
START = 600.0  # and a worker's start, which imports torch: minutes on a slow network disk


def prepared(draw: Draw, workers: int, start: int) -> Iterator[tuple[Tensor, ...]]:
    """The minibatches ``draw(start)``, ``draw(start + 1)``, … in order; each worker is ahead by what its pipe holds.

    Raises what ``draw`` raised, DataError for a minibatch that takes too long, and DeviceError for a worker that died.
    """
    # Its other end is held by this process alone, so it closes when this process ends, however it ends.
    lifeline, _held = multiprocessing.get_context("spawn").Pipe(duplex=False)
    team: list[_Worker] = []

    def dismiss() -> None:
        for worker in team:
            worker.stop()

    atexit.register(dismiss)  # before multiprocessing's own, which waits for children that ignore its signal
    try:
        for turn in range(workers):
            team.append(_Worker(draw, start + turn, workers, lifeline))
        for worker in team:
            worker.take(START)  # an empty one: it is there
        for worker in itertools.cycle(team):
            yield worker.take(PATIENCE)
    finally:
        dismiss()
        atexit.unregister(dismiss)


class _Worker:
    """A process and the pipe through which its minibatches come; it waits while nobody takes them."""

    def __init__(self, draw: Draw, first: int, every: int, lifeline: Connection) -> None:
        context = multiprocessing.get_context("spawn")
        self._results, results = context.Pipe(duplex=False)
        with suppress(AttributeError, OSError):  # faster, but Linux's alone, and a user may have only so many
            fcntl.fcntl(results.fileno(), fcntl.F_SETPIPE_SZ, PIPE)
        self._process = context.Process(target=_work, args=(draw, first, every, results, lifeline), daemon=True)
        with _signals_blocked():
            self._process.start()
        results.close()  # so that the worker's end is the only one, and its death an end of file

    def take(self, seconds: float) -> tuple[Tensor, ...]:
        """The next minibatch; raises the error that came instead."""
        try:
            received = _receive(self._results, seconds)
        except TimeoutError:
            raise DataError(
                f"nothing came from the worker process {self._process.pid}, which prepares minibatches, in {seconds:g} "
                "seconds; a disk that hangs or is slow is the usual cause. What was saved can be resumed"
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
            f"the worker process {self._process.pid}, which prepares minibatches, {how}; too little memory is the usual"
            " cause. What was saved can be resumed; fewer dataset.workers, down to 0, need less"
        )

    def stop(self) -> None:
        """End it, even one that hangs."""
        self._process.kill()
        self._process.join()
        self._results.close()


@contextmanager
def _signals_blocked() -> Iterator[None]:
    """What is started here never gets SIGINT, SIGTERM and SIGHUP; this process gets them afterwards.

    Ctrl-C, a scheduler and a terminal that is closed signal a whole group of processes, and the training needs its
    workers to finish the step.
    """
    resource_tracker.ensure_running()  # now, for its start would unblock them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(draw: Draw, first: int, every: int, results: Connection, lifeline: Connection) -> None:
    """The life of a worker: say that it is there, then send minibatches, or the error that ends it."""
    threading.Thread(target=_leave_with_the_training, args=(lifeline,), daemon=True).start()
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
    views = [_bytes(tensor.contiguous()) for tensor in tensors]  # before anything is announced, for it may fail
    pipe.send([(tuple(it.shape), it.dtype) for it in tensors])
    for view in views:
        while view:
            view = view[os.write(pipe.fileno(), view) :]


def _receive(pipe: Connection, seconds: float) -> tuple[Tensor, ...] | Exception:
    """What was sent; raises EOFError if its sender died on the way, and TimeoutError if it fell silent."""
    _wait(pipe, seconds)
    announced = pipe.recv()  # so short that it comes whole
    if isinstance(announced, Exception):
        return announced
    tensors = tuple(torch.empty(shape, dtype=dtype) for shape, dtype in announced)
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


def _leave_with_the_training(lifeline: Connection) -> None:
    lifeline.poll(None)
    os._exit(0)
