"""The cost of drawing samples and of writing them, in times of the generator's bare forward pass.

    python benchmarks/sampling.py runs/mnist_cgan
    python benchmarks/sampling.py runs/mnist_cgan --n 2000 --rounds 9 --cpu-time

All are measured in turn in one process, since the speed of a machine drifts: the network alone, on blocks of the same
size and on noise that is there already; the stream of samples as the library gives it; and the stream written to
arrays, and to a folder with one PNG an image. Two parts of the folder are measured alone, on one thread: the encoding
of the pictures, and as many new files of that size as the file system makes. Printed are the median of the ratios over
the rounds, their range, and the bytes that were written.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch

import gancli
from gancli.sampling.draw import block_size, eval_mode
from gancli.sampling.images import to_pixels, to_png
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

    pictures = to_pixels(generator.sample(n))
    encoded = [to_png(pixels) for pixels in pictures]

    def encode() -> None:
        for pixels in pictures:
            to_png(pixels)

    def files() -> None:
        (folder / "alone").mkdir()
        for index, content in enumerate(encoded):
            (folder / "alone" / f"{index:06}.png").write_bytes(content)

    return {
        "forward": forward,
        "stream": stream,
        ".npz": written("samples.npz"),
        "folder": written("samples"),
        "PNGs encoded": encode,
        "files made": files,
    }


def size_of(path: Path) -> int:
    """Bytes of a file, or of the files in a folder."""
    return sum(file.stat().st_size for file in path.iterdir()) if path.is_dir() else path.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path, help="a run or a checkpoint")
    parser.add_argument("--n", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cpu-time", action="store_true", help="measure the processor's time of all threads")
    parser.add_argument("--place", type=Path, help="the folder to write in; by default that of temporary files")
    arguments = parser.parse_args()
    clock = time.process_time if arguments.cpu_time else time.perf_counter
    ratios: dict[str, list[float]] = {}
    sizes: dict[str, int] = {}
    generator = gancli.load(arguments.checkpoint, device="cpu")
    for _ in range(arguments.rounds):
        with tempfile.TemporaryDirectory(dir=arguments.place) as place:
            folder = Path(place)
            steps = measured(generator, arguments.n, folder)
            seconds = {name: timed(step, clock) for name, step in steps.items()}
            sizes = {name: size_of(folder / f"samples{name.removeprefix('folder')}") for name in (".npz", "folder")}
        for name, took in seconds.items():
            ratios.setdefault(name, []).append(took / seconds["forward"])
    print(f"{arguments.n:,} samples; the last forward passes took {seconds['forward']:.2f} s")
    for name, found in list(ratios.items())[1:]:
        size = f", {sizes[name] / 1e6:.1f} MB" if name in sizes else ""
        print(f"{name:12} {statistics.median(found):5.2f}  (from {min(found):.2f} to {max(found):.2f}){size}")


def timed(step: Callable[[], None], clock: Callable[[], float]) -> float:
    """Seconds that a call takes."""
    began = clock()
    step()
    return clock() - began


if __name__ == "__main__":
    main()
