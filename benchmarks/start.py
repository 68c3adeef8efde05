"""The time that a command takes to start, in times of importing torch, and the memory of its process.

    python benchmarks/start.py
    python benchmarks/start.py --rounds 9

Processes are started in turn, since the speed of a machine drifts: one that imports torch alone, a training of one step
as `gan train` does it, the same training with torch's compiler, which its optimizers would import, and the sampling of
64 pictures from what was trained. Printed are the median of the ratios over the rounds, their range, and the most
memory that the process took.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRAIN = ["train", "mnist_gan", "dataset.source=embedded", "train.steps=1", "--quiet"]
MAIN = "from gancli.cli import app; app({arguments!r})"
COMMANDS = {
    "import torch": "import torch",
    "gan train": MAIN.format(arguments=[*TRAIN, "--out", "run"]),
    "gan train, with the compiler": "import torch._dynamo; " + MAIN.format(arguments=[*TRAIN, "--out", "run"]),
    "gan sample": MAIN.format(arguments=["sample", "run", "--n", "64", "--out", "samples.png"]),
}


def measured(code: str, folder: Path) -> tuple[float, int]:
    """Seconds of a new Python process that runs the code in an empty folder, and the kilobytes that it took."""
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", code], cwd=folder, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"this failed: {code}")
    return time.perf_counter() - began, usage.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    ratios: dict[str, list[float]] = {name: [] for name in COMMANDS}
    memory: dict[str, int] = {}
    for number in range(rounds + 1):
        with tempfile.TemporaryDirectory() as place:
            seconds = {}
            for name, code in COMMANDS.items():
                folder = Path(place) / ("with" if "compiler" in name else "run")
                folder.mkdir(exist_ok=True)
                seconds[name], memory[name] = measured(code, folder)
        if number:  # after a first round, in which files are read from the disk
            for name, taken in seconds.items():
                ratios[name].append(taken / seconds["import torch"])
    print(f"{'':30}{'ratio':>8}{'range':>16}{'MB':>8}")
    for name, found in ratios.items():
        span = f"{min(found):.2f} to {max(found):.2f}"
        print(f"{name:30}{statistics.median(found):8.2f}{span:>16}{memory[name] / 1024:8.0f}")


if __name__ == "__main__":
    main()
