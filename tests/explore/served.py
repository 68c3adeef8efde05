"""The command, in a process of its own."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 90  # seconds, of which a machine that is busy may need many


@contextmanager
def served(run: Path, *words: str, path: str = "") -> Iterator[str]:
    """The address of ``gan explore`` in a process of its own, which Ctrl-C ends."""
    command = [sys.executable, "-m", "gancli", "explore", str(run), *words, "--no-open"]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH", "")]))}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        address = process.stdout.readline().strip()
        try:
            assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", address), process.stderr.read()
            yield address
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(PATIENCE)
        assert (process.returncode, process.stdout.read()) == (130, "")
        lines = [line for line in process.stderr.read().splitlines() if not line.endswith(" …")]  # of a slow machine
        assert lines == ["Ctrl-C ends it"]
