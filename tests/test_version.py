"""The version is written in gancli/__init__.py; what else has a version follows."""

import re
import tomllib
from pathlib import Path

import yaml
from typer.testing import CliRunner

from gancli import __version__
from gancli.cli import app

ROOT = Path(__file__).parents[1]


def test_the_command_shows_it() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"gan {__version__}\n"


def test_the_package_takes_it_from_there() -> None:
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in pyproject["project"]["dynamic"]
    assert pyproject["tool"]["hatch"]["version"]["path"] == "gancli/__init__.py"


def test_the_newest_heading_of_the_changelog_is_of_this_version() -> None:
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.fullmatch(rf"\[{re.escape(__version__)}\] - (unreleased|\d{{4}}-\d\d-\d\d)", headings[0])


def test_it_is_cited() -> None:
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))["version"] == __version__
