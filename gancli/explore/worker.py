"""One thread that draws. Of the requests of a kind only the newest is answered, so that no queue builds up."""

import asyncio
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

Result = TypeVar("Result")


class SupersededError(Exception):
    """A newer request of the same kind has come."""


class Job:
    """A task in the queue; ``check`` raises SupersededError once its result is of no use."""

    def __init__(self, task: "Callable[[Job], Any]") -> None:
        self.task = task
        self.is_superseded = False
        self.result: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def check(self) -> None:
        if self.is_superseded:
            raise SupersededError


class Worker:
    """Draws for the page, one request after the other."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._jobs: dict[Job, str] = {}  # that are not answered yet, and their kinds
        # A daemon, for nobody may be there to end it.
        self._thread = threading.Thread(target=self._work, name="gan-explore", daemon=True)
        self._thread.start()

    async def __call__(self, kind: str, task: Callable[[Job], Result]) -> Result:
        """The result of a task, which gets its job; raises SupersededError if another of its kind comes before."""
        for job, other in self._jobs.items():
            job.is_superseded |= other == kind
        job = Job(task)
        self._jobs[job] = kind
        self._queue.put(job)
        try:
            result: Result = await job.result
        finally:
            del self._jobs[job]
        return result

    def stop(self) -> None:
        """Draw no more: whoever still waits gets SupersededError. To be called in their event loop."""
        for job in self._jobs:
            job.is_superseded = True
            _answer(job.result, None, SupersededError())
        self._queue.put(None)

    def has_ended(self, seconds: float) -> bool:
        """Whether the thread ends within some seconds: a picture under way is drawn to the end of its block."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while job := self._queue.get():
            try:
                job.check()
                result, error = job.task(job), None
            except BaseException as caught:  # it belongs to who asked
                result, error = None, caught
            with suppress(RuntimeError):  # the loop has been closed
                job.result.get_loop().call_soon_threadsafe(_answer, job.result, result, error)


def _answer(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():  # who asked has gone
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
