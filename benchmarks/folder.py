"""The start of a training on a big folder, and how fast workers feed it.

    python benchmarks/folder.py --n 1000000
    python benchmarks/folder.py --n 200000 --memory-mb 1024     # the decoded pictures are kept in memory
    python benchmarks/folder.py --n 200000 --archives tar       # shards of 10,000 pictures, read as they are
    python benchmarks/folder.py --n 2000 --side 256 --ending jpg --size 128

A folder of small pictures is made, and read by two processes one after the other, with a data folder of their own.
Printed are the seconds of a scan, the files a second, and the memory that the process had at most beyond that of its
imports. Then, in one process and in turn: pictures a second that one worker feeds, and that a loop reads and decodes;
and the share of the processor's time of a minibatch that goes into reading and decoding.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path

SCAN = """
import resource, sys, time
from gancli.data import ImageFolder
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
before, began, cpu = peak(), time.perf_counter(), time.process_time()
folder = ImageFolder(root=sys.argv[1], size=int(sys.argv[3]), memory_mb=int(sys.argv[2]))
seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
speed = len(folder) / seconds
print(f"{seconds:8.1f} s, {cpu:8.1f} s of the processor, {speed:9,.0f} files/s, {peak() - before:7,.0f} MiB")
"""
FEED = """
import itertools, sys, time
import torch
from gancli.data import ImageFolder, batches
from gancli.data.scan import decode_named, warnings_ignored
if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = ImageFolder(root=sys.argv[1], size=int(sys.argv[3]), memory_mb=0, workers=1)
    files, ratios, rates, shares = folder.images, [], [], []
    fed = batches(folder, 64, seed=0, device=torch.device("cpu"))
    order = torch.randperm(len(folder)).tolist()
    def alone(n):
        with warnings_ignored():
            for index in itertools.islice(itertools.cycle(order), n):
                name = files.names[index]
                decode_named(files.images.read(name), name, files.frame, 16)
    n = 64 * int(sys.argv[4])
    for _ in range(7):
        for _ in range(16):  # of before
            next(fed)
        began = time.perf_counter()
        for _ in range(n // 64):
            next(fed)
        between, cpu = time.perf_counter(), time.process_time()
        alone(n)
        rates.append((n / (between - began), n / (time.perf_counter() - between)))
        alone_cpu, cpu = time.process_time() - cpu, time.process_time()
        for first in range(0, n, 64):
            folder.gather(torch.tensor([order[(first + row) % len(order)] for row in range(64)]), torch.Generator())
        shares.append(alone_cpu / (time.process_time() - cpu))
        ratios.append(rates[-1][0] / rates[-1][1])
    fed.close()
    (fed_rate, alone_rate), ratio = map(sorted, zip(*rates)), sorted(ratios)[len(ratios) // 2]
    print(f"   feed {fed_rate[3]:9,.0f} of one worker, {alone_rate[3]:9,.0f} decoded alone, {ratio:.2f} of it;"
          f" {sorted(shares)[len(shares) // 2]:.2f} of the processor's time")
"""
A_FOLDER = 10_000  # files


def make(root: Path, n: int, side: int = 32, ending: str = "png") -> None:
    """``n`` files of ``side`` × ``side`` pixels, all different."""
    import io

    import numpy as np
    from PIL import Image

    ramp = np.linspace(0, 200, side, dtype=np.uint8)
    for number in range(n):
        content = io.BytesIO()
        pixels = np.full((side, side, 3), number % 251, np.uint8)
        if side > 32:  # something to decode
            pixels = (ramp[:, None, None] // 2 + ramp[None, :, None] // 4 + pixels // 4).astype(np.uint8)
        pixels[0, :3] = np.frombuffer(number.to_bytes(9), np.uint8).reshape(3, 3)
        Image.fromarray(pixels).save(content, format="JPEG" if ending == "jpg" else "PNG")
        folder = root / f"{number // A_FOLDER:03}"
        if number % A_FOLDER == 0:
            folder.mkdir()
        (folder / f"{number:07}.{ending}").write_bytes(content.getvalue())


def pack(root: Path, kind: str) -> None:
    """An archive in the place of every folder; names in it begin with that of the folder."""
    for folder in sorted(path for path in root.iterdir() if path.is_dir()):
        archive = folder.with_suffix(f".{kind}")
        if kind == "tar":
            with tarfile.open(archive, "w") as packed:
                packed.add(folder, folder.name)
        else:
            with zipfile.ZipFile(archive, "w") as packed:
                for path in sorted(folder.iterdir()):
                    packed.write(path, f"{folder.name}/{path.name}")
        shutil.rmtree(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=200_000)
    parser.add_argument("--side", type=int, default=32, help="pixels of a picture in its file")
    parser.add_argument("--size", type=int, default=32, help="as dataset.size")
    parser.add_argument("--ending", choices=["png", "jpg"], default="png")
    parser.add_argument("--memory-mb", type=int, default=0, help="as dataset.memory_mb; 0: files are streamed")
    parser.add_argument("--archives", choices=["tar", "zip"], help="pack every 10,000 files")
    parser.add_argument("--minibatches", type=int, default=60, help="of 64, in each of seven rounds")
    parser.add_argument("--place", help="a folder to work in; by default that of temporary files")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.place) as place:
        root = Path(place, "pictures")
        root.mkdir()
        make(root, arguments.n, arguments.side, arguments.ending)
        if arguments.archives:
            pack(root, arguments.archives)
        time.sleep(3)  # files that changed just before a scan are read again by the next one
        environment = os.environ | {"GAN_DATA_DIR": str(Path(place, "data"))}
        Path(place, "feed.py").write_text(FEED)  # workers import the main module
        words = [str(root), str(arguments.memory_mb), str(arguments.size), str(arguments.minibatches)]
        for which in ("first", "second"):
            print(f"{which:7}", end="", flush=True)
            subprocess.run([sys.executable, "-c", SCAN, *words], env=environment, check=True)
        subprocess.run([sys.executable, str(Path(place, "feed.py")), *words], env=environment, check=True)


if __name__ == "__main__":
    main()
