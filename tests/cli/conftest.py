"""A terminal of a test's own."""

import os
import pty
import subprocess
from collections.abc import Callable

import pytest


@pytest.fixture
def on_terminal() -> Callable[..., tuple[int, str]]:
    """``on_terminal(*command)`` is the exit code, and what is seen where stdout and stderr are a terminal."""
    return _on_terminal


def _on_terminal(*command: str) -> tuple[int, str]:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stdout=theirs, stderr=theirs, env=os.environ | {"TERM": "xterm"})
    os.close(theirs)
    seen = b""
    try:
        while part := os.read(ours, 65536):
            seen += part
    except OSError:  # the last one to hold it has gone
        pass
    os.close(ours)
    return process.wait(), seen.decode()
