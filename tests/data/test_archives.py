"""Archives are the folders that they would be unpacked; and what may not be in one, or is torn, is named."""

import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from gancli.data import Domains, ImageFolder, Pairs, batches, members
from gancli.data.decoding import MAX_IMAGE_BYTES
from gancli.errors import DataError

Picture = Callable[..., Path]
KINDS = ("zip", "stored.zip", "tar", "dot.tar", "gnu.tar")


def pack(folder: str, archive: str) -> str:
    """Everything in a folder as an archive; the endings in ``KINDS`` say how."""
    files = sorted(Path(folder).rglob("*"), reverse=True)  # an order that is not that of the names
    if archive.endswith("zip"):
        method = zipfile.ZIP_STORED if "stored" in archive else zipfile.ZIP_DEFLATED
        with zipfile.ZipFile(archive, "w", method) as packed:
            for path in files:
                packed.write(path, path.relative_to(folder))
        return archive
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT if "gnu" in archive else tarfile.PAX_FORMAT) as packed:
        for path in files:
            packed.add(path, ("./" if "dot" in archive else "") + str(path.relative_to(folder)), recursive=False)
    return archive


@pytest.fixture
def folder(picture: Picture) -> str:
    """Six pictures of two classes, and what is left out."""
    for number in range(6):
        picture(f"in/{('cats', 'dogs')[number % 2]}/{number}.png", number)
    picture("in/dogs/" + "long-" * 40 + "é.png", 6)
    for name in ("notes.txt", ".hidden/1.png", "__MACOSX/1.png", "cats/._1.png", "Thumbs.db"):
        Path("in", name).parent.mkdir(exist_ok=True)
        Path("in", name).write_bytes(b"nothing")
    Path("in/empty").mkdir()
    return "in"


def drawn(dataset: Any, start: int = 0) -> list[torch.Tensor]:
    stream = batches(dataset, 4, seed=0, start=start, device=torch.device("cpu"))
    found = [torch.cat([part.flatten().float() for part in next(stream)]) for _ in range(4)]
    stream.close()
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_an_archive_is_the_folder_that_it_was_made_of(folder: str, kind: str) -> None:
    expected = ImageFolder(root=folder)
    found = ImageFolder(root=pack(folder, f"photos.{kind}"))
    assert torch.equal(found.images, expected.images)
    assert torch.equal(found.labels, expected.labels)
    assert (found.fingerprint, list(found.manifest.items())) == (expected.fingerprint, list(expected.manifest.items()))
    assert (found.spec, found.left_out) == (expected.spec, expected.left_out)


@pytest.mark.parametrize(("kind", "workers"), [("zip", 0), ("tar", 0), ("tar", 1)])
def test_workers_and_a_later_start_give_the_same_bits(folder: str, kind: str, workers: int) -> None:
    expected = drawn(ImageFolder(root=folder, flip=True))
    archive = pack(folder, f"photos.{kind}")
    streamed = ImageFolder(root=archive, flip=True, memory_mb=0, workers=workers)
    assert all(map(torch.equal, drawn(streamed), expected))
    assert all(map(torch.equal, drawn(streamed, start=2)[:2], expected[2:]))


def test_a_folder_of_archives_is_what_they_would_be_unpacked(folder: str, picture: Picture) -> None:
    Path("shards/more").mkdir(parents=True)
    for number, name in enumerate(("00000.tar", "00001.zip", "more/00002.tar")):
        picture(f"{number}/cats/of-{number}.png", 20 + number)
        picture(f"{number}/birds/of-{number}.png", 40 + number)
        pack(str(number), f"shards/{name}")
        shutil.copytree(str(number), "unpacked/more" if number == 2 else "unpacked", dirs_exist_ok=True)
    Path("shards/list.json").touch()
    Path("unpacked/list.json").touch()
    expected, found = ImageFolder(root="unpacked"), ImageFolder(root="shards")
    assert found.spec.class_names == ("birds", "cats", "more")
    assert (found.fingerprint, found.left_out) == (expected.fingerprint, expected.left_out)


def test_two_archives_with_one_name_are_refused(folder: str) -> None:
    Path("shards").mkdir()
    for name in ("a.tar", "b.zip"):
        pack(folder, f"shards/{name}")
    with pytest.raises(DataError, match=r"^shards/b\.zip: \S+\.png: is in another archive of this folder too"):
        ImageFolder(root="shards")


def test_an_archive_beside_images_is_left_out(picture: Picture) -> None:
    picture("in/1.png")
    pack("in", "other.zip")
    shutil.move("other.zip", "in/other.zip")
    assert len(ImageFolder(root="in")) == 1
    assert ".zip 1" in ImageFolder(root="in").left_out


