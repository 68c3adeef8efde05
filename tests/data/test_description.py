"""One line says what a training learns from, and what is left out."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.data import MNIST, ImageDataset, ImageFolder, Ring, StackedMNIST, describe
from gancli.data.base import Dataset
from gancli.data.listing import list_images

Picture = Callable[..., Path]


def images(*counts: int) -> ImageDataset:
    labels = torch.cat([torch.full((count,), label) for label, count in enumerate(counts)])
    names = tuple(f"class {label}" for label in range(len(counts)))
    return ImageDataset(torch.zeros(len(labels), 1, 8, 8, dtype=torch.uint8), labels, names)


@pytest.mark.parametrize(
    ("dataset", "said"),
    [
        (lambda: images(2, 1), "training on 3 images of 2 classes: class 0 (2), class 1 (1)"),
        (lambda: images(1), "training on 1 image of 1 class: class 0 (1)"),
        (lambda: images(3, 3), "training on 6 images of 2 classes with 3 each: class 0, class 1"),
        (
            lambda: images(*range(5, 20), 3, 7),
            "training on 190 images of 17 classes, from class 15 (3) to class 14 (19)",
        ),
        (lambda: images(*[4] * 20), "training on 80 images of 20 classes with 4 each"),
        (
            lambda: MNIST(source="embedded"),
            "training on 5,000 images of 10 classes with 500 each: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9",
        ),
        (lambda: StackedMNIST(examples=9, source="embedded"), "training on 9 images"),
        (Ring, "training on 100,000 points"),
    ],
)
def test_a_line_says_how_many_of_what(dataset: Callable[[], Dataset], said: str) -> None:
    assert describe(dataset(), labels_used=True) == said


def test_labels_that_are_not_used_are_said() -> None:
    assert describe(images(1, 2), labels_used=False).endswith("; this model does not use their labels")
    assert "labels" not in describe(Ring(), labels_used=False)


def test_a_plugin_s_dataset_that_does_not_count_its_classes_is_described() -> None:
    class Streamed(ImageDataset):
        def class_counts(self) -> tuple[int, ...]:
            return Dataset.class_counts(self)

    dataset = Streamed(torch.zeros(2, 1, 8, 8, dtype=torch.uint8), torch.tensor([0, 1]), ("a", "b\x1b"))
    assert describe(dataset, labels_used=True) == r"training on 2 images of 2 classes: a, b\x1b"


SYSTEM = (
    *("@eaDir", "$RECYCLE.BIN", "System Volume Information", "lost+found", "__MACOSX", "found.000", "RECYCLER"),
    *("#recycle", "@Recycle", "#snapshot", "LOST.DIR", "Network Trash Folder"),
)


@pytest.mark.parametrize("name", SYSTEM)
def test_folders_of_the_system_are_left_out_by_name(pictures: str, picture: Picture, name: str) -> None:
    clean = ImageFolder(root="pictures").fingerprint
    picture(Path("pictures") / name / "1.png")
    picture(Path("pictures/cat") / name.lower() / "1.png")
    folder = ImageFolder(root="pictures")
    assert (folder.fingerprint, folder.spec.class_names) == (clean, ("cat", "dog"))
    assert name in folder.left_out


def test_a_folder_of_the_system_can_be_trained_on_if_it_is_asked_for(picture: Picture) -> None:
    picture("lost+found/a/1.png")
    assert len(ImageFolder(root="lost+found")) == 1


def test_files_of_other_endings_are_counted_and_hidden_ones_are_not(pictures: str) -> None:
    for name in ("cat/1.txt", "dog/2.TXT", "3.heic", "cat/4.HEIC", "labels.csv", "README", ".DS_Store", "Thumbs.db"):
        Path("pictures", name).touch()
    assert ImageFolder(root="pictures").left_out == (
        "2 files of a format that is not read (.heic 2): save them as PNG or JPEG; "
        "4 files without the ending of an image (.txt 2, no ending 1, .csv 1)"
    )
    assert list_images(Path("pictures")).others[".db"] == 0


def test_a_folder_without_an_image_says_what_it_has_instead() -> None:
    Path("in").mkdir()
    Path("in/1.heic").touch()
    with pytest.raises(Exception, match=r"holds no images.*1 file of a format that is not read \(\.heic 1\)"):
        ImageFolder(root="in")


def test_train_and_dry_run_begin_with_the_line(gan: Any, write: Any, pictures: str) -> None:
    Path("pictures/notes.txt").touch()
    line = (
        "training on 20 images of 2 classes with 10 each: cat, dog; "
        "left out: 1 file without the ending of an image (.txt 1)"
    )
    for flags in (["--dry-run"], []):
        result = gan("train", write(pictures), *flags)
        assert result.exit_code == 0, result.output
        assert result.stderr.splitlines()[0] == line
        assert line not in result.stdout
    assert gan("train", write(pictures), "--quiet").stderr == ""
    resumed = gan("train", "--resume", "runs/r", "train.steps=7")
    assert resumed.stderr.splitlines()[0] == line


def test_labels_dropped_by_a_model_are_said(gan: Any, write: Any, pictures: str) -> None:
    result = gan("train", write(pictures), "model=gan", "--dry-run")
    assert result.stderr.splitlines()[0].endswith("cat, dog; this model does not use their labels")


def test_a_conditional_model_on_a_flat_folder_names_the_way_out(gan: Any, write: Any, pictures: str) -> None:
    Path("pictures/dog/0.png").rename("pictures/preview.png")
    result = gan("train", write(pictures))
    assert result.exit_code == 2
    assert (
        "no labels: in pictures, 1 image lies beside the folders that would be the classes: preview.png"
        in result.stderr
    )
    assert "move it into one of these, or elsewhere; model=gan trains without them" in result.stderr
    flat = "dataset.root=pictures/cat"
    result = gan("train", write(pictures), flat)
    assert result.exit_code == 2
    assert "pictures/cat has no sub-folders" in result.stderr
    assert gan("train", write(pictures), flat, "model=gan").exit_code == 0


def test_the_model_names_the_way_out_for_data_that_never_have_labels(gan: Any, write: Any, points: str) -> None:
    result = gan("train", write(points), "model=cgan")
    assert result.exit_code == 2
    assert "this dataset has no labels; model=gan trains without them" in result.stderr
