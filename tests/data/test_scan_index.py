"""The index of a folder: what has not changed is not read again, and no index can do harm."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from gancli.data import ImageFolder, image_bytes, scan, scan_index
from gancli.data.facts import Facts

Picture = Callable[..., Path]


@pytest.fixture
def read(picture: Picture, monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[str, list[str]]]:
    """Six pictures that changed long ago; ``read()`` scans them: the fingerprint, and the names that were read."""
    monkeypatch.setattr(scan, "LEAST_FILES", 1)
    monkeypatch.setattr(scan_index, "SETTLED_NS", -(10**12))
    for number in range(6):
        picture(f"in/{number}.png", number)

    def fingerprint_and_names() -> tuple[str, list[str]]:
        names: list[str] = []
        real = image_bytes.read_file
        with monkeypatch.context() as patch:
            patch.setattr(
                image_bytes, "read_file", lambda path, *status: (names.append(Path(path).name), real(path, *status))[1]
            )
            return ImageFolder(root="in", memory_mb=0).fingerprint, sorted(names)

    return fingerprint_and_names


def index_file() -> Path:
    (path,) = Path(os.environ["GAN_DATA_DIR"], "indexes").iterdir()
    return path


def test_what_has_not_changed_is_not_read_again(read: Callable[[], tuple[str, list[str]]]) -> None:
    first, names = read()
    assert len(names) == 6
    assert read() == (first, [])
    assert {path.name for path in Path("in").iterdir()} == {f"{number}.png" for number in range(6)}


def test_what_has_changed_is_read_and_counts(read: Callable[[], tuple[str, list[str]]], picture: Picture) -> None:
    first, _ = read()
    path = Path("in/3.png")
    status, raw = path.stat(), bytearray(path.read_bytes())
    picture(path, 99)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))  # the same mtime: ctime differs
    Path("in/1.png").unlink()
    picture("in/7.png", 7)
    changed, names = read()
    assert names == ["3.png", "7.png"]
    assert changed == ImageFolder(root="in").fingerprint != first
    path.write_bytes(raw)
    Path("in/7.png").unlink()
    picture("in/1.png", 1)
    assert read()[0] == first


def test_a_file_that_changed_just_before_the_scan_is_read_again(
    read: Callable[[], tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_index, "SETTLED_NS", 10**12)
    assert read() == read()
    assert len(read()[1]) == 6


@pytest.mark.parametrize("damage", ["torn", "a bit", "empty", "of another folder", "noise"])
def test_an_index_that_cannot_be_used_does_no_harm(read: Callable[[], tuple[str, list[str]]], damage: str) -> None:
    first, _ = read()
    path = index_file()
    raw = bytearray(path.read_bytes())
    if damage == "torn":
        raw = raw[: len(raw) // 2]
    elif damage == "a bit":
        raw[-1] ^= 1
    elif damage == "empty":
        raw = bytearray()
    elif damage == "noise":
        raw = bytearray(os.urandom(500))
    else:
        scan_index.ScanIndex(Path("elsewhere"), "Whole").keep([], Facts(0), 0)
        (other,) = set(path.parent.iterdir()) - {path}
        raw = bytearray(other.read_bytes())
        other.unlink()
    path.write_bytes(raw)
    fingerprint, names = read()
    assert (fingerprint, len(names)) == (first, 6)
    assert read() == (first, [])


def test_a_data_folder_that_cannot_be_written_is_no_error(read: Callable[[], tuple[str, list[str]]]) -> None:
    Path(os.environ["GAN_DATA_DIR"]).touch()
    assert read() == read()


def test_a_bad_image_stays_bad(read: Callable[[], tuple[str, list[str]]]) -> None:
    read()
    Path("in/2.png").write_bytes(b"nothing")
    for _ in range(2):
        with pytest.raises(Exception, match=r"1 of 6 images cannot be read"):
            read()