def test_a_folder_in_an_archive(folder: str, gan: Callable[..., Any]) -> None:
    shutil.move(folder, "set/train")
    picture_of = ImageFolder(root="set/train")
    assert ImageFolder(root=pack("set", "set.zip") + "/train").fingerprint == picture_of.fingerprint
    with pytest.raises(DataError, match=r"^set\.zip: found no folder 'training' in this archive, but train$"):
        ImageFolder(root="set.zip/training")


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize(("dataset", "domains"), [(Pairs, "AB"), (Domains, "AB"), (Pairs, "")])
def test_images_to_translate_from_an_archive(kind: str, dataset: type, domains: str, picture: Picture) -> None:
    for part in ("train", "test"):
        for domain in domains or [""]:
            for number in range(4):
                picture(f"in/{part}{domain}/{number}.png", number + len(part), "RGB", (32, 16))
    expected, found = dataset(root="in", size=16), dataset(root=pack("in", f"in.{kind}"), size=16)
    assert found.fingerprint == expected.fingerprint
    assert found.held_out().fingerprint == expected.held_out().fingerprint
    assert all(map(torch.equal, drawn(found), drawn(expected)))
    assert all(map(torch.equal, drawn(dataset(root=f"in.{kind}", size=16, memory_mb=0)), drawn(expected)))
    with pytest.raises(DataError, match=r"in\.\w+/train.*give the one above: dataset\.root=in"):
        dataset(root=f"in.{kind}/train{domains[:1]}")


NAMES = ["../out.png", "/etc/out.png", "a/../../out.png", "a\\out.png", "C:/out.png", "x" * 5000 + ".png"]


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused(kind: str, name: str, gan: Callable[..., Any], write: Any) -> None:
    raw = b"nothing"
    if kind == "zip":
        with zipfile.ZipFile("bad.zip", "w") as packed:
            packed.writestr(name, raw)
    else:
        with tarfile.open("bad.tar", "w") as packed:
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            packed.addfile(info, io.BytesIO(raw))
    with pytest.raises(DataError, match=rf"^bad\.{kind}: ") as caught:
        ImageFolder(root=f"bad.{kind}")
    assert name[:9] in str(caught.value)


@pytest.mark.parametrize(
    "type_of", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE]
)
def test_links_and_devices_in_a_tar_are_refused(type_of: bytes) -> None:
    with tarfile.open("bad.tar", "w") as packed:
        info = tarfile.TarInfo("cats/link.png")
        info.type, info.linkname = type_of, "/etc/passwd"
        packed.addfile(info)
    with pytest.raises(DataError, match=r"^bad\.tar: cats/link\.png: is a link, a device or sparse"):
        ImageFolder(root="bad.tar")


def test_a_tar_that_leads_in_circles_ends() -> None:
    info = tarfile.TarInfo("cats/1.png")
    info.size = -512
    raw = info.tobuf(tarfile.GNU_FORMAT)
    Path("bad.tar").write_bytes(raw + bytes(10240))
    with pytest.raises(DataError, match=r"^bad\.tar: "):
        ImageFolder(root="bad.tar")


def in_zip(**about: Any) -> None:
    """``bad.zip`` with one member, of which the central directory says what it is given."""
    with zipfile.ZipFile("bad.zip", "w", about.pop("method", zipfile.ZIP_DEFLATED)) as packed:
        packed.writestr("cats/1.png", bytes(10_000))
        for name, value in about.items():
            setattr(packed.infolist()[0], name, value)


def patched(at: int, content: bytes) -> None:
    """Change the header of the only member of ``bad.zip`` in the central directory."""
    raw = bytearray(Path("bad.zip").read_bytes())
    start = raw.index(b"PK\x01\x02") + at
    raw[start : start + len(content)] = content
    Path("bad.zip").write_bytes(raw)


def test_links_in_a_zip_are_refused() -> None:
    in_zip(external_attr=0o120777 << 16)
    with pytest.raises(DataError, match=r"^bad\.zip: cats/1\.png: is a link or a device"):
        ImageFolder(root="bad.zip")


def test_encrypted_members_and_rare_methods_are_refused() -> None:
    in_zip()
    patched(8, b"\1\0")
    with pytest.raises(DataError, match=r"^bad\.zip: cats/1\.png: is encrypted"):
        ImageFolder(root="bad.zip")
    in_zip(method=zipfile.ZIP_LZMA)
    with pytest.raises(DataError, match=r"^bad\.zip: cats/1\.png: is compressed with lzma"):
        ImageFolder(root="bad.zip")


