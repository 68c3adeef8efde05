"""The list of a dataset's files: sha256sum reads it, and what changed between two of them is said in a line."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gancli.data import ImageFolder, manifest
from gancli.errors import DataError

ODD_NAMES = [
    "a b.png",
    "-x.png",
    "*y.png",
    "ü/é.png",
    "new\nline.png",
    "back\\slash.png",
    "\\n.png",
    "cr\r.png",
    "\x85.png",
]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_files_of_a_folder_and_nothing_else_are_listed(pictures: str) -> None:
    Path("pictures/notes.txt").write_text("not an image")
    listed = ImageFolder(root="pictures").manifest
    assert list(listed) == sorted(f"{'cat' if index % 2 else 'dog'}/{index}.png" for index in range(20))
    for name, digest in listed.items():
        assert hashlib.sha256((Path("pictures") / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a b.png", "{}  a b.png\n"),
        ("ü/é.png", "{}  ü/é.png\n"),
        ("new\nline.png", "\\{}  new\\nline.png\n"),
        ("back\\slash.png", "\\{}  back\\\\slash.png\n"),
        ("cr\r.png", "\\{}  cr\\r.png\n"),
    ],
    ids=ascii,
)
def test_a_name_is_written_as_sha256sum_writes_it(name: str, line: str) -> None:
    assert manifest.write({name: digest(name)}) == line.format(digest(name))


@pytest.mark.skipif(
    not shutil.which("sha256sum"), reason="no sha256sum here: its lines are compared, and it is not run"
)
def test_sha256sum_checks_the_list_whatever_the_names() -> None:
    odd = [*ODD_NAMES, os.fsdecode(b"latin-\xe9.png")]
    for name in odd:
        Path("in", name).parent.mkdir(parents=True, exist_ok=True)
        Path("in", name).write_text(name, errors="surrogateescape")
    listed = {name: hashlib.sha256(Path("in", name).read_bytes()).hexdigest() for name in odd}
    Path("list").write_bytes(manifest.write(listed).encode("utf-8", "surrogateescape"))
    check = ["sha256sum", "--check", "--strict", "--quiet", "../list"]
    assert subprocess.run(check, cwd="in").returncode == 0
    Path("in/new\nline.png").write_text("edited")
    assert subprocess.run(check, cwd="in", capture_output=True).returncode == 1


NAMES = st.text(st.characters(exclude_characters="\0"), min_size=1)


@given(
    st.dictionaries(NAMES | st.sampled_from(ODD_NAMES) | st.text("\\nr\n\r", min_size=1), st.text("xyz").map(digest))
)
def test_what_is_written_is_read(listed: dict[str, str]) -> None:
    assert manifest.read(manifest.write(listed)) == listed


@pytest.mark.parametrize("line", ["", "hello", f"{digest('')} one.png", f"{digest('')}  ", f"{digest('')[1:]}  a.png"])
def test_a_line_that_is_none_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(DataError, match="line 2 of the list of files: found"):
        manifest.read(f"{digest('')}  a.png\n{line}\n")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a1 b2", "a1 b2", ""),
        ("b2 a1", "a1 b2", ""),
        ("a1", "a1 c3 b2", "2 added (c, b)"),
        ("a1 b2", "b2", "1 removed (a)"),
        ("a1 b2", "a3 b2", "1 changed (a)"),
        ("a1 b2", "c1 b2", "1 renamed (a → c)"),
        ("a1 b2", "a2 b1", "2 changed (a, b)"),
        ("a1 b1", "c1", "1 removed (b), 1 renamed (a → c)"),
        ("a1", "b1 c1", "1 added (c), 1 renamed (a → b)"),
        ("a1 b2 c3", "b9 d4 e3", "1 added (d), 1 removed (a), 1 changed (b), 1 renamed (c → e)"),
        ("", "a1 b1 c1 d1 e1", "5 added (a, b, c, d, e)"),
        ("", "a1 b1 c1 d1 e1 f1", "6 added (a, b, c, d, e, …)"),
    ],
)
def test_what_changed_is_found_by_kind(before: str, after: str, said: str) -> None:
    assert manifest.difference(*({word[0]: word[1:] for word in text.split()} for text in (before, after))) == said


def test_a_name_in_another_form_is_no_change() -> None:
    mac, linux = {"cafe\u0301/1.png": "1", "a.png": "2"}, {"a.png": "3", "caf\xe9/1.png": "1"}
    assert manifest.difference(mac, linux) == "1 changed (a.png)"
    both = {"e\u0301": "1", "\xe9": "2"}
    assert manifest.difference(both, {"e\u0301": "1"}) == "1 removed (\xe9)"


def test_names_cannot_reach_the_terminal_raw() -> None:
    found = manifest.difference({"\x1b[31m.png": "1"}, {"new\nline\u202e\udcff": "2"})
    assert found == r"1 added (new\nline\u202e\udcff), 1 removed (\x1b[31m.png)"
