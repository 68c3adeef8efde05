"""The layout of a run's folder stands in one file, and its checkpoints are ordered by their step."""

import ast
import re
from pathlib import Path

import pytest

import gancli
from gancli.errors import CheckpointError
from gancli.storage.run_folder import RunFolder, checkpoint_files

PACKAGE = Path(gancli.__file__).parent
NAMES = [
    "recipe.yaml",
    "history.jsonl",
    "dataset.sha256",
    "metrics.json",
    "diverged.json",
    "reals.png",
    ".lock",
    "checkpoints",
    "best.safetensors",
]


def texts(path: Path) -> list[str]:
    """Every text in the code of a file, the parts of f-strings included."""
    constants = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Constant))
    return [node.value for node in constants if isinstance(node.value, str)]


@pytest.mark.parametrize("name", NAMES)
def test_the_layout_stands_in_one_file(name: str) -> None:
    path_text = re.compile(rf"(.*/)?{re.escape(name)}(/.*)?")  # a path; help and docstrings may speak of the files
    users = [path for path in PACKAGE.rglob("*.py") if any(map(path_text.fullmatch, texts(path)))]
    assert users == [PACKAGE / "storage" / "run_folder.py"]


def test_the_checkpoints_are_ordered_by_their_step() -> None:
    folder = RunFolder(Path("run"))
    folder.checkpoint_folder.mkdir(parents=True)
    for step in (20, 3, 12_345_678):
        folder.checkpoint(step).touch()
    folder.best.touch()
    (folder.checkpoint_folder / "step-x.safetensors").touch()
    assert folder.checkpoints() == [folder.checkpoint(step) for step in (12_345_678, 20, 3)]
    assert folder.newest() == folder.checkpoint(12_345_678)
    assert checkpoint_files(folder.path) == folder.checkpoints()
    assert checkpoint_files(folder.best) == [folder.best]


def test_a_folder_without_checkpoints_is_not_a_run() -> None:
    folder = RunFolder(Path("run"))
    assert folder.newest() is None
    assert not folder.is_run
    with pytest.raises(CheckpointError, match="there is no such checkpoint or run"):
        checkpoint_files(folder.path)
    folder.path.mkdir()
    with pytest.raises(CheckpointError, match=r"run: holds no checkpoints/step-….safetensors; is it a run"):
        checkpoint_files(folder.path)
    folder.recipe.touch()
    assert folder.is_run


def test_a_run_is_that_of_its_folder_or_of_a_file_in_it() -> None:
    folder = RunFolder(Path("run"))
    folder.path.mkdir()
    folder.history.touch()
    assert RunFolder.of(folder.history) == RunFolder.of(folder.path) == folder
