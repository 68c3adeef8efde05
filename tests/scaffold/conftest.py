"""New packages of every kind, made by the command that a user types."""

import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from gancli import registry
from gancli.cli import app
from gancli.scaffold.kinds import KINDS


@pytest.fixture(scope="session")
def new_packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A new package of each kind, by the kind; only to be read."""
    folder = tmp_path_factory.mktemp("new")
    for kind in KINDS:
        arguments = ["plugin", "new", f"my-{kind}", "--kind", kind, "--out", str(folder / f"my-{kind}")]
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
    return {kind: folder / f"my-{kind}" for kind in KINDS}


@pytest.fixture
def installed(new_packages: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """``installed(kind)`` puts the new package of a kind on Python's path, with the metadata that pip would write."""

    def put_on_path(kind: str) -> None:
        _write_metadata(new_packages[kind], tmp_path / "metadata")
        monkeypatch.syspath_prepend(new_packages[kind])
        monkeypatch.syspath_prepend(tmp_path / "metadata")
        registry.plugins.cache_clear()

    yield put_on_path
    registry.plugins.cache_clear()


def _write_metadata(package: Path, site: Path) -> None:
    project = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    folder = site / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    folder.mkdir(parents=True)
    head = {"Metadata-Version": "2.1", "Name": project["name"], "Version": project["version"]}
    (folder / "METADATA").write_text("".join(f"{key}: {value}\n" for key, value in head.items()))
    lines: list[str] = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (folder / "entry_points.txt").write_text("\n".join([*lines, ""]))


Installed = Callable[[str], None]
