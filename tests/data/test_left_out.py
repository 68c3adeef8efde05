"""What is not learned from is said: bad images that may be left out, folders without images, links that come again."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.data import ImageFolder
from gancli.errors import DataError

Picture = Callable[..., Path]
NOBODY = 65534


def test_a_bad_image_is_left_out_if_that_is_asked_for(pictures: str) -> None:
    clean = ImageFolder(root="pictures")
    Path("pictures/cat/bad.png").write_text("hello")
    with pytest.raises(
        DataError, match=r"1 of 21 images cannot be read.*or leave them out with dataset\.on_bad_image=skip"
    ):
        ImageFolder(root="pictures")
    left = ImageFolder(root="pictures", on_bad_image="skip")
    assert left.left_out == "1 of 21 images cannot be read: cat/bad.png"
    assert (left.spec, left.fingerprint, left.manifest) == (clean.spec, clean.fingerprint, clean.manifest)
    assert torch.equal(left.images, clean.images)
    assert torch.equal(left.labels, clean.labels)


@pytest.mark.parametrize(("images", "bad", "works"), [(20, 1, True), (20, 2, False), (300, 3, True), (300, 4, False)])
def test_one_in_a_hundred_may_be_left_out_or_a_single_one(picture: Picture, images: int, bad: int, works: bool) -> None:
    good = picture("in/x.png", size=(8, 8)).read_bytes()
    for index in range(images - 1):
        Path(f"in/{index}.png").write_bytes(b"" if index < bad else good)
    if works:
        assert len(ImageFolder(root="in", size=8, on_bad_image="skip")) == images - bad
    else:
        with pytest.raises(
            DataError,
            match=rf"^in: {bad} of {images} images .*; dataset\.on_bad_image=skip .* 1 % at most.*: here {bad - 1}:",
        ):
            ImageFolder(root="in", size=8, on_bad_image="skip")


def test_five_of_many_are_named_of_many(picture: Picture) -> None:
    good = picture("in/x.png", size=(8, 8)).read_bytes()
    for index in range(700):
        Path(f"in/{index:03}.png").write_bytes(b"" if index < 7 else good)
    left_out = ImageFolder(root="in", size=8, on_bad_image="skip").left_out
    assert left_out == "7 of 701 images cannot be read: 000.png, 001.png, 002.png, 003.png, 004.png, …"


def test_no_class_may_lose_its_last_image(pictures: str) -> None:
    Path("pictures/bird").mkdir()
    Path("pictures/bird/only.png").write_text("hello")
    with pytest.raises(DataError, match="without them, no image of bird is left"):
        ImageFolder(root="pictures", on_bad_image="skip")
    Path("in").mkdir()
    Path("in/only.png").write_text("hello")
    with pytest.raises(DataError, match="without them, no image of any kind is left"):
        ImageFolder(root="in", on_bad_image="skip")


def test_other_files_and_hidden_ones_are_not_looked_at(pictures: str) -> None:
    clean = ImageFolder(root="pictures").fingerprint
    for name in (".DS_Store", "Thumbs.db", "labels.csv", "drawing.svg", "cat/._1.png", ".ipynb_checkpoints/1.png"):
        Path("pictures", name).parent.mkdir(exist_ok=True)
        Path("pictures", name).write_text("hello")
    Path("pictures/.#lock").symlink_to("nowhere")
    folder = ImageFolder(root="pictures")
    assert folder.fingerprint == clean


def test_a_folder_with_the_ending_of_an_image_is_a_folder(picture: Picture) -> None:
    picture("in/a.png/1.png")
    assert ImageFolder(root="in").spec.class_names == ("a.png",)


def test_a_folder_without_images_is_no_class_and_named(pictures: str) -> None:
    Path("pictures/bird/deep").mkdir(parents=True)
    folder = ImageFolder(root="pictures")
    assert folder.spec.class_names == ("cat", "dog")
    assert folder.left_out == "folders without images are not classes: bird"


def test_links_to_folders_are_followed_and_loops_are_not(picture: Picture) -> None:
    for name in ("in/z/1.png", "elsewhere/2.png", "elsewhere/deep/3.png"):
        picture(name)
    Path("in/b").symlink_to("../elsewhere")
    Path("in/a").symlink_to("z")  # a folder below is read under its own name, though the link comes first
    Path("elsewhere/up").symlink_to("../in")
    Path("elsewhere/self").symlink_to(".")
    folder = ImageFolder(root="in")
    assert list(folder.manifest) == ["b/2.png", "b/deep/3.png", "z/1.png"]
    assert folder.spec.class_names == ("b", "z")
    assert folder.left_out == (
        "folders that are linked to again are read once: a is z, b/self is b, b/up is the folder itself"
    )


def test_links_that_cross_do_not_multiply(picture: Picture) -> None:
    """Thirty levels of two links each: a thousand million ways to one image."""
    picture("in/30/x.png")
    for level in range(30):
        Path(f"in/{level}").mkdir()
        for link in "ab":
            Path(f"in/{level}/{link}").symlink_to(f"../{level + 1}")
    assert list(ImageFolder(root="in").manifest) == ["30/x.png"]


def test_a_class_whose_disk_is_not_mounted_is_an_error_in_either_mode(pictures: str) -> None:
    Path("pictures/bird").symlink_to("/nowhere/birds")
    for mode in ("error", "skip"):
        with pytest.raises(
            DataError,
            match=r"^pictures: 1 folder cannot be read.*\n  bird: is a link to something that does not exist$",
        ):
            ImageFolder(root="pictures", on_bad_image=mode)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Not as root, who may read everything."""
    user = os.geteuid()
    os.seteuid(user or NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


def test_a_folder_and_a_file_that_may_not_be_read_are_named(pictures: str) -> None:
    Path("pictures/cat").chmod(0)
    Path("pictures/dog/0.png").chmod(0)
    try:
        with unprivileged(), pytest.raises(DataError, match="1 of 10 images and 1 folder cannot be read") as caught:
            ImageFolder(root="pictures", on_bad_image="skip")
        assert str(caught.value).splitlines()[1:] == ["  cat: Permission denied", "  dog/0.png: Permission denied"]
        with unprivileged(), pytest.raises(DataError, match="pictures/cat/x: Permission denied"):
            ImageFolder(root="pictures/cat/x")
    finally:
        Path("pictures/cat").chmod(0o755)


def test_lost_and_found_of_a_mounted_disk_is_left_out_although_it_may_not_be_read(pictures: str) -> None:
    Path("pictures/lost+found").mkdir(mode=0)
    try:
        with unprivileged():
            assert ImageFolder(root="pictures").left_out == "folders of the system: lost+found"
    finally:
        Path("pictures/lost+found").chmod(0o755)


def test_the_advice_to_leave_images_out_is_given_where_it_works(gan: Any, write: Any, pictures: str) -> None:
    Path("pictures/cat/bad.png").write_text("hello")
    recipe = write(pictures)
    refused = gan("train", recipe)
    assert refused.exit_code == 3
    assert "or leave them out with dataset.on_bad_image=skip:" in refused.stderr
    assert gan("train", recipe, "dataset.on_bad_image=skip").exit_code == 0
    Path("pictures/dog/bad.png").write_text("hello")
    assert "on_bad_image" not in gan("train", recipe).stderr
    Path("pictures/dog/bad.png").unlink()
    Path("pictures/bird").symlink_to("/nowhere")
    assert "on_bad_image" not in gan("train", recipe).stderr


def test_a_folder_of_nobody_is_an_error() -> None:
    with pytest.raises(DataError, match=r"^~no-such-user/x: .*; expected a folder of images"):
        ImageFolder(root="~no-such-user/x")


def test_a_class_whose_name_is_no_text_is_refused(picture: Picture) -> None:
    Path("in", os.fsdecode(b"\xff")).mkdir(parents=True)
    picture("x.png").rename(Path("in", os.fsdecode(b"\xff"), "x.png"))
    with pytest.raises(DataError, match=r"these are not text: \\udcff; rename the folders"):
        ImageFolder(root="in")
