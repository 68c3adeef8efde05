"""How OpenMP's threads wait for each other; said to it before torch, which reads it once, is imported."""

import os

# Turns of a loop; libgomp's own number lets a thread spin for 10 milliseconds, in which it takes a core from others.
SPINS = "4000"
THEIRS = ("OMP_", "GOMP_", "KMP_")  # whoever sets any of these has chosen


def bound_the_spinning() -> None:
    """Have idle threads sleep after about 0.2 ms, unless the user has said anything about OpenMP."""
    if not any(name.startswith(THEIRS) for name in os.environ):
        os.environ["GOMP_SPINCOUNT"] = SPINS
