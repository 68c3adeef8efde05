"""A folder of anything at all gives a dataset or an error that names every bad file, without a hang or a crash."""

import io
import os
import socket
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, PngImagePlugin

from gancli.data import ImageFolder, batches
from gancli.errors import DataError

Picture = Callable[..., Path]
FORMATS = {
    "png": {"format": "PNG"},
    "jpg": {"format": "JPEG"},
    "jpeg": {"format": "JPEG", "progressive": True},
    "bmp": {"format": "BMP"},
    "gif": {"format": "GIF"},
    "webp": {"format": "WEBP"},
    "tif": {"format": "TIFF", "compression": "tiff_lzw"},
    "avif": {"format": "AVIF"},
    "jp2": {"format": "JPEG2000"},
    "tga": {"format": "TGA", "compression": "tga_rle"},
    "ppm": {"format": "PPM"},
    "pcx": {"format": "PCX"},
    "qoi": {"format": "QOI"},
    "sgi": {"format": "SGI"},
}


def encoded(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, **options)
    return buffer.getvalue()


def noise(size: tuple[int, int] = (24, 16)) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (size[1], size[0], 3), np.uint8))


def mutated(raw: bytes, rng: np.random.Generator) -> bytes:
    """Some bytes changed, left out, doubled, or the rest cut off."""
    data = bytearray(raw)
    for _ in range(rng.integers(1, 9)):
        # Half of them in the header, where the decisions are.
        at = int(rng.integers(min(len(data), 64) if rng.random() < 0.5 else len(data)))
        match rng.integers(8):
            case 0:
                del data[at : at + int(rng.integers(1, 9))]
            case 1:
                data[at:at] = data[at : at + int(rng.integers(1, 99))]
            case 2:
                del data[max(at, 1) :]
            case 3:
                data[at : at + 4] = rng.choice([b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"\0\0\xff\xff"])
            case _:
                data[at] = rng.integers(256)
        data = data or bytearray(b"\0")
    return bytes(data)


@pytest.mark.parametrize(
    "count",
    [45, pytest.param(1500, marks=pytest.mark.full), pytest.param(10_000, marks=pytest.mark.night)],
)
@pytest.mark.parametrize("ending", FORMATS)
def test_damaged_bytes_give_a_dataset_or_an_error(ending: str, count: int) -> None:
    raw = encoded(noise(), **FORMATS[ending])
    rng = np.random.default_rng(count)
    Path("in").mkdir()
    for index in range(count):
        Path(f"in/{index}.{ending}").write_bytes(mutated(raw, rng))
    with pytest.raises(DataError, match=f"of {count} images cannot be read") as caught:
        ImageFolder(root="in", size=8)
    bad = int(str(caught.value).split()[1])
    assert 0 < bad <= count
    assert len(str(caught.value).splitlines()) == 1 + min(bad, 20) + (bad > 20)


def with_text(keyword: bytes, megabytes: int) -> bytes:
    """A small PNG, cyan, with a compressed text that is large."""
    text = PngImagePlugin.PngInfo()
    text.add(b"zTXt", keyword + b"\0\0" + zlib.compress(bytes(megabytes * 2**20), 9))
    return encoded(Image.new("RGB", (9, 9), (0, 255, 255)), format="PNG", pnginfo=text)


def gps_of_a_phone_without_a_signal() -> bytes:
    """EXIF that turns nothing (orientation 6 of a square of one colour), and a latitude of 0/0."""
    entries = [(0x0112, 3, 1, 6), (0x8825, 4, 1, 38)]
    position = [(1, 2, 2, ord("N")), (2, 5, 3, 68)]
    ifds = b"".join(
        struct.pack("<H", 2) + b"".join(struct.pack("<HHII", *entry) for entry in ifd) + bytes(4)
        for ifd in (entries, position)
    )
    return b"Exif\0\0II*\0\x08\0\0\0" + ifds + bytes(24)


BAD: dict[str, tuple[bytes, str]] = {
    "empty.png": (b"", "is empty"),
    "text.png": (b"hello", "is none of PNG"),
    "drawing.png": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "is none of PNG"),
    "postscript.jpg": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is none of PNG"),
    "cut.png": (encoded(noise(), format="PNG")[:300], "trunc"),
    "cut.jpg": (encoded(noise(), format="JPEG")[:-200], "truncated"),
    "many-pixels.png": (encoded(Image.new("1", (12_000, 12_000)), format="PNG"), "12000×12000 pixels; at most"),
    "text-bomb.png": (with_text(b"Raw profile type exif", 100), "too large"),  # which may hold the orientation
    "float.tif": (encoded(Image.new("F", (9, 9)), format="TIFF"), "whose range is unknown"),
    "integers.tif": (encoded(Image.new("I", (9, 9)), format="TIFF"), "whose range is unknown"),
    "float.pgm": (b"Pf\n1 1\n-1.0\n\0\0\0\0", "whose range is unknown"),
    "odd.tif": (b"II*\0\x08\0\0\0\0\0\0\0\0\0", "is a TIFF of a kind that cannot be read here"),
    "cut.jp2": (encoded(noise(), format="JPEG2000")[:200], ""),
    "cut.avif": (encoded(noise(), format="AVIF")[:-99], ""),
    "cut.tga": (encoded(noise(), format="TGA")[:99], "truncated"),
    "program.tga": (b"#!/bin/sh\n", "is none of PNG"),
    # A format that any bytes may pass for is read under its own ending alone, and a script language under none.
    "targa.png": (encoded(noise(), format="TGA"), "is none of PNG"),
    "postscript.ppm": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "is none of PNG"),
    "document.jfif": (encoded(noise(), format="PDF"), "is none of PNG"),
}

