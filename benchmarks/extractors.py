"""Make the extractors that come with the package anew, and say how good they are.

    python benchmarks/extractors.py mnist fashion-mnist
    python benchmarks/extractors.py mnist --seed 1 --out extractors

Each is trained on real images alone: of the 5,000 digits of the package on 2,000, and measured on the other 3,000; of
Fashion-MNIST on 40,000 of the training photographs, and measured on the other 20,000. Without ``--out`` the
files of the package are written; they take part in every number that is reported, so that is a change of version.
"""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import torch

from gancli.data import MNIST, FashionMNIST, ImageDataset
from gancli.extractors import learnable, save
from gancli.extractors.classifier import train_classifier
from gancli.extractors.source import SHIPPED

DATASETS: dict[str, Callable[[], ImageDataset]] = {
    "mnist": lambda: MNIST(source="embedded"),
    "fashion-mnist": FashionMNIST,
}
GATES = {"mnist": 0.985, "fashion-mnist": 0.90}
MAX_SEEN = {"mnist": 300_000, "fashion-mnist": 600_000}
SAMPLES = 10_000


def make(name: str, path: Path, seed: int) -> None:
    started = time.perf_counter()
    dataset = DATASETS[name]()
    extractor = train_classifier(learnable(dataset), seed=seed, images_seen=MAX_SEEN[name], gate=GATES[name])
    trained = time.perf_counter()
    path.parent.mkdir(parents=True, exist_ok=True)
    save(extractor, path)
    images = dataset.gather(torch.arange(SAMPLES) % len(dataset), torch.Generator())[0]
    began = time.perf_counter()
    extractor.features(images)
    record, size = extractor.record, path.stat().st_size
    print(f"{extractor.id}: {path}, {size / 1000:.0f} kB, trained in {trained - started:.0f} s")
    print(f"  {record.accuracy:.2%} of {record.held_out:,} held-out images, expected {record.gate:.1%}")
    print(f"  features of {SAMPLES:,} images in {time.perf_counter() - began:.1f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=DATASETS)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="a folder; the package's own if left out")
    arguments = parser.parse_args()
    for name in arguments.names:
        path = arguments.out / SHIPPED[name].name if arguments.out else SHIPPED[name]
        make(name, path, arguments.seed)


if __name__ == "__main__":
    main()
