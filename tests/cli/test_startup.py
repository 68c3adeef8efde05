"""What a command does not need, it does not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {"torch", "torchvision", "matplotlib", "numpy", "PIL"}
COMPILER = {"torch._dynamo", "torch.fx.experimental.symbolic_shapes", "sympy"}  # as slow to import as torch itself
CODE = """
import json, sys
from gancli.cli import app
try:
    app(json.loads(sys.argv[1]))
except SystemExit as end:
    assert not end.code, end.code
print(json.dumps(list(sys.modules)), file=sys.stderr)
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


@pytest.mark.parametrize(
    "arguments",
    [
        ["sample", "{run}", "--n", "2", "--out", "x.png"],
        ["sample", "{run}", "--n", "2", "--out", "x.npz", "--show"],
        ["interpolate", "{run}", "--digit", "3", "--out", "x.png"],
        ["interpolate", "{run}", "--class", "3", "--to-class", "8", "--out", "x.gif"],
        ["recipe", "check", "mnist_cgan"],
        ["verify", "ring", "--steps", "2", "--kills", "1"],
    ],
    ids=lambda arguments: " ".join(arguments[:1] + arguments[-1:]),
)
def test_commands_that_do_not_train_import_no_compiler(
    digits_run: Path, arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = imported(*(argument.format(run=digits_run) for argument in arguments))
    assert ("torch" in loaded) == (arguments[0] != "verify") or "torch" in loaded
    assert loaded & COMPILER == set()
    assert loaded & {"torchvision", "matplotlib"} == set()


def test_drawing_the_losses_imports_no_compiler(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert imported("plot-losses", str(digits_run), "--out", "x.png") & (COMPILER | {"torch", "torchvision"}) == set()


def test_training_draws_no_figures(digits_run: Path) -> None:
    recipe = digits_run / "recipe.yaml"
    loaded = imported("train", str(recipe), "train.steps=1", "--out", "run", "--quiet")
    assert loaded & {"torchvision", "matplotlib"} == set()