GOOD: dict[str, bytes] = {
    "cmyk.jpg": encoded(Image.new("CMYK", (9, 9), (255, 0, 0, 0)), format="JPEG"),  # cyan
    "tiny.png": encoded(Image.new("RGB", (1, 1), (0, 255, 255)), format="PNG"),
    "tall.png": encoded(Image.new("RGB", (1, 5000), (0, 255, 255)), format="PNG"),
    "wide.png": encoded(Image.new("RGB", (5000, 1), (0, 255, 255)), format="PNG"),
    "frames.gif": encoded(
        Image.new("RGB", (9, 9), (0, 255, 255)), format="GIF", save_all=True, append_images=[Image.new("RGB", (9, 9))]
    ),
    "palette.png": encoded(Image.new("RGB", (9, 9), (0, 255, 255)).quantize(4), format="PNG", transparency=b"\xff"),
    "text.png": with_text(b"parameters", 2),
    "much-text.png": with_text(b"parameters", 100),
    "profile.png": encoded(
        Image.new("RGB", (9, 9), (0, 255, 255)), format="PNG", icc_profile=np.random.default_rng(0).bytes(2 * 2**20)
    ),
    "comment.jpg": encoded(Image.new("RGB", (9, 9), (0, 255, 255)), format="JPEG", comment=bytes(60_000)),
    "stereo.mpo": encoded(
        Image.new("RGB", (9, 9), (0, 255, 255)), format="MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))]
    ),
    "animated.webp": encoded(
        Image.new("RGB", (9, 9), (0, 255, 255)),
        format="WEBP",
        lossless=True,
        save_all=True,
        append_images=[Image.new("RGB", (9, 9))],
    ),
    "animated.png": encoded(
        Image.new("RGB", (9, 9), (0, 255, 255)), format="PNG", save_all=True, append_images=[Image.new("RGB", (9, 9))]
    ),
    "video.tif": encoded(Image.new("RGB", (9, 9), (0, 255, 255)).convert("YCbCr"), format="TIFF"),
    "print.tif": encoded(Image.new("CMYK", (9, 9), (255, 0, 0, 0)), format="TIFF"),
    "jpeg.png": encoded(Image.new("RGB", (9, 9), (0, 255, 255)), format="JPEG"),
    "webp.jpg": encoded(Image.new("RGB", (9, 9), (0, 255, 255)), format="WEBP", lossless=True),
    "no-position.jpg": encoded(
        Image.new("RGB", (9, 9), (0, 255, 255)), format="JPEG", exif=gps_of_a_phone_without_a_signal()
    ),
}
KINDS = {
    "JPEG": "jpe jfif jfi jif JPG",
    "JPEG2000": "jp2 j2k j2c jpc jpf jpx",
    "PPM": "ppm pnm",
    "TGA": "tga icb vda vst",
    "SGI": "sgi rgb",
    "PNG": "apng",
    **{name.upper(): name for name in ("avif", "dib", "pcx", "qoi")},
}


@pytest.mark.parametrize(("kind", "ending"), [(kind, ending) for kind in KINDS for ending in KINDS[kind].split()])
def test_every_still_image_that_pillow_opens_is_read(kind: str, ending: str) -> None:
    Path("in").mkdir()
    Path(f"in/x.{ending}").write_bytes(encoded(Image.new("RGB", (16, 16), (0, 255, 255)), format=kind))
    folder = ImageFolder(root="in", size=8)
    assert folder.left_out == ""
    expected = torch.tensor([0, 255, 255]).byte()[:, None, None].expand(3, 8, 8)
    torch.testing.assert_close(folder.images[0], expected, rtol=0, atol=3)


def test_formats_that_this_pillow_lacks_are_left_out_with_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.data.listing.ENDINGS", (".png",))
    Path("in").mkdir()
    Path("in/x.png").write_bytes(encoded(noise(), format="PNG"))
    Path("in/x.avif").touch()
    assert "1 file of a format that is not read (.avif 1)" in ImageFolder(root="in").left_out


