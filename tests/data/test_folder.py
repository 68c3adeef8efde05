"""Your own images: what is read, what is refused, and that streaming them changes nothing."""

import itertools
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

Picture = Callable[..., Path]


def pixel(folder: str, **options: object) -> list[int]:
    """The middle of the only image."""
    (image,) = ImageFolder(root=folder, size=8, **options).images
    return image[:, 4, 4].tolist()


def test_sub_folders_are_classes(picture: Picture) -> None:
    for name in ("zebra/1.png", "ant/deep/2.jpg", "ant/3.PNG"):
        picture(Path("in") / name)
    Path("in/notes.txt").write_text("not an image")
    folder = ImageFolder(root="in")
    assert folder.spec.shape == (3, 32, 32)
    assert folder.spec.class_names == ("ant", "zebra")
    assert folder.labels.tolist() == [0, 0, 1]


def test_images_beside_sub_folders_mean_no_classes(picture: Picture) -> None:
    picture("in/a/1.png")
    picture("in/2.png")
    folder = ImageFolder(root="in")
    assert (folder.spec.num_classes, folder.labels, len(folder)) == (0, None, 2)


@pytest.mark.parametrize(
    ("mode", "colour", "seen", "grey"),
    [
        ("RGB", (200, 100, 50), [200, 100, 50], 124),  # 0.299 · 200 + 0.587 · 100 + 0.114 · 50
        ("L", 80, [80, 80, 80], 80),
        ("RGBA", (200, 100, 50, 0), [255, 255, 255], 255),  # transparent is white
        ("LA", (80, 255), [80, 80, 80], 80),
        ("1", 1, [255, 255, 255], 255),
    ],
)
def test_every_kind_of_image_becomes_colour_or_grey(mode: str, colour: object, seen: list[int], grey: int) -> None:
    Path("in").mkdir()
    Image.new(mode, (20, 20), colour).save("in/x.png")
    assert pixel("in") == seen
    assert pixel("in", channels=1) == [grey]


def test_a_palette_with_a_transparent_colour_is_white_there() -> None:
    Path("in").mkdir()
    image = Image.new("P", (20, 20), 0)
    image.putpalette([10, 20, 30])
    image.save("in/x.gif", transparency=0)
    assert pixel("in") == [255, 255, 255]


def test_the_orientation_tag_is_obeyed() -> None:
    Path("in").mkdir()
    array = np.zeros((16, 16, 3), np.uint8)
    array[:8] = 255  # the upper half is white
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90° clockwise: the upper half becomes the right one
    Image.fromarray(array).save("in/x.png", exif=exif)
    (image,) = ImageFolder(root="in", size=8, channels=1).images
    assert image[0, 4].tolist() == pytest.approx([0, 0, 0, 0, 255, 255, 255, 255], abs=30)


def test_a_wide_image_is_cropped_to_its_centre() -> None:
    Path("in").mkdir()
    array = np.zeros((16, 48), np.uint8)
    array[:, 16:32] = 255
    Image.fromarray(array).save("in/x.png")
    (image,) = ImageFolder(root="in", size=16, channels=1).images
    assert (image == 255).all()


