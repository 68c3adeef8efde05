"""The classes of a folder: numbers in order, one spelling of every name, no parts of a dataset taken for classes."""

import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from gancli.data import DataSpec, ImageFolder
from gancli.errors import DataError

Picture = Callable[..., Path]


def spelled(form: str, name: str) -> str:
    return unicodedata.normalize(form, name)


@pytest.mark.parametrize(
    ("folders", "in_order"),
    [
        ("12 1 2 10 11 3", "1 2 3 10 11 12"),
        ("007 10 8", "007 8 10"),
        ("1 01", "01 1"),
        ("level-10 level-9 level-1", "level-1 level-9 level-10"),
        ("zebra ant 2 10", "2 10 ant zebra"),
        ("b a C", "C a b"),
        ("-1 -10 -2", "-1 -2 -10"),
    ],
)
def test_numbers_in_names_of_classes_are_in_the_order_of_their_values(
    picture: Picture, folders: str, in_order: str
) -> None:
    for name in folders.split():
        picture(f"in/{name}/x.png", size=(8, 8))
    folder = ImageFolder(root="in", size=8)
    assert folder.spec.class_names == tuple(in_order.split())
    of_image = [folder.spec.class_names[label] for label in folder.labels]
    assert of_image == [name.partition("/")[0] for name in folder.manifest]


def test_an_order_given_by_an_older_run_renumbers_the_labels_and_nothing_else(picture: Picture) -> None:
    for name in ("1", "2", "10"):
        picture(f"in/{name}/x.png", seed=int(name), size=(8, 8))
    new, old = ImageFolder(root="in", size=8), ImageFolder(root="in", size=8).with_class_order(("1", "10", "2"))
    assert [old.spec.class_names[label] for label in old.labels] == [
        new.spec.class_names[label] for label in new.labels
    ]
    assert old.labels.tolist() == [0, 1, 2]
    assert old.fingerprint != new.fingerprint
    assert old.with_class_order(("1", "2", "10")).fingerprint == new.fingerprint
    assert new.with_class_order(("1", "2", "3")).spec.class_names == ("1", "2", "10")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_are_composed_however_the_disk_spells_them(picture: Picture, form: str) -> None:
    for name in ("café", "Ångström", "한국"):
        picture(Path("in") / spelled(form, name) / spelled(form, "é.png"), size=(8, 8))
    folder = ImageFolder(root="in", size=8)
    assert folder.spec.class_names == ("café", "Ångström", "한국")
    assert folder.left_out == ""
    assert len(folder) == 3


def test_facts_about_data_hold_composed_names_whoever_makes_them() -> None:
    assert DataSpec((1, 8, 8), 1, (spelled("NFD", "café"),)).class_names == (spelled("NFC", "café"),)
    with pytest.raises(ValueError, match="or a duplicate"):
        DataSpec((1, 8, 8), 2, (spelled("NFD", "é"), spelled("NFC", "é"))).check()


def test_files_that_moved_from_a_mac_are_the_same_dataset_in_the_same_order(picture: Picture) -> None:
    names = ["é.png", "e.png", "z.png", "ü/ö.png"]
    for form in ("NFC", "NFD"):
        for index, name in enumerate(names):
            picture(Path(form) / spelled(form, name), seed=index, size=(8, 8))
    linux, mac = (ImageFolder(root=form, size=8) for form in ("NFC", "NFD"))
    assert linux.fingerprint == mac.fingerprint
    assert (linux.images == mac.images).all()
    assert all(Path("NFD", name).is_file() for name in mac.manifest)  # the list names the files as they are


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ((spelled("NFC", "café"), spelled("NFD", "café")), r"'cafe\u0301' and 'caf\xe9'"),
        (("cat", "cat "), "'cat' and 'cat '"),
        (("a b", "a  b"), "'a  b' and 'a b'"),
    ],
)
def test_two_folders_of_one_look_are_refused_with_both_spellings(
    picture: Picture, names: tuple[str, str], shown: str
) -> None:
    for name in names:
        picture(Path("in") / name / "x.png", size=(8, 8))
    with pytest.raises(DataError) as caught:
        ImageFolder(root="in", size=8)
    assert shown in str(caught.value)
    assert "rename one of them" in str(caught.value)


@pytest.mark.parametrize(
    ("folders", "way_out"),
    [
        ("train val", "in/train"),
        ("Training Validation", "in/Training"),
        ("train2017 val2017", "in/train2017"),
        ("test", "in/test"),
        ("train_set test_set extra", "in/train_set"),
        ("trainA trainB testA testB", "in/trainA"),
    ],
)
def test_parts_of_a_dataset_are_no_classes(picture: Picture, folders: str, way_out: str) -> None:
    for name in folders.split():
        picture(f"in/{name}/cat/x.png", size=(8, 8))
    Path("in/annotations").mkdir()
    with pytest.raises(DataError, match=rf"not classes; choose the part to train on: dataset\.root={way_out};"):
        ImageFolder(root="in", size=8)
    assert ImageFolder(root=way_out, size=8).spec.class_names == ("cat",)


def test_a_train_among_vehicles_is_a_class(picture: Picture) -> None:
    for name in ("train", "car", "plane"):
        picture(f"in/{name}/x.png", size=(8, 8))
    assert ImageFolder(root="in", size=8).spec.num_classes == 3


def test_what_takes_all_labels_away_is_named(picture: Picture) -> None:
    for name in ("in/a/1.png", "in/b/1.png", "in/preview.png", "flat/1.png"):
        picture(name, size=(8, 8))
    stray, flat = ImageFolder(root="in", size=8), ImageFolder(root="flat", size=8)
    assert stray.left_out == "labels, because 1 image lies beside the folders a, b: preview.png"
    picture("one/a/1.png", size=(8, 8))
    picture("one/preview.png", size=(8, 8))
    one = ImageFolder(root="one", size=8)
    assert one.left_out == "labels, because 1 image lies beside the folder a: preview.png"
    assert stray.why_unlabelled.startswith(
        "in in, 1 image lies beside the folders that would be the classes: preview.png"
    )
    assert (flat.left_out, "flat has no sub-folders" in flat.why_unlabelled) == ("", True)


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("two.tar.gz", "dataset.root=two: mkdir two && tar -xf two.tar.gz -C two"),
        ("my photos.tgz", "dataset.root='my photos': mkdir 'my photos' && tar -xf 'my photos.tgz' -C 'my photos'"),
        ("photos/1.png", "the folder of this file is dataset.root=photos"),
    ],
)
def test_a_file_in_the_place_of_a_folder_is_called_one(name: str, way_out: str) -> None:
    Path("photos").mkdir()
    Path(name).write_text("hello")
    with pytest.raises(DataError) as caught:
        ImageFolder(root=name)
    assert str(caught.value).startswith(f"{name}: is a file; expected a folder of images, .zip or .tar; ")
    assert str(caught.value).endswith(way_out)
