"""The start of a training on a big folder: seconds and memory of the first scan, and of the second.

    python benchmarks/folder.py --n 200000
    python benchmarks/folder.py --n 200000 --memory-mb 1024     # the decoded pictures are kept in memory

A folder of small PNGs is made, and read by two processes one after the other, with a data folder of their own. Printed
are the seconds of a scan, the files a second, and the memory that the process had at most beyond that of its imports.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SCAN = """
import resource, sys, time
from gancli.data import ImageFolder
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began = peak(), time.perf_counter()
folder = ImageFolder(root=sys.argv[1], size=32, memory_mb=int(sys.argv[2]))
seconds = time.perf_counter() - began
speed = len(folder) / seconds
print(f"{seconds:8.1f} s, {speed:9,.0f} files/s, {peak() - before:7,.0f} MiB  {folder.fingerprint[:12]}")
"""
A_FOLDER = 10_000  # files


def make(root: Path, n: int) -> None:
    """``n`` files of 32 × 32 pixels, all different."""
    import io

    import numpy as np
    from PIL import Image

    for number in range(n):
        content = io.BytesIO()
        pixels = np.full((32, 32, 3), number % 251, np.uint8)
        pixels[0, :3] = np.frombuffer(number.to_bytes(9), np.uint8).reshape(3, 3)
        Image.fromarray(pixels).save(content, format="PNG")
        folder = root / f"{number // A_FOLDER:03}"
        if number % A_FOLDER == 0:
            folder.mkdir()
        (folder / f"{number:07}.png").write_bytes(content.getvalue())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=200_000)
    parser.add_argument("--memory-mb", type=int, default=0, help="as dataset.memory_mb; 0: files are streamed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place, "pictures")
        root.mkdir()
        make(root, arguments.n)
        environment = os.environ | {"GAN_DATA_DIR": str(Path(place, "data"))}
        for which in ("first", "second"):
            print(f"{which:7}", end="", flush=True)
            command = [sys.executable, "-c", SCAN, str(root), str(arguments.memory_mb)]
            subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
