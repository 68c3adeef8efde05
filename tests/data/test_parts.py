"""The folders of a set of two domains: those that are expected, and what is said of others."""

from pathlib import Path

import pytest

from gancli.data.parts import training_part
from gancli.errors import DataError


def make(*folders: str) -> Path:
    for folder in folders:
        Path("set", folder).mkdir(parents=True)
    return Path("set")


def complaint(root: Path, *, together: bool = True) -> str:
    with pytest.raises(DataError) as caught:
        training_part(root, together=together)
    return str(caught.value)


@pytest.mark.parametrize(
    ("there", "names", "held_out"),
    [
        (["train"], ("train",), None),
        (["train", "test", "val"], ("train",), ("test",)),
        (["train", "val"], ("train",), ("val",)),
        (["train", "testA", "testB"], ("train",), None),
        (["trainA", "trainB"], ("trainA", "trainB"), None),
        (["trainA", "trainB", "testA", "testB"], ("trainA", "trainB"), ("testA", "testB")),
        (["trainA", "trainB", "test"], ("trainA", "trainB"), None),
        (["trainA", "trainB", "testA", "valA", "valB"], ("trainA", "trainB"), ("valA", "valB")),
    ],
)
def test_what_is_trained_on_and_what_is_held_out(
    there: list[str], names: tuple[str, ...], held_out: tuple[str, ...] | None
) -> None:
    part = training_part(make(*there), together=True)
    assert part.names == names
    other = part.held_out()
    assert (None if other is None else other.names) == held_out


def test_half_of_a_held_out_part_is_said() -> None:
    part = training_part(make("trainA", "trainB", "testA"), together=True)
    assert part.held_out() is None
    assert part.remarks() == ["testB is not there, so its partner is not held out"]


def test_what_is_expected_and_what_is_there_is_named() -> None:
    assert complaint(make("cats", "trainings", ".git")) == (
        "set: found the folders trainings, cats; expected train/, with both pictures of a pair side by side in one "
        "file, or trainA/ and trainB/"
    )
    assert complaint(Path("set"), together=False).endswith(
        "found the folders trainings, cats; expected trainA/ and trainB/"
    )


def test_a_folder_without_folders() -> None:
    assert "found no folders in it; expected train/" in complaint(make("."))


def test_one_of_two_is_missing() -> None:
    assert complaint(make("trainA", "testB")).endswith("; trainB is missing")


@pytest.mark.parametrize("name", ["train", "trainA", "testB"])
def test_the_user_gave_one_of_the_folders_itself(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make(*{name, "train"})
    said = "; this folder is one of them, so give the one above: dataset.root="
    assert complaint(Path("set", name)).endswith(f"{said}set")
    monkeypatch.chdir(f"set/{name}")
    assert complaint(Path()).endswith(f"{said}{Path.cwd().parent}")


def test_the_user_gave_the_folder_above() -> None:
    make("facades 1/trainA", "facades 1/trainB", "notes")
    assert complaint(Path("set")).endswith("; they are in facades 1: dataset.root='set/facades 1'")


def test_two_layouts_are_one_too_many() -> None:
    assert "found train beside trainA and trainB, which are two sets of pairs" in complaint(
        make("train", "trainA", "trainB")
    )


def test_pairs_side_by_side_are_no_domains() -> None:
    assert complaint(make("train"), together=False).endswith("side by side, take dataset.name=pairs")
    assert training_part(make("trainA", "trainB"), together=False).names == ("trainA", "trainB")