@pytest.mark.parametrize(("height", "width"), [(16, 32), (32, 16), (9, 13)])
def test_any_height_and_width_is_covered_and_cropped_around_the_centre(height: int, width: int) -> None:
    Path("in").mkdir()
    array = np.zeros((4 * height, 4 * width), np.uint8)
    array[height : 3 * height, width : 3 * width] = 200
    wide, tall = np.pad(array, ((0, 0), (50, 50))), np.pad(array, ((50, 50), (0, 0)))  # what is added is cropped
    for name, pixels in {"plain": array, "wide": wide, "tall": tall}.items():
        Image.fromarray(pixels).save(f"in/{name}.png")
    plain, *others = ImageFolder(root="in", size=(height, width), channels=1).images
    assert plain.shape == (1, height, width)
    assert plain[0, height // 2, width // 2] >= 190
    assert plain[0, 0].max() < 20
    assert all(image.int().sub(plain).abs().max() <= 20 for image in others)


def test_one_number_is_a_square_and_the_same_images(pictures: str) -> None:
    one, two = (ImageFolder(root="pictures", size=size) for size in (16, (16, 16)))
    assert one.fingerprint == two.fingerprint
    assert torch.equal(one.images, two.images)


def test_images_that_are_not_square_stream_as_they_are_kept(pictures: str) -> None:
    kept, streamed = (ImageFolder(root="pictures", size=(12, 20), flip=True, memory_mb=mb, workers=0) for mb in (9, 0))
    assert kept.spec.shape == streamed.spec.shape == (3, 12, 20)
    indices = torch.arange(len(kept))
    (one, *_), (other, *_) = (folder.gather(indices, torch.Generator().manual_seed(1)) for folder in (kept, streamed))
    assert torch.equal(one, other)
    assert one.shape == (len(kept), 3, 12, 20)


def bomb() -> bytes:
    """A PNG that claims 60,000 × 60,000 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return len(content).to_bytes(4) + kind + content + zlib.crc32(kind + content).to_bytes(4)

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


def test_all_bad_images_are_named_at_once(picture: Picture) -> None:
    good = picture("in/a/good.png")
    Path("in/a/text.png").write_text("hello")
    Path("in/a/empty.jpg").write_bytes(b"")
    Path("in/a/cut.png").write_bytes(good.read_bytes()[:300])
    Path("in/a/bomb.png").write_bytes(bomb())
    with pytest.raises(DataError, match="4 of 5 images cannot be read") as caught:
        ImageFolder(root="in")
    lines = str(caught.value).splitlines()[1:]
    assert [line.split(":")[0].strip() for line in lines] == ["a/bomb.png", "a/cut.png", "a/empty.jpg", "a/text.png"]
    assert "pixels" in lines[0]


def test_many_bad_images_are_counted(picture: Picture) -> None:
    Path("in").mkdir()
    for index in range(25):
        Path(f"in/{index}.png").write_text("hello")
    with pytest.raises(DataError, match="… and 5 more"):
        ImageFolder(root="in")


def test_an_image_of_more_pixels_than_allowed_is_refused(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> None:
    picture("in/x.png")
    monkeypatch.setattr("gancli.data.decoding.MAX_PIXELS", 28 * 28 - 1)
    with pytest.raises(DataError, match="28×28 pixels; at most 783"):
        ImageFolder(root="in")


def test_no_folder_and_no_images_are_errors() -> None:
    with pytest.raises(DataError, match="no such folder"):
        ImageFolder(root="nowhere")
    Path("in").mkdir()
    Path("in/notes.txt").touch()
    with pytest.raises(DataError, match=r"holds no images; the endings read are \.png"):
        ImageFolder(root="in")


def test_streaming_equals_memory_bit_for_bit_with_any_number_of_workers(pictures: str) -> None:
    def drawn(workers: int, **memory: int) -> list[tuple[torch.Tensor, ...]]:
        folder = ImageFolder(root="pictures", size=16, channels=1, flip=True, workers=workers, **memory)
        stream = batches(folder, 8, seed=3, start=1, device=torch.device("cpu"))
        return [*itertools.islice(stream, 5), (folder.fingerprint, folder.workers)]

    *kept, (fingerprint, workers) = drawn(2)
    assert workers == 0
    for count in (0, 2):
        *streamed, about = drawn(count, memory_mb=0)
        assert about == (fingerprint, count)
        for one, other in zip(kept, streamed, strict=True):
            assert all(map(torch.equal, one, other))


def test_the_fingerprint_sees_a_changed_a_moved_and_a_missing_image(pictures: str, picture: Picture) -> None:
    def now() -> str:
        return ImageFolder(root="pictures", size=28, channels=1).fingerprint

    prints = [now(), now()]
    picture("pictures/cat/1.png", seed=99)
    prints.append(now())
    Path("pictures/cat/1.png").rename("pictures/dog/1.png")
    prints.append(now())
    Path("pictures/dog/1.png").unlink()
    prints.append(now())
    assert prints[0] == prints[1]
    assert len(set(prints)) == 4