def test_a_bomb_is_refused_before_it_grows() -> None:
    in_zip()
    patched(24, (MAX_IMAGE_BYTES + 1).to_bytes(4, "little"))
    with pytest.raises(DataError, match=r"cats/1\.png: holds 268,435,457 bytes; at most"):
        ImageFolder(root="bad.zip")
    in_zip()
    patched(24, (99).to_bytes(4, "little"))  # it says that it becomes 99 bytes, and becomes 10,000
    with pytest.raises(DataError, match=r"cats/1\.png: is damaged in the archive: its length or its checksum"):
        ImageFolder(root="bad.zip")
    info = tarfile.TarInfo("cats/1.png")
    info.size = MAX_IMAGE_BYTES + 1
    with Path("bad.tar").open("wb") as file:
        file.write(info.tobuf())
        file.truncate(512 + MAX_IMAGE_BYTES + 512 + 10240)  # of holes
    with pytest.raises(DataError, match=r"cats/1\.png: holds 268,435,457 bytes; at most"):
        ImageFolder(root="bad.tar")


def test_a_name_that_is_there_twice_is_refused(folder: str) -> None:
    with tarfile.open(pack(folder, "bad.tar"), "a") as packed:
        packed.add("in/cats/0.png", "cats/0.png")
    with pytest.raises(DataError, match=r"^bad\.tar: cats/0\.png: is in the archive twice"):
        ImageFolder(root="bad.tar")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_torn_archive_is_named_wherever_it_ends(folder: str, kind: str) -> None:
    raw = Path(pack(folder, f"whole.{kind}")).read_bytes()
    with tarfile.open(pack(folder, "headers.tar")) as packed:
        ends = [at for info in packed for at in (info.offset, info.offset_data)]
    for count in {
        0,
        1,
        511,
        512,
        513,
        1000,
        len(raw) // 3,
        len(raw) // 2,
        *(ends if kind == "tar" else [len(raw) - 1]),
    }:
        Path(f"torn.{kind}").write_bytes(raw[:count])
        with pytest.raises(DataError, match=rf"^torn\.{kind}: is torn"):
            ImageFolder(root=f"torn.{kind}")


@pytest.mark.parametrize("kind", ["zip", "tar"])
@pytest.mark.parametrize("count", [60, pytest.param(3000, marks=pytest.mark.full)])
def test_damaged_bytes_give_images_or_an_error(folder: str, kind: str, count: int) -> None:
    expected = set(ImageFolder(root=folder).manifest.values())
    raw, rng = Path(pack(folder, f"whole.{kind}")).read_bytes(), np.random.default_rng(count)
    for _ in range(count):
        damaged = bytearray(raw)
        for _ in range(rng.integers(1, 4)):
            damaged[int(rng.integers(len(raw)))] ^= 1 << int(rng.integers(8))
        Path(f"damaged.{kind}").write_bytes(damaged)
        assert digests(f"damaged.{kind}") <= expected or kind == "tar"  # which has checksums of its headers alone


def digests(archive: str) -> set[str]:
    """Those of the images in an archive; none if it is refused."""
    try:
        return set(ImageFolder(root=archive).manifest.values())
    except DataError:
        return set()


def test_a_compressed_tar_is_called_one_whatever_its_name(folder: str) -> None:
    with tarfile.open("photos.tar", "w:gz") as packed:
        packed.add(folder)
    with pytest.raises(DataError, match=r"^photos\.tar: .*it is compressed with gzip: unpack that with gunzip"):
        ImageFolder(root="photos.tar")


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_members_are_found_once_and_again_when_the_archive_changes(
    folder: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "LEAST_FILES", 1)
    monkeypatch.setattr("gancli.data.file_state.SETTLED_NS", -(10**12))
    archive = Path(pack(folder, f"photos.{kind}"))
    first = ImageFolder(root=archive).fingerprint
    members._members.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(members, f"{kind}_members", None)  # it would be an error to call it
        assert ImageFolder(root=archive).fingerprint == first
    Path("in/cats/0.png").unlink()
    pack(folder, str(archive))
    assert ImageFolder(root=archive).fingerprint == ImageFolder(root=folder).fingerprint != first


@pytest.mark.full
def test_a_training_on_an_archive_is_verified(folder: str, gan: Callable[..., Any], write: Any, pictures: str) -> None:
    pack(folder, "photos.zip")
    write(pictures.replace("root: pictures,", "root: photos.zip, memory_mb: 0, workers: 1,"))
    result = gan("verify", "r.yaml")
    assert result.exit_code == 0, result.output


def test_a_training_on_a_torn_archive_ends_with_exit_code_3(
    folder: str, gan: Callable[..., Any], write: Any, pictures: str
) -> None:
    pack(folder, "photos.zip")
    write(pictures.replace("root: pictures,", "root: photos.zip,"))
    Path("photos.zip").write_bytes(Path("photos.zip").read_bytes()[:-30])
    result = gan("train", "r.yaml", "--quiet")
    assert (result.exit_code, "photos.zip: is torn" in result.stderr) == (3, True)
