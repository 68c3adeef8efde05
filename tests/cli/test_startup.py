"""What a command does not need, it does not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"torch", "torchvision", "matplotlib", "numpy", "PIL"}
CODE = """
import json, sys
from gancli.cli import app
try:
    app(json.loads(sys.argv[1]))
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps([name for name in sys.modules if "." not in name]), file=sys.stderr)
"""


def imported(*arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", CODE, json.dumps(arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["train", "--help"], ["recipe", "list"], ["plugin", "list"]], ids=" ".join
)
def test_looking_around_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported(*arguments) & HEAVY == set()


def test_sampling_imports_torch_alone(digits_run: Path) -> None:
    loaded = imported("sample", str(digits_run), "--n", "2", "--out", "x.png")
    assert "torch" in loaded
    assert loaded & {"torchvision", "matplotlib"} == set()


def test_training_draws_no_figures(digits_run: Path) -> None:
    recipe = digits_run / "recipe.yaml"
    loaded = imported("train", str(recipe), "train.steps=1", "--out", "run", "--quiet")
    assert loaded & {"torchvision", "matplotlib"} == set()
