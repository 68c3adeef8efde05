"""The memory that a training is said to take, beside what it takes.

    python benchmarks/memory.py                                     # recipes whose data come with the package
    python benchmarks/memory.py mnist_dcgan emoji_quick -- precision=bf16 train.evaluate_every=500

For every recipe, one process makes the dry run and another the training, until it has said itself what it takes. Only
then it draws a picture, evaluates itself if the recipe has it, and saves, three times each. Printed are what the dry
run and the training said, the most that the training's process held in memory, and the ratios.
"""

import argparse
import itertools
import os
import re
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

OFFLINE = (
    "mnist_gan mnist_cgan mnist_cgan_mlp mnist_dcgan mnist_wgan_gp paper_mnist stacked_mnist ring grid mnist_acgan "
    "emoji_dcgan emoji_quick emoji_biggan emoji_stylegan2 mnist_relativistic stacked_mnist_r3gan edges2digits "
    "edges2emoji"
)


def train(recipe: str, folder: Path, changes: list[str]) -> None:
    """Train a little, with all that happens in a training, and print what it said that it takes, and the most it took.

    Both are in bytes.
    """
    import gancli

    with gancli.train(recipe, *changes, out=folder) as run:
        run.prepare()
        loop = iter(run)
        while run._forecaster.forecast is None:
            next(loop)
        for _ in range(3):
            for _ in itertools.islice(loop, 8):  # lazy terms too
                pass
            run._after_step.check_samples(is_shown=True)
            if run.validator:
                run._evaluations.evaluate(again=True)
            run.save(again=True)
        print(run._forecaster.forecast.memory, 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def stated(recipe: str, changes: list[str]) -> float:
    """The bytes of memory that a dry run prints."""
    command = [sys.executable, "-m", "gancli", "train", recipe, "--dry-run", *changes]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"([\d.]+) ([MG])B of memory", output)
    assert found, output
    return float(found[1]) * {"M": 1e6, "G": 1e9}[found[2]]


def trained(recipe: str, changes: list[str]) -> tuple[int, int]:
    """The bytes of memory that a training said, and the most that its process held."""
    with tempfile.TemporaryDirectory() as place:
        command = [sys.executable, __file__, "--train", str(Path(place, "run")), recipe, "--", *changes]
        said, most = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return int(said), int(most)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("recipes", nargs="*", default=OFFLINE.split())
    parser.add_argument("--train", type=Path, metavar="FOLDER", help="train the one recipe here, and no more")
    words = sys.argv[1:]
    split = words.index("--") if "--" in words else len(words)
    arguments, changes = parser.parse_args(words[:split]), words[split + 1 :]
    os.environ["GAN_OFFLINE"] = "1"
    if arguments.train:
        train(arguments.recipes[0], arguments.train, changes)
        return
    print(f"{'recipe':22} dry run  training    taken  ratios")
    for recipe in arguments.recipes:
        dry = stated(recipe, changes)
        said, most = trained(recipe, changes)
        row = [f"{size / 1e6:6,.0f} MB" for size in (dry, said, most)]
        print(f"{recipe:22} {' '.join(row)}  {dry / most:.2f} {said / most:.2f}", flush=True)


if __name__ == "__main__":
    main()
