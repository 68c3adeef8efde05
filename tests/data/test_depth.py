"""Sixteen bits a value: scaled to eight, and a sensor's twelve are not taken for black."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.data import ImageFolder, batches
from gancli.errors import DataError


def grey(value: int, size: int = 9) -> np.ndarray:
    return np.full((size, size), value, np.uint16)


def png(values: np.ndarray, colour: int = 0, significant: int | None = None) -> bytes:
    """A PNG of 16 bits a value; ``colour`` is 0 for grey, 2 for RGB, 4 and 6 with alpha."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    header = struct.pack(">IIBBBBB", values.shape[1], values.shape[0], 16, colour, 0, 0, 0)
    extra = b"" if significant is None else chunk(b"sBIT", bytes([significant]))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + extra
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def tiff(data: bytes, side: int, bits: int = 16, order: str = "<", photometric: int = 1, samples: int = 1) -> bytes:
    """A TIFF that is not compressed."""
    tags = [(256, 3, side), (257, 3, side), (258, 3, bits), (259, 3, 1), (262, 3, photometric), (277, 3, samples)]
    tags += [(278, 3, side), (279, 4, len(data))]
    offset = 8 + 2 + 12 * (len(tags) + 1) + 4
    if samples > 1:
        tags[2] = (258, 3, offset)  # one number a sample
        extra = struct.pack(f"{order}{samples}H", *[bits] * samples)
    else:
        extra = b""
    tags.append((273, 4, offset + len(extra)))
    ifd = struct.pack(f"{order}H", len(tags))
    for tag, kind, value in sorted(tags):
        count = samples if tag == 258 else 1
        short = kind == 3 and count == 1
        ifd += struct.pack(f"{order}HHI{'HH' if short else 'I'}", tag, kind, count, value, *([0] if short else []))
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8) + ifd + bytes(4) + extra + data


def pgm(values: np.ndarray, white: int = 65535) -> bytes:
    return f"P5 {values.shape[1]} {values.shape[0]} {white}\n".encode() + values.astype(">u2").tobytes()


def packed_12_bits(values: np.ndarray) -> bytes:
    """Two values in three bytes, every row beginning with a byte of its own."""
    rows = ["".join(f"{value:012b}" for value in row) for row in values]
    rows = [row + "0" * (-len(row) % 8) for row in rows]
    return b"".join(int(row, 2).to_bytes(len(row) // 8) for row in rows)


GREYS: dict[str, Callable[[np.ndarray], bytes]] = {
    "png": png,
    "sbit.png": lambda values: png(values, significant=12),
    "tif": lambda values: tiff(values.astype("<u2").tobytes(), len(values)),
    "big-endian.tif": lambda values: tiff(values.astype(">u2").tobytes(), len(values), order=">"),
    "pgm": pgm,
}


def read(**files: bytes) -> ImageFolder:
    Path("in").mkdir(exist_ok=True)
    for name, content in files.items():
        Path("in", name.replace("__", ".")).write_bytes(content)
    return ImageFolder(root="in", size=8, channels=1)


@pytest.mark.parametrize("kind", GREYS)
def test_sixteen_bits_are_scaled_to_eight(kind: str) -> None:
    folder = read(**{f"x__{kind}": GREYS[kind](grey(0x80FF))})
    assert (folder.images == 0x80).all()
    assert folder.notice == ""


@pytest.mark.parametrize("kind", GREYS)
@pytest.mark.parametrize(("largest", "bits"), [(4095, 12), (1023, 10), (16383, 14), (255, 8), (1024, 12)])
def test_fewer_bits_are_stretched_and_said(kind: str, largest: int, bits: int) -> None:
    folder = read(**{f"bright__{kind}": GREYS[kind](grey(largest)), f"dark__{kind}": GREYS[kind](grey(largest // 2))})
    white = 2**bits - 1
    expected = [largest * 255 // white, largest // 2 * 255 // white]
    assert folder.images[:, 0, 4, 4].tolist() == pytest.approx(expected, abs=1)
    assert folder.notice == f"the grey images of 16 bits a value use {bits} of them, so {white:,} is white"


def test_one_bright_image_is_enough_to_know_that_all_have_sixteen_bits() -> None:
    """A stretch of each by itself would make a dark image as bright as a bright one."""
    folder = read(bright__png=png(grey(60_000)), dark__png=png(grey(4_000)))
    assert folder.images[:, 0, 4, 4].tolist() == [60_000 >> 8, 4_000 >> 8]


def test_images_of_eight_bits_beside_them_change_nothing() -> None:
    Path("in").mkdir()
    Image.new("L", (9, 9), 200).save("in/a.png")
    folder = read(b__png=png(grey(4095)))
    assert folder.images[:, 0, 4, 4].tolist() == [200, 255]


def test_a_file_that_says_how_many_bits_it_has_is_believed() -> None:
    bits = tiff(packed_12_bits(grey(2048)), 9, bits=12)
    folder = read(declared__tif=bits, scaled__pgm=pgm(grey(2048), white=4095), other__png=png(grey(65535)))
    assert dict(zip(folder.manifest, folder.images[:, 0, 4, 4].tolist(), strict=True)) == {
        "declared.tif": 128,
        "other.png": 255,
        "scaled.pgm": 128,
    }
    dark = read(declared__tif=bits, scaled__pgm=pgm(grey(20), white=4095), other__png=png(grey(65535)))
    assert dark.notice == ""


def test_white_may_be_nought() -> None:
    folder = read(x__tif=tiff(grey(4095).astype("<u2").tobytes(), 9, photometric=0), y__png=png(grey(1000)))
    assert folder.images[:, 0, 4, 4].tolist() == [0, 1000 >> 4]


@pytest.mark.parametrize(("colour", "bands"), [(2, 3), (6, 4), (4, 2)])
def test_dark_colours_of_sixteen_bits_are_refused(colour: int, bands: int) -> None:
    values = np.full((9, 9, bands), 4095, np.uint16)
    if bands != 3:
        values[..., -1] = 65535  # alpha
    with pytest.raises(DataError, match=r"x\.png: has 16 bits a value, of which these images use 12 at most"):
        read(x__png=png(values, colour))
    bright = values.copy()
    bright[0, 0] = 65535
    assert len(read(x__png=png(values, colour), y__png=png(bright, colour))) == 2


def test_dark_colours_of_a_tiff_and_a_ppm_are_refused() -> None:
    values = np.full((9, 9, 3), 1000, np.uint16)
    with pytest.raises(DataError, match="2 of 2 images cannot be read"):
        read(
            x__tif=tiff(values.astype("<u2").tobytes(), 9, photometric=2, samples=3),
            y__ppm=b"P6 9 9 65535\n" + values.astype(">u2").tobytes(),
        )


def test_black_images_are_black() -> None:
    assert (read(x__png=png(grey(0))).images == 0).all()


def test_streaming_reads_them_alike() -> None:
    kept = read(a__png=png(grey(4095)), b__png=png(grey(100)))
    streamed = ImageFolder(root="in", size=8, channels=1, memory_mb=0, workers=0)
    drawn = [next(batches(folder, 2, seed=0, device=torch.device("cpu"))) for folder in (kept, streamed)]
    assert torch.equal(drawn[0][0], drawn[1][0])
    assert kept.fingerprint == streamed.fingerprint


def test_another_reading_is_another_dataset() -> None:
    """A run that began when they were taken for sixteen bits is not resumed with brighter ones unawares."""
    folder = read(a__png=png(grey(4095)))
    folder._read_as = (folder._read_as[0], 16)
    assert folder._fingerprint() != folder.fingerprint
