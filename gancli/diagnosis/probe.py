"""Imports in a process of their own, so that one that fails, crashes or hangs is only reported."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

SECONDS = 120.0  # for all of it; torch from a cold disk takes long
# The child has the parent's paths: of what is imported there, the same copies are found here.
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from gancli.diagnosis import {module}; {module}.main()"
)


@dataclass(frozen=True)
class Answer:
    """What a child process said: one value for each line, and why it ended, if it did not end well."""

    lines: tuple[Any, ...]
    problem: str = ""


def ask(module: str, *arguments: str, seconds: float = SECONDS) -> Answer:
    """Run ``main`` of a module of this package in a process of its own."""
    command = [sys.executable, "-c", START.format(module=module), json.dumps(sys.path), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired as error:
        said = error.stdout or ""
        return Answer(tuple(_lines(said)), f"it was not done after {seconds:g} s")
    if done.returncode < 0:
        return Answer(tuple(_lines(done.stdout)), f"its process ended by signal {-done.returncode}")
    if done.returncode:
        return Answer(
            tuple(_lines(done.stdout)), _last_line(done.stderr) or f"its process ended with {done.returncode}"
        )
    return Answer(tuple(_lines(done.stdout)))


def answer(value: Any) -> None:
    """Send one value to the process that asks."""
    sys.__stdout__.write(f"{json.dumps(value)}\n")  # type: ignore[union-attr]  # it was started with one
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _lines(text: str | bytes) -> Iterator[Any]:
    for line in (text.decode(errors="replace") if isinstance(text, bytes) else text).splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # what a plugin prints
            continue


def _last_line(text: str) -> str:
    lines: Sequence[str] = text.strip().splitlines()
    return lines[-1] if lines else ""
