"""A place that cannot be used ends in a message with the path, and odd names do no harm."""

import errno
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NOBODY = 65534
HOSTILE = [
    *("../x", "..", ".", "/etc/x", "a/../../b", "..\\x", "a\\..\\..\\b", "..%2f", "%2e%2e%2fx", "~/x", "~root", "$HOME"),
    *("CON x", "a b", "a:b", "a*", "a?", 'a"b', "a'b", "a|b", "a;b", "a&b", "`id`", "$(id)", "a>b", "<script>", "{a}"),
    *("\u2215x", "\u2044x", "\uff0fx", "\u2024\u2024x", "\uff0e\uff0e", "a\u202eb", "a\u200bb", "\u0430", "é", "e\u0301"),
    *("a\nb", "a\tb", "a\rb", "\x1b[31m", "\x1b]0;x\x07", "a\x7f", "a\x80", "\ufeffa", "-x", "--out", "_x", ".x", " x"),
    *("x ", "[bold]x[/]", "😀", "שלום", "a" * 65, "a" * 250, "#x", "a=b", "@x", "!x", "a,b", "a+b", "^"),
]
ODD = {
    "space": "a run",
    "emoji": "😀",
    "right to left": "שלום",
    "NFC": unicodedata.normalize("NFC", "é"),
    "NFD": unicodedata.normalize("NFD", "é"),
    "newline": "a\nb",
    "quotes": "a'\"b",
    "markup": "[bold]x[/]",
    "escape": "\x1b[31mred",
    "dash": "-x",
    "equals": "a=b",
    "long": "a" * 255,
    "bytes": os.fsdecode(b"\xff\xfe"),
}


@pytest.fixture
def recipe(write: Callable[..., Path], points: str) -> Path:
    return write(points)


