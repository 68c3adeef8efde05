"""The processes that ``torchrun`` started together, by its environment; torch is not needed to ask."""

import os

from gancli.errors import UsageError


def size() -> int:
    """The number of processes that were started together; 1 without ``torchrun``."""
    return _number("WORLD_SIZE", 1)


def rank() -> int:
    """The number of this process among them, counted from 0."""
    return _number("RANK", 0)


def _number(name: str, alone: int) -> int:
    if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
        return alone
    found = os.environ[name]
    if not found.isdecimal():
        raise UsageError(f"{name}: found {found!r} in the environment, expected a number, as torchrun sets it")
    return int(found)
