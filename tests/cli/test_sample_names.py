"""Any file name is a name, and the names in a stranger's checkpoint steer neither a path nor a terminal."""

import dataclasses
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gancli.errors import printable
from gancli.files import file_name
from gancli.storage import checkpoint

Gan = Callable[..., Any]
NAMES = {
    "spaces": "two  words",
    "emoji": "🦊",
    "right to left": "\u202eגן",
    "quotes": '"it\'s"',
    "newline": "a\nb",
    "markup": "[bold]x",
    "mathematics": "$\\frac{$",
    "escape": "\x1b[31mred",
    "dash": "-x",
    "not UTF-8": os.fsdecode(b"caf\xe9"),
    "as long as can be": "x" * 251,
}
names = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())


@pytest.fixture
def with_classes(digits_run: Path) -> Callable[..., Path]:
    """``with_classes(*names)`` is a checkpoint whose first classes have these names."""

    def rename(*names: str) -> Path:
        saved = checkpoint.newest(digits_run)
        rest = saved.data.class_names[len(names) :]
        data = dataclasses.replace(saved.data, class_names=(*names, *rest))
        dataclasses.replace(saved, data=data).save(Path("x.safetensors"))
        return Path("x.safetensors")

    return rename


@names
def test_any_name_is_a_name(gan: Gan, digits_run: Path, name: str) -> None:
    path = f"{name}.png"
    result = gan("sample", digits_run, "--n", 2, "--out", path)
    assert (result.exit_code, result.stdout_bytes, result.stderr) == (0, os.fsencode(path) + b"\n", "")
    with Image.open(path) as image:
        assert image.width == 8 * (2 * 30 + 2)
    assert json.loads(gan("sample", digits_run, "--n", 2, "--out", path, "--force", "--json").stdout)["path"] == path
    assert list(Path().iterdir()) == [Path(path)]


@names
def test_a_run_of_any_name_is_sampled_and_plotted(gan: Gan, digits_run: Path, name: str) -> None:
    shutil.copytree(digits_run, name)
    for command in (["sample", "--n", "2"], ["interpolate", "--steps", "2"]):
        result = gan(*command, "--", name)
        assert result.exit_code == 0, result.output
        path = os.fsdecode(result.stdout_bytes.removesuffix(b"\n"))
        assert Path(path).parent == Path(name)
        assert Path(path).is_file()
    for path in ("losses.png", "losses.svg", "losses.pdf"):
        result = gan("plot-losses", "--out", path, "--", name)
        assert (result.exit_code, result.output) == (0, f"{path}\n")


@pytest.mark.parametrize("path", ["[bold]x.bmp", "\x1b[31mred.bmp"])
def test_a_message_shows_a_name_as_it_is_but_obeys_nothing(gan: Gan, digits_run: Path, path: str) -> None:
    result = gan("sample", digits_run, "--out", path)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"gan: {printable(path)}: the ending says")


CLASSES = ["../../etc/x", "a/b", "/etc/x", "..", "", "%2F", "x" * 5000]  # others a checkpoint cannot have


@pytest.mark.parametrize("name", CLASSES, ids=lambda it: ascii(it)[:20])
def test_the_name_of_a_class_stays_inside_the_name_of_a_file(
    gan: Gan, with_classes: Callable[..., Path], name: str
) -> None:
    place = with_classes(name, name + "'")
    made = []
    for command in (["sample", "--n", "2"], ["interpolate", "--steps", "2", "--to-class", "9"]):
        result = gan(*command, place, "--class", name)
        assert result.exit_code == 0, result.output
        made.append(result.stdout.removesuffix("\n"))
    # What is on the disk is what was printed, beside the checkpoint and nowhere else.
    assert {path.name for path in Path().iterdir()} == {*made, "x.safetensors"}
    assert [path.name for path in Path("..").iterdir()] == ["work"]
    assert all(path.isprintable() for path in made)
    note = gan("interpolate", "--steps", "2", place).stderr
    assert f"drawing the class {printable(name)};" in note


def test_every_class_has_a_file_of_its_own() -> None:
    classes = [*CLASSES, "\ud800", "a b", "a_b", "a%2Fb", "x" * 5001, "é", "cat", "ankle-boot", "🦊"]
    assert len({file_name(name) for name in classes}) == len(classes)
    assert max(len(os.fsencode(file_name(name))) for name in [*classes, "é" * 200]) <= 80
    for plain in ("cat", "ankle-boot", "a b", "a_b", "é", "3.5", "日本"):
        assert file_name(plain) == plain
