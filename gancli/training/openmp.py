"""How long the threads of OpenMP, with which torch computes on a CPU, wait for work before they sleep.

By default they spin for milliseconds at the end of every operation. Alone on a machine that costs nothing; beside
another training, a thread that spins keeps a core from the thread that it waits for, and a step takes many times as
long. docs/performance.md has the figures, ``benchmarks/beside.py`` measures them.
"""

import os

SPINS = (
    "4000"  # turns of the loop in which a thread waits, about 0.2 ms: longer than an operation, shorter than a slice
)
PREFIXES = ("OMP_", "GOMP_", "KMP_")


def bound_spinning() -> None:
    """Let idle threads sleep soon, unless the user has set anything of OpenMP; call it before torch is imported."""
    if not any(name.startswith(PREFIXES) for name in os.environ):
        os.environ["GOMP_SPINCOUNT"] = SPINS
