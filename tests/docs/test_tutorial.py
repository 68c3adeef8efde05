"""The package of docs/plugin-tutorial.md, written as the page says: it is built, checked and trained."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancli import registry

PAGE = (Path(__file__).parents[2] / "docs" / "plugin-tutorial.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r'^```\w+ title="(.*?)"\n(.*?)^```', PAGE, re.DOTALL | re.MULTILINE))
COMMANDS = "".join(re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)).splitlines()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the package; its wheel is installed."""
    folder = tmp_path / "gan-pearson"
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    python("hatchling", "build", "-t", "wheel", "-d", str(tmp_path), cwd=folder)
    (wheel,) = tmp_path.glob("gan_pearson-*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    registry.plugins.cache_clear()
    monkeypatch.setenv("PYTHONPATH", ":".join(map(str, sys.path)))
    yield folder
    registry.plugins.cache_clear()


def python(*arguments: str, cwd: Path) -> None:
    done = subprocess.run([sys.executable, "-m", *arguments], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_package_of_the_tutorial(package: Path, gan: Callable[..., Any]) -> None:
    pytest.importorskip("hatchling", reason="hatchling is not here: pip install -e '.[dev]'")
    python("pytest", "-q", "-p", "no:cacheprovider", "tests", cwd=package)
    commands = [command.split()[1:] for command in COMMANDS if command.startswith("gan ")]
    assert [command[0] for command in commands] == ["plugin", "explain", "train", "sample", "plot-losses", "evaluate"]
    for command in commands:
        short = ["train.steps=40", "device=cpu"] if command[0] == "train" else []
        result = gan(*command, *short)
        assert result.exit_code == 0, f"{command}\n{result.output}"
    assert Path("samples.png").is_file()
    assert Path("losses.png").is_file()
