"""The data folder, and what lies in it."""

from dataclasses import dataclass
from pathlib import Path

from gancli.data_folder import data_folder
from gancli.errors import plural

MNIST_FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")


@dataclass(frozen=True)
class DataFolder:
    """The folder in which datasets are kept, and its sub-folders."""

    path: Path
    contents: tuple[str, ...]  # ``mnist: 4 files, 12 MB``
    has_mnist: bool  # all 60,000 digits


def read() -> DataFolder:
    """The data folder of this user."""
    folder = data_folder()
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        entries = []
    mnist = folder / "mnist"
    has_mnist = all((mnist / name).exists() or (mnist / f"{name}.gz").exists() for name in MNIST_FILES)
    return DataFolder(folder, tuple(map(_described, entries)), has_mnist)


def _described(entry: Path) -> str:
    files = [path for path in (entry.rglob("*") if entry.is_dir() else [entry]) if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    return f"{entry.name}: {len(files):,} {plural('file', len(files))}, {size / 1e6:,.1f} MB"
