"""Odd names of recipes, runs and folders of images do no harm: they work, or are refused in a line of text."""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HOSTILE = [
    *(
        "../x",
        "..",
        ".",
        "/etc/x",
        "../../b",
        "..\\x",
        "a\\..\\..\\b",
        "..%2f",
        "%2e%2e%2fx",
        "~/x",
        "~root",
        "$HOME",
    ),
    *("CON x", "a b", "a:b", "a*", "a?", 'a"b', "a'b", "a|b", "a;b", "a&b", "`id`", "$(id)", "a>b", "<script>", "{a}"),
    *(
        "\u2215x",
        "\u2044x",
        "\uff0fx",
        "\u2024\u2024x",
        "\uff0e\uff0e",
        "a\u202eb",
        "a\u200bb",
        "\u0430",
        "é",
        "e\u0301",
    ),
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
def deep(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, so deep that no name here leads out of the test's own folder; /etc/x alone does."""
    folder = tmp_path / "work" / "deep" / "er"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_recipe_of_a_hostile_name_makes_nothing_outside(
    command: Any, points: str, tmp_path: Path, deep: Path, name: str
) -> None:
    """It is refused, or its run is in runs/; a recipe in another folder is a recipe of its last name.

    Writes outside of the tests' folders are checked in every test.
    """
    path = Path(f"{name}.yaml")
    if path.parent.is_dir() and path.resolve().is_relative_to(tmp_path):
        path.write_text(points)
    before = set(tmp_path.rglob("*"))
    code, said = command("train", "--quiet", "--", path)
    assert code in (0, 2), said
    assert "Traceback" not in said
    assert "\x1b" not in said
    made = set(tmp_path.rglob("*")) - before
    assert all(path.is_relative_to(deep / "runs") for path in made)
    assert bool(made) == (code == 0)


def test_a_recipe_of_an_absolute_name_makes_a_run_here(command: Any, points: str, tmp_path: Path, deep: Path) -> None:
    path = tmp_path / "etc" / "x.yaml"
    path.parent.mkdir()
    path.write_text(points)
    assert command("train", "--quiet", path) == (0, "")
    assert [made.name for made in path.parent.iterdir()] == ["x.yaml"]
    assert [made.name for made in (deep / "runs").iterdir()] == ["x"]


@pytest.mark.parametrize("names", [HOSTILE[::6], pytest.param(HOSTILE, marks=pytest.mark.full)], ids=["some", "all"])
def test_a_run_of_a_hostile_name_is_where_it_says_and_nowhere_else(
    command: Any, recipe: Path, tmp_path: Path, names: list[str]
) -> None:
    Path("deep/er").mkdir(parents=True)
    for name in names:
        place, before = Path("deep/er", name.lstrip("/")), set(tmp_path.rglob("*"))  # from / on is the user's choice
        code, said = command("train", recipe, f"--out={place}", "train.steps=1", "--quiet")
        assert code in (0, 2), said
        made = set(tmp_path.rglob("*")) - before
        assert bool(made) == (code == 0), name
        allowed = Path(os.path.abspath(place))  # noqa: PTH100 - links are not followed: there are none
        assert all(path.is_relative_to(allowed) or allowed.is_relative_to(path) for path in made), name


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_an_odd_place_is_as_good_as_any(command: Any, recipe: Path, outcome: Any, capfdbinary: Any, name: str) -> None:
    assert command("train", recipe, f"--out={name}", "train.steps=4", "--quiet") == (0, "")
    assert capfdbinary.readouterr().out == os.fsencode(name) + b"\n"
    assert command("train", f"--resume={name}", "--quiet", "--", "train.steps=6") == (0, "")
    assert outcome(Path(name)).step == 6
    assert command("sample", "--n", 4, "--", name)[0] == 0


@pytest.mark.parametrize("name", ODD.values(), ids=ODD)
def test_an_odd_folder_of_images_is_as_good_as_any(
    command: Any, write: Callable[..., Path], pictures: str, name: str
) -> None:
    text = pictures.replace("root: pictures", f"root: {json.dumps(f'in/{name}', ensure_ascii=False)}")
    path = write(text.encode(errors="surrogateescape"))
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
