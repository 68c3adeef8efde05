"""One thread draws, and of the requests of a kind only the newest is answered."""

import asyncio
import threading

import pytest

from gancli.explore.worker import Job, SupersededError, Worker


def test_of_a_hundred_requests_two_are_drawn() -> None:
    """The one that was under way when the others came, and the last."""
    drawn, started, go_on = [], threading.Event(), threading.Event()

    def draw(number: int, job: Job) -> int:
        drawn.append(number)
        started.set()
        assert go_on.wait(60)
        return number

    async def ask() -> list[int | BaseException]:
        worker = Worker()
        first = asyncio.create_task(worker("samples", lambda job: draw(0, job)))
        await asyncio.to_thread(started.wait, 60)
        others = [asyncio.create_task(worker("samples", lambda job, n=n: draw(n, job))) for n in range(1, 101)]  # type: ignore[misc]
        await asyncio.sleep(0)  # all of them have asked
        go_on.set()
        return await asyncio.gather(first, *others, return_exceptions=True)

    answers = asyncio.run(ask())
    assert drawn == [0, 100]
    assert (answers[0], answers[-1]) == (0, 100)
    assert all(isinstance(answer, SupersededError) for answer in answers[1:-1])


def test_a_drawing_under_way_ends_at_its_next_block() -> None:
    started, go_on, blocks = threading.Event(), threading.Event(), []

    def draw(job: Job) -> None:
        for block in range(3):
            job.check()
            blocks.append(block)
            started.set()
            assert go_on.wait(60)

    async def ask() -> None:
        worker = Worker()
        first = asyncio.create_task(worker("walk", draw))
        await asyncio.to_thread(started.wait, 60)
        second = asyncio.create_task(worker("walk", lambda job: "drawn"))
        await asyncio.sleep(0)
        go_on.set()
        assert await second == "drawn"
        with pytest.raises(SupersededError):
            await first

    asyncio.run(ask())
    assert blocks == [0]


def test_other_kinds_are_all_drawn_and_errors_belong_to_who_asked() -> None:
    def fail(job: Job) -> None:
        raise ValueError("wrong")

    async def ask() -> list[object]:
        worker = Worker()
        tasks = [worker("samples", lambda job: 1), worker("walk", fail), worker("pinned", lambda job: 3)]
        return await asyncio.gather(*tasks, return_exceptions=True)

    first, second, third = asyncio.run(ask())
    assert (first, third) == (1, 3)
    assert isinstance(second, ValueError)


def test_a_worker_that_is_stopped_answers_everybody_and_ends() -> None:
    started, go_on = threading.Event(), threading.Event()

    def draw(job: Job) -> None:
        started.set()
        assert go_on.wait(60)

    async def ask(worker: Worker) -> list[object]:
        tasks = [asyncio.create_task(worker(kind, draw)) for kind in ("samples", "walk", "pinned")]
        await asyncio.to_thread(started.wait, 60)
        worker.stop()
        return await asyncio.gather(*tasks, return_exceptions=True)

    worker = Worker()
    answers = asyncio.run(ask(worker))
    assert [type(answer) for answer in answers] == [SupersededError] * 3
    assert not worker.has_ended(0)
    go_on.set()
    assert worker.has_ended(60)