@pytest.mark.parametrize("name", BAD)
def test_a_bad_image_is_named_with_what_is_wrong(name: str) -> None:
    content, said = BAD[name]
    Path("in").mkdir()
    Path("in", name).write_bytes(content)
    with pytest.raises(
        DataError, match=rf"^in: 1 of 1 images cannot be read; repair or remove them.*\n  {name}: .*{said}"
    ):
        ImageFolder(root="in")


@pytest.mark.parametrize("name", GOOD)
def test_an_unusual_image_is_read(name: str) -> None:
    Path("in").mkdir()
    Path("in", name).write_bytes(GOOD[name])
    (image,) = ImageFolder(root="in", size=8).images
    expected = torch.tensor([0, 255, 255]).byte()[:, None, None].expand(3, 8, 8)
    torch.testing.assert_close(image, expected, rtol=0, atol=3)  # JPEG rounds


def test_what_is_no_file_is_named_and_does_not_hang(picture: Picture) -> None:
    picture("in/good.png")
    os.mkfifo("in/pipe.png")
    Path("in/broken.png").symlink_to("nowhere.png")
    Path("in/loop.png").symlink_to("loop.png")
    Path("in/device.png").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("in/socket.png")
    with pytest.raises(DataError, match="5 of 6 images") as caught:
        ImageFolder(root="in")
    assert [line.strip() for line in str(caught.value).splitlines()[1:]] == [
        "broken.png: No such file or directory",
        "device.png: is not a regular file",
        "loop.png: Too many levels of symbolic links",
        "pipe.png: is not a regular file",
        "socket.png: is not a regular file",
    ]


def test_a_huge_file_is_refused_before_it_is_read(picture: Picture) -> None:
    picture("in/good.png")
    with Path("in/huge.png").open("wb") as file:
        file.truncate(2**40)  # of holes
    with pytest.raises(DataError, match=r"huge\.png: holds 1,099,511,627,776 bytes; at most"):
        ImageFolder(root="in")


def test_a_stranger_s_names_cannot_reach_the_terminal_raw() -> None:
    Path("in").mkdir()
    for name in ("\x1b[31m.png", "new\nline.png", os.fsdecode(b"\xff.png")):
        Path("in", name).touch()
    with pytest.raises(DataError) as caught:
        ImageFolder(root="in")
    assert {line.partition(":")[0].strip() for line in str(caught.value).splitlines()[1:]} == {
        r"\x1b[31m.png",
        r"new\nline.png",
        r"\udcff.png",
    }


BOMBS = """
import resource, sys
from gancli.data import ImageFolder
from gancli.errors import DataError
ImageFolder(root="good")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    ImageFolder(root="in")
except DataError as error:
    print(error, file=sys.stderr)
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def patched(raw: bytes, at: int, content: bytes) -> bytes:
    return raw[:at] + content + raw[at + len(content) :]


CLAIMS = {  # small files whose headers say that they have 60,000 × 60,000 pixels
    "tga": patched(encoded(noise(), format="TGA"), 12, struct.pack("<HH", 60_000, 60_000)),
    "pcx": patched(encoded(noise(), format="PCX"), 8, struct.pack("<HH", 59_999, 59_999)),
    "qoi": patched(encoded(noise(), format="QOI"), 4, struct.pack(">II", 60_000, 60_000)),
    "sgi": patched(encoded(noise(), format="SGI"), 6, struct.pack(">HH", 60_000, 60_000)),
    "dib": patched(encoded(noise(), format="DIB"), 4, struct.pack("<ii", 60_000, 60_000)),
    "ppm": b"P6 60000 60000 255\n\0\0\0",
    "jp2": encoded(noise(), format="JPEG2000").replace(struct.pack(">II", 16, 24), struct.pack(">II", 60_000, 60_000)),
    "j2k": patched(encoded(noise(), format="JPEG2000", no_jp2=True), 8, struct.pack(">II", 60_000, 60_000)),
    "avif": encoded(noise(), format="AVIF").replace(struct.pack(">II", 24, 16), struct.pack(">II", 60_000, 60_000)),
}


def test_bombs_take_little_memory(picture: Picture) -> None:
    picture("good/x.png")
    Path("in").mkdir()
    for name, (content, _) in BAD.items():
        Path("in", name).write_bytes(content)
    blank = Image.new("1", (12_000, 12_000))
    for ending, options in (("gif", {}), ("tif", {"compression": "group4"})):
        blank.save(f"in/many-pixels.{ending}", **options)
    for ending, content in CLAIMS.items():
        Path(f"in/claims-many-pixels.{ending}").write_bytes(content)
    count = len(BAD) + 2 + len(CLAIMS)
    ended = subprocess.run([sys.executable, "-c", BOMBS], capture_output=True, text=True)
    assert f"{count} of {count} images cannot be read" in ended.stderr
    assert int(ended.stdout) <= 256


def test_fewer_images_than_a_minibatch_are_enough(picture: Picture) -> None:
    picture("in/x.png")
    (x,) = next(batches(ImageFolder(root="in", size=8), 5, seed=0, device=torch.device("cpu")))
    assert x.shape == (5, 3, 8, 8)
