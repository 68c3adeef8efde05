"""The files that many samples are written to: a sheet, arrays, or a folder of pictures."""

import os
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import numpy as np
from torch import Tensor

from gancli.data.budget import Budget
from gancli.files import make_ready, whole, write_whole
from gancli.sampling.endings import check_output, is_picture
from gancli.sampling.images import sheet_of, to_pixels, to_png, write_picture
from gancli.sampling.numbered import picture_names

COMPRESSION = 1  # of arrays, from 1 to 9: digits take a third of the time of 6, and an eighth more of the disk
A_JOB = Budget(16, 1, usual=(3, 64, 64))  # pictures that a thread is given at once
WAITING_JOBS = 2  # a thread, so that memory does not grow where the disk is slower than the network


def write_samples(
    path: Path,
    blocks: Iterable[Tensor],
    shape: tuple[int, ...],
    labels: Tensor | None = None,
    class_names: Sequence[str] = (),
    columns: int | None = None,
) -> None:
    """Write samples, which come in blocks, as the ending of ``path`` says; raises UsageError for another ending.

    ``.png`` and ``.jpg`` are one sheet; ``.npz`` holds the arrays ``images`` (uint8) or ``points`` (float32), and
    ``labels`` with ``class_names``; a folder gets one PNG an image. Arrays and folders never hold more than a few
    blocks in memory. An interruption leaves no partial file; a folder then has the images made so far.

    Args:
        path: a file that is replaced if it is there, or a folder, whose other files stay.
        blocks: of shape (≤ N, *data.shape), N samples in all.
        shape: of all of them together, (N, *data.shape).
        labels: of shape (N,).
        class_names: of the labels.
        columns: of the sheet, if there is one a class; they get its name.
    """
    check_output(path, shape[0], shape[1:], columns)
    if is_picture(path):
        write_picture(path, sheet_of(blocks, columns, class_names))
    elif path.suffix.lower() == ".npz":
        write_arrays(path, blocks, shape, labels, class_names)
    else:
        write_folder(path, blocks, shape[0], labels, class_names)


def write_arrays(
    path: Path,
    blocks: Iterable[Tensor],
    shape: tuple[int, ...],
    labels: Tensor | None = None,
    class_names: Sequence[str] = (),
) -> None:
    """Write what ``np.load`` reads.

    ``images``, (N, H, W[, 3]), or ``points``, (N, D); ``labels``, (N,), and what they mean, ``class_names``.
    """
    make_ready(path.parent)
    with whole(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        if len(shape) == 4:
            _write_array(archive, "images", shape[0], map(to_pixels, blocks))
        else:
            _write_array(archive, "points", shape[0], (block.float().numpy() for block in blocks))
        if labels is not None:
            _write_array(archive, "labels", shape[0], [labels.numpy()])
        if class_names:
            _write_array(archive, "class_names", len(class_names), [np.array(class_names, dtype=np.str_)])


def _write_array(archive: zipfile.ZipFile, name: str, n: int, parts: Iterable[np.ndarray]) -> None:
    """An array of ``n`` rows that come in parts, in NumPy's format, which begins with the shape of the whole."""
    with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
        for index, part in enumerate(parts):
            if index == 0:
                header = {"descr": part.dtype.str, "fortran_order": False, "shape": (n, *part.shape[1:])}
                np.lib.format.write_array_header_1_0(file, header)
            file.write(part.tobytes())


def write_folder(
    folder: Path, blocks: Iterable[Tensor], n: int, labels: Tensor | None = None, class_names: Sequence[str] = ()
) -> None:
    """Write one PNG an image, named by its number and the name of its class; they sort in order.

    Threads encode and write while the next samples are drawn: making a file takes longer than drawing a digit.
    """
    make_ready(folder)
    names = picture_names(n, labels, class_names)
    threads = os.cpu_count() or 1
    waiting: deque[Future[None]] = deque()
    with ThreadPoolExecutor(threads) as pool:  # waits for the jobs, also after an interruption
        for job in _jobs(blocks):
            waiting.append(pool.submit(_write_pictures, [folder / next(names) for _ in job], job))
            if len(waiting) > WAITING_JOBS * threads:
                waiting.popleft().result()
    for written in waiting:
        written.result()


def _jobs(blocks: Iterable[Tensor]) -> Iterator[np.ndarray]:
    for block in blocks:
        size = A_JOB.examples(block.shape[1:])
        yield from (to_pixels(part) for part in block.split(size))


def _write_pictures(paths: Sequence[Path], pictures: np.ndarray) -> None:
    for path, pixels in zip(paths, pictures, strict=True):
        write_whole(path, to_png(pixels))
