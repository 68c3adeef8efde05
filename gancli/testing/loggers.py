"""What a logger promises."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path

import torch
from PIL import Image

from gancli.loggers import LoggedRun, Logger
from gancli.testing.promises import Broken
from gancli.testing.subject import Subject

VALUES = {"discriminator": 1.25, "discriminator.A": 0.5, "generator": 0.75, "seconds": 2.0}


def gets_a_whole_run(subject: Subject) -> None:
    """A logger gets numbers, pictures and texts of a run, and is closed."""
    with _run() as run:
        _log(subject.make(), run)


def says_what_it_has(subject: Subject) -> None:
    """start(run) returns the last step that it need not be given again: a whole number, −1 for the whole history."""
    with _run() as run:
        logger: Logger = subject.make()
        held = logger.start(run)
        logger.close("stopped")
    if not isinstance(held, int) or held < -1:
        raise Broken(f"{held!r}", "return run.step, or −1 for the whole history")


def continues_after_a_resume(subject: Subject) -> None:
    """A logger is started again for the same run after a resume."""
    with _run() as run:
        _log(subject.make(), run)
        _log(subject.make(), LoggedRun(run.name, run.folder, run.recipe, 2), first=3)


def disturbs_nothing(subject: Subject) -> None:
    """A logger leaves torch's random numbers alone, and prints nothing on stdout."""
    before, printed = torch.random.get_rng_state(), StringIO()
    with _run() as run, redirect_stdout(printed):
        _log(subject.make(), run)
    if not torch.equal(before, torch.random.get_rng_state()):
        raise Broken("other random numbers than before", "draw from a generator of its own")
    if printed.getvalue():
        raise Broken(f"the output {printed.getvalue()[:60]!r}", "print nothing, or to stderr")


@contextmanager
def _run() -> Iterator[LoggedRun]:
    with tempfile.TemporaryDirectory(prefix="gan-check-") as folder:
        yield LoggedRun("check", Path(folder), {"model": {"name": "gan"}, "train": {"steps": 4}}, 0)


def _log(logger: Logger, run: LoggedRun, first: int = 1) -> None:
    """What a training of a few steps logs."""
    picture = run.folder / "step-0000002.png"
    Image.new("L", (8, 8)).save(picture)
    logger.start(run)
    for step in (first, first + 1):
        logger.log(step, VALUES)
        logger.log_metrics(step, {"FD": 12.5})
        logger.log_samples(step, picture)
        logger.log_text(step, "warning", "the samples are all alike")
    logger.close("finished")


LOGGER_CALLS = (gets_a_whole_run, says_what_it_has, continues_after_a_resume, disturbs_nothing)
