"""Grey pictures of 12 bits in files of 16, to be translated: one white for all, in the training and after it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gancli.data import Domains, ImageFolder, Pairs
from gancli.errors import DataError
from gancli.sampling.preparation import Preparation

WHITE, HALF = 4095, 2047


@pytest.fixture(autouse=True)
def pictures() -> None:
    """Two training pictures, the brightest of which has the white of 12 bits, and a dark one that is held out."""
    for folder, values in {
        "trainA": (WHITE, HALF),
        "trainB": (60_000, 9),
        "testA": (255, 255),
        "testB": (9, 9),
    }.items():
        Path("in", folder).mkdir(parents=True)
        for number, value in enumerate(values):
            save(f"in/{folder}/{number}.png", value)


def save(path: str, value: int) -> None:
    Image.fromarray(np.full((16, 16), value, np.uint16)).save(path)


def first(dataset: Any) -> tuple[list[int], list[int]]:
    """The first pixel of every source image and every target, 0 to 255."""
    target, source = dataset.unaugmented().gather(torch.arange(len(dataset)), torch.Generator())
    a, b = (((x[:, 0, 0, 0] + 1) * 127.5).round().int().tolist() for x in (source, target))
    return a, b


@pytest.mark.parametrize("dataset", [Pairs, Domains])
@pytest.mark.parametrize("bits", [None, 12])
@pytest.mark.parametrize("memory_mb", [0, 100])
def test_each_side_has_one_white_and_what_is_held_out_has_the_same(dataset: Any, bits: Any, memory_mb: int) -> None:
    found = dataset(root="in", size=16, channels=1, bits=bits, memory_mb=memory_mb)
    assert first(found)[0] == [255, 127]
    assert first(found.held_out())[0] == [255 >> 4] * 2  # 255 would be white, if the held-out pictures were alone
    assert first(found)[1] == ([60_000 >> 8, 0] if bits is None else [255, 0])
    assert found.spec.source.bits == (12, bits or 16)
    assert found.held_out().spec == found.spec
    assert found.spec.reversed().source.bits == (bits or 16, 12)
    assert dataset(root="in", size=16, channels=1, direction="BtoA").spec.source.bits == (16, 12)


def test_the_number_of_bits_is_part_of_the_data_and_too_bright_pictures_are_named() -> None:
    found, told, deep = (Pairs(root="in", size=16, channels=1, bits=bits) for bits in (None, 12, 16))
    assert len({data.fingerprint for data in (found, told, deep)}) == 3
    assert "trainB: 1 of them have larger values, which become white: 0.png" in told.notice
    assert first(deep)[0] == [WHITE >> 8, HALF >> 8]
    folder = ImageFolder(root="in/trainA", size=16, channels=1, bits=14)
    assert folder.images[:, 0, 0, 0].tolist() == [WHITE >> 6, HALF >> 6]


@pytest.mark.parametrize("read", [{}, {"bits": 12}])
def test_a_picture_is_translated_with_the_white_of_the_training(read: dict[str, Any]) -> None:
    spec = Pairs(root="in", size=16, channels=1, **read).spec
    save("new.png", HALF)
    assert spec.source is not None
    prepare = Preparation.of(spec.source.shape, read, bits=spec.source.bits[0])
    assert prepare("new.png").pixels.unique().tolist() == [127]
    assert prepare(np.full((16, 16), HALF, np.uint16)).pixels.unique().tolist() == [127]


@pytest.mark.parametrize("of_recipe", ["", ", bits: 12"])
def test_a_training_and_its_translations_agree(
    gan: Callable[..., Any], translator: Callable[..., Path], of_recipe: str
) -> None:
    """The white that was found is in the checkpoint: a picture that is translated has it, however dark it is."""
    run = translator(f"dataset={{name: pairs, root: in, size: 16, channels: 1{of_recipe}}}")
    save("deep.png", HALF)
    result = gan("translate", run, "deep.png", "--side-by-side", "--out", "x.png")
    assert (result.exit_code, "dark" in result.stderr) == (0, False), result.output
    assert np.asarray(Image.open("x.png").convert("L"))[8, 8] == 127


@pytest.mark.parametrize("dataset", [Pairs, Domains])
def test_a_bad_picture_that_is_held_out_is_found_before_the_training(dataset: Any) -> None:
    Path("in/testA/1.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"^in/testA: 1 of 2 images cannot be read.*on_bad_image=skip:\n  1\.png"):
        dataset(root="in", size=16)
    found = dataset(root="in", size=16, on_bad_image="skip")
    assert "testA: 1 of 2 images cannot be read: 1.png" in found.left_out
    assert (len(found), len(found.held_out())) == (2, 1)


def test_a_bad_pair_that_is_held_out_is_found_before_the_training() -> None:
    for folder, numbers in {"train": range(3), "test": range(2)}.items():
        Path("beside", folder).mkdir(parents=True)
        for number in numbers:
            save(f"beside/{folder}/{number}.png", 50_000)
    Path("beside/test/0.png").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"^beside/test: 1 of 2 images cannot be read"):
        Pairs(root="beside", size=16)
    assert "test: 1 of 2 images cannot be read: 0.png" in Pairs(root="beside", size=16, on_bad_image="skip").left_out