@pytest.fixture
def room(write: Callable[..., Path], points: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder that other users may enter; there is a recipe in it."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        monkeypatch.chdir(name)
        write(points)
        yield Path(name)
        for folder, _, _ in os.walk(name):
            Path(folder).chmod(0o777)


def become_nobody() -> None:
    """Give up root's right to write everywhere."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def belongs_to_nobody(*paths: Path) -> None:
    for path in paths if os.getuid() == 0 else ():
        os.chown(path, NOBODY, NOBODY)


def assert_refused(found: tuple[int, str], code: int, *words: str) -> None:
    exit_code, said = found
    assert (exit_code, [word for word in words if word not in said], "Traceback" in said) == (code, [], False), said


@pytest.mark.parametrize("what", ["run", "run/checkpoints", "run/samples", "run/.lock", "run/history.jsonl"])
def test_a_run_that_may_not_be_written(room: Path, command: Any, said_in: Any, outcome: Any, what: str) -> None:
    assert command("train", "r.yaml", "--out", "run", "--quiet")[0] == 0
    before = outcome(Path("run"))
    for path in (room, *room.rglob("*")):
        belongs_to_nobody(path)
    Path(what).chmod(0o555 if Path(what).is_dir() else 0o444)
    resume = ["train", "--resume", "run", "train.steps=8", "--quiet"]
    assert_refused(said_in(*resume, prepare=become_nobody), 7, what, os.strerror(errno.EACCES))
    Path(what).chmod(0o777)
    assert outcome(Path("run")).tensors == before.tensors
    assert said_in(*resume, prepare=become_nobody) == (0, "")


@pytest.mark.parametrize(
    ("out", "code"), [("closed/run", 7), ("closed", 7), ("file/run", 7), ("file", 7), ("missing/a/b", 0)]
)
def test_a_place_for_a_new_run(room: Path, said_in: Any, out: str, code: int) -> None:
    Path("closed").mkdir(0o555)
    Path("file").touch()
    found = said_in("train", "r.yaml", "--out", out, "--quiet", prepare=become_nobody)
    assert_refused(found, code, *([out.partition("/")[0]] if code else []))


def test_a_working_folder_that_may_not_be_written(room: Path, said_in: Any) -> None:
    room.chmod(0o555)
    assert_refused(said_in("train", "r.yaml", "--quiet", prepare=become_nobody), 7, "runs")


@pytest.mark.parametrize(("what", "code"), [("pictures", 3), ("pictures/cat", 3), ("pictures/cat/1.png", 3)])
def test_data_that_may_not_be_read(
    room: Path, write: Callable[..., Path], pictures: str, said_in: Any, what: str, code: int
) -> None:
    write(pictures)
    Path(what).chmod(0)
    assert_refused(said_in("train", "r.yaml", "--quiet", prepare=become_nobody), code, what.rpartition("/")[2])
    assert not Path("runs").exists()


def test_a_recipe_that_may_not_be_read(room: Path, said_in: Any) -> None:
    Path("r.yaml").chmod(0)
    assert_refused(said_in("train", "r.yaml", prepare=become_nobody), 2, "r.yaml: cannot be read")


def test_a_cache_that_may_not_be_written(room: Path, said_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("cache").mkdir(0o555)
    monkeypatch.setenv("GAN_DATA_DIR", str(room / "cache/data"))
    monkeypatch.delenv("GAN_OFFLINE")
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: pytest.fail("a download would have begun"))
    found = said_in("train", "r.yaml", "dataset={name: mnist, source: full}", prepare=become_nobody)
    assert_refused(found, 3, "cache/data", os.strerror(errno.EACCES))


@pytest.mark.parametrize("home", [None, "/nonexistent", "/proc"])
def test_a_home_is_not_needed(room: Path, said_in: Any, monkeypatch: pytest.MonkeyPatch, home: str | None) -> None:
    room.chmod(0o777)
    monkeypatch.delenv("HOME") if home is None else monkeypatch.setenv("HOME", home)
    monkeypatch.delenv("GAN_DATA_DIR")
    assert said_in("train", "r.yaml", "--quiet", prepare=become_nobody) == (0, "")


@pytest.mark.parametrize("umask", [0o077, 0o002, 0o022])
def test_files_have_the_rights_that_the_user_wants(said_in: Any, recipe: Path, umask: int) -> None:
    assert said_in("train", recipe, "--quiet", prepare=lambda: os.umask(umask)) == (0, "")
    for path in (Path("runs"), *Path("runs").rglob("*")):
        wanted = (0o777 if path.is_dir() else 0o666) & ~umask
        assert (path.name, stat.S_IMODE(path.stat().st_mode)) == (path.name, wanted)


@pytest.mark.parametrize("arguments", [["r.yaml"], ["ring"], ["--resume", "runs/r"]])
def test_a_working_folder_that_was_removed(said_in: Any, room: Path, arguments: list[str]) -> None:
    (room / "gone").mkdir()

    def prepare() -> None:
        os.chdir("gone")
        shutil.rmtree(room / "gone")

    code, said = said_in("train", *arguments, prepare=prepare)
    assert code in (2, 7)
    assert "Traceback" not in said
    assert arguments[-1].partition("/")[0] in said or "runs" in said


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_recipe_of_a_hostile_name_makes_nothing_outside(
    command: Any, points: str, tmp_path: Path, name: str
) -> None:
    """It is refused, or its run is in runs/; a recipe in another folder is a recipe of its last name."""
    path = Path(f"{name}.yaml")
    if path.parent.is_dir():
        path.write_text(points)
    before = set(tmp_path.rglob("*"))
    code, said = command("train", "--quiet", "--", path)
    assert code in (0, 2), said
    assert "Traceback" not in said
    assert "\x1b" not in said
    made = set(tmp_path.rglob("*")) - before
    assert all(it.is_relative_to(tmp_path / "work" / "runs") for it in made)
    assert bool(made) == (code == 0)


@pytest.mark.parametrize("names", [HOSTILE[::6], pytest.param(HOSTILE, marks=pytest.mark.full)], ids=["some", "all"])
def test_a_run_of_a_hostile_name_is_where_it_says_and_nowhere_else(
    command: Any, recipe: Path, tmp_path: Path, names: list[str]
) -> None:
    for name in names:
        place, before = Path("deep/er", name), set(tmp_path.rglob("*"))
        code, said = command("train", recipe, f"--out={place}", "train.steps=1", "--quiet")
        assert (code, said) == ((0, "") if code == 0 else (2, said)), name
        made = set(tmp_path.rglob("*")) - before
        assert bool(made) == (code == 0), name
        allowed = Path(os.path.abspath(place))  # noqa: PTH100 - links are not followed: there are none
        assert all(it.is_relative_to(allowed) or allowed.is_relative_to(it) for it in made), name


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_an_odd_place_is_as_good_as_any(
    command: Any, recipe: Path, outcome: Any, capfdbinary: Any, name: str
) -> None:
    assert command("train", recipe, f"--out={name}", "train.steps=4", "--quiet") == (0, "")
    assert capfdbinary.readouterr().out == os.fsencode(name) + b"\n"
    assert command("train", f"--resume={name}", "--quiet", "--", "train.steps=6") == (0, "")
    assert outcome(Path(name)).step == 6
    assert command("sample", "--n", 4, "--", name)[0] == 0


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_an_odd_folder_of_images_is_as_good_as_any(
    command: Any, write: Callable[..., Path], pictures: str, name: str
) -> None:
    path = write(pictures.replace("root: pictures", f"root: {json.dumps(f'in/{name}')}"))
    Path("in", name).parent.mkdir(parents=True)
    Path("pictures").rename(f"in/{name}")
    code, said = command("train", path, "train.steps=1", "--quiet")
    if name.isprintable():
        assert (code, said) == (0, "")
    else:  # a recipe is text, and may leave out what no editor shows
        assert code in (0, 2), said
        assert "Traceback" not in said
        assert "\x1b" not in said


@pytest.mark.parametrize("name", ["x" * 256, "x/" * 2100 + "x", "a\0b", ""], ids=["256", "4201", "NUL", "empty"])
@pytest.mark.parametrize("flags", [["r.yaml", "--out"], ["--resume"], []], ids=["out", "resume", "recipe"])
def test_a_name_that_no_file_can_have(command: Any, recipe: Path, flags: list[str], name: str) -> None:
    code, said = command("train", *flags, name, "--quiet")
    assert code in (2, 4 if flags == ["--resume"] else 2, 7), said  # "" is the working folder, which is no run
    assert "Traceback" not in said
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]


def test_where_python_knows_no_unicode(recipe: Path) -> None:
    """LANG=C, and no rescue by Python: the plain display, and a run of a name that is not ASCII."""
    plain = {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "gancli", "train", "r.yaml", "--out", "é"]
    result = subprocess.run(command, capture_output=True, env=os.environ | plain)
    assert (result.returncode, result.stdout) == (0, "é\n".encode())
    assert b"step 6/6" in result.stderr
    assert Path("é/recipe.yaml").is_file()
