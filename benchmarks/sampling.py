"""The cost of drawing samples and of writing them, in times of the generator's bare forward pass.

    python benchmarks/sampling.py runs/mnist_cgan
    python benchmarks/sampling.py runs/mnist_cgan --n 20000 --rounds 5

All are measured in turn in one process, since the speed of a machine drifts: the network alone, on blocks of the same
size and on noise that is there already; the stream of samples as the library gives it; and the stream written to
arrays, and to a folder with one PNG an image. Printed are the median of the ratios over the rounds, their range, and
the bytes that were written.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

import gancli
from gancli.sampling.draw import block_size, eval_mode
from gancli.sampling.sample_files import write_samples


def measured(generator: "gancli.Generator", n: int, folder: Path) -> dict[str, Callable[[], None]]:
    """What is compared, by its name; the first is the measure of the others."""
    labels = generator.labels(n)

    def forward() -> None:
        network, latent = generator._network, generator._gan.latent
        size = block_size(generator.shape)
        z = torch.randn(size, latent.dim)
        inputs = (z,) if labels is None else (z, labels[:size])
        with torch.no_grad(), eval_mode(network):
            for _ in range(0, n, size):
                network(*inputs)

    def stream() -> None:
        for _ in generator.stream(n, labels=labels):
            pass

    def written(name: str) -> Callable[[], None]:
        names, shape = generator.class_names, (n, *generator.shape)
        return lambda: write_samples(folder / name, generator.stream(n, labels=labels), shape, labels, names)

    return {"forward": forward, "stream": stream, ".npz": written("samples.npz"), "folder": written("samples")}


def size_of(path: Path) -> int:
    """Bytes of a file, or of the files in a folder."""
    return sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="a run or a checkpoint")
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    ratios: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            steps = measured(gancli.load(arguments.checkpoint, device="cpu"), arguments.n, folder)
            seconds = {name: timed(step) for name, step in steps.items()}
            sizes = {name: size_of(folder / f"samples{name.removeprefix('folder')}") for name in (".npz", "folder")}
            shutil.rmtree(folder / "samples")
        for name, took in seconds.items():
            ratios.setdefault(name, []).append(took / seconds["forward"])
    print(f"{arguments.n:,} samples; the last forward passes took {seconds['forward']:.2f} s")
    for name, found in list(ratios.items())[1:]:
        size = f", {sizes[name] / 1e6:.1f} MB" if name in sizes else ""
        print(f"{name:8} {statistics.median(found):5.2f}  (from {min(found):.2f} to {max(found):.2f}){size}")


def timed(step: Callable[[], None]) -> float:
    """Seconds that a call takes."""
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
