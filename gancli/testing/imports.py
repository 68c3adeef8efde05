"""The import of a package in a new process: how long it takes, and whose modules it brings."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

LIMIT_SECONDS = 600.0  # torch from a cold disk may take minutes
MARK = "gan: the package begins here"
# What gan imports before any component; the rest is what the package brings.
CODE = """
import importlib, sys
import torch, numpy, pydantic
import gancli
for name in gancli.__all__:
    getattr(gancli, name)
import gancli.extractors
sys.stderr.write({mark!r} + "\\n")
for module in sys.argv[1:]:
    importlib.import_module(module)
"""
LINE = re.compile(r"import time:\s*(\d+) \|\s*\d+ \|\s*([\w.]+)")  # microseconds of its own, and the module


@dataclass(frozen=True)
class Imports:
    """What an import does, besides what gan imports.

    Attributes:
        seconds: of all its modules.
        others: seconds of the modules of each other package that it brings, the slowest first.
        printed: what it writes to stdout.
        error: the last line of the error that it fails with.
    """

    seconds: float = 0.0
    others: dict[str, float] = field(default_factory=dict)
    printed: str = ""
    error: str = ""


def imports(modules: Iterable[str]) -> Imports:
    """Import modules in a new process, timed by ``python -X importtime``."""
    names = sorted(modules)
    command = [sys.executable, "-X", "importtime", "-c", CODE.format(mark=MARK), *names]
    same = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}  # it finds what this process finds
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS, env=same)
    except subprocess.TimeoutExpired:
        return Imports(error=f"the import was not done after {LIMIT_SECONDS:g} s")
    own = done.stderr.partition(MARK)[2]
    if done.returncode:
        return Imports(error=done.stderr.strip().splitlines()[-1])
    spent: dict[str, float] = defaultdict(float)
    for microseconds, module in LINE.findall(own):
        spent[module.partition(".")[0]] += int(microseconds) / 1e6
    ours = {name.partition(".")[0] for name in names} | set(sys.stdlib_module_names) | {"gancli"}
    others = sorted(
        ((name, seconds) for name, seconds in spent.items() if name not in ours), key=lambda found: -found[1]
    )
    return Imports(sum(spent.values()), dict(others), done.stdout.strip()[:200])
