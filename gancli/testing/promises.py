"""A promise: one sentence of a contract, and the function that tries whether a component keeps it.

The docstring of the function is the sentence, as it stands in CONTRIBUTING.md, and its name is that of the check.
"""

import inspect
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar

import torch

from gancli.errors import DataError, GanError

T = TypeVar("T")
Promise = Callable[[T], str | None]  # returns a remark, raises Broken or NotTried
MEND = "mend what fails at the place that is named"


class Broken(Exception):
    """A promise is broken.

    Args:
        found: the value found.
        mend: how to keep the promise.
    """

    def __init__(self, found: str, mend: str) -> None:
        super().__init__(f"{found}; {mend}")
        self.found, self.mend = found, mend


class NotTried(Exception):
    """A promise cannot be tried here, for the given reason."""


@dataclass(frozen=True)
class Outcome:
    """The outcome of one check.

    Attributes:
        check: what was tried, in words.
        sentence: of the contract.
        found: the value found if the promise is broken; else a remark, or the reason why it was not tried.
        mend: how to keep a broken promise.
    """

    check: str
    status: Literal["ok", "broken", "not tried"]
    sentence: str
    found: str = ""
    mend: str = ""


def outcomes(stages: Iterable[Iterable[Promise[T]]], subject: T) -> Iterator[Outcome]:
    """The outcome of every promise, in order.

    After a stage with a broken promise, or one of which nothing could be tried, the later stages are not tried.
    """
    reason = ""
    for stage in stages:
        tried = [_not_tried(promise, reason) if reason else outcome(promise, subject) for promise in stage]
        yield from tried
        if any(made.status == "broken" for made in tried):
            reason = "mend first what is broken above"
        elif all(made.status == "not tried" for made in tried):
            reason = tried[0].found


def outcome(promise: Promise[T], subject: T) -> Outcome:
    """Try one promise; it leaves torch's random numbers as they were."""
    check, sentence = _words(promise)
    try:
        with torch.random.fork_rng():
            torch.manual_seed(0)
            return Outcome(check, "ok", sentence, promise(subject) or "")
    except NotTried as reason:
        return Outcome(check, "not tried", sentence, str(reason))
    except DataError as error:
        return Outcome(check, "not tried", sentence, f"its data are not here: {error}")
    except Broken as broken:
        return Outcome(check, "broken", sentence, broken.found, broken.mend)
    except GanError as error:
        return Outcome(check, "broken", sentence, str(error), MEND)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a component may do anything, sys.exit included
        return Outcome(check, "broken", sentence, f"{type(error).__name__}: {error}{_place(error)}", MEND)


def _not_tried(promise: Promise[T], reason: str) -> Outcome:
    check, sentence = _words(promise)
    return Outcome(check, "not tried", sentence, reason)


def _words(promise: Promise[T]) -> tuple[str, str]:
    return promise.__name__.replace("_", " "), " ".join((inspect.getdoc(promise) or "").split())


def _place(error: BaseException) -> str:
    """Where the error was raised, as far as that is no code of torch or of gan itself."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_known(frame.filename)]
    return f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""


def _is_known(file: str) -> bool:
    return any(part in file for part in ("/torch/", "/gancli/", "<frozen"))
