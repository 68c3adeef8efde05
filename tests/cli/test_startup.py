"""What a command does not need, it does not import."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EVALUATION = {"torch_fidelity", "torchvision"}
HEAVY = {"torch", "matplotlib", "numpy", "PIL"} | EVALUATION
COMPILER = {"torch._dynamo", "torch.fx.experimental.symbolic_shapes", "sympy"}  # as slow to import as torch itself
CODE = """
import json, sys
from gancli.cli import app
for arguments in json.loads(sys.argv[1]):
    code = 0
    try:
        app(arguments)
    except SystemExit as end:
        code = end.code or 0
    print(json.dumps([code, list(sys.modules)]), file=sys.stderr)
"""
Found = dict[str, tuple[int, set[str]]]


def run(*commands: str, **places: Path) -> Found:
    """Each command's exit code and what is imported by then; all run in one new process, in their order."""
    words = [[word.format(**places) for word in command.split()] for command in commands]
    done = subprocess.run([sys.executable, "-c", CODE, json.dumps(words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("[")]
    return {command: (code, set(modules)) for command, (code, modules) in zip(commands, answers, strict=True)}


def imported(found: Found, modules: set[str]) -> dict[str, set[str]]:
    """Those of the modules that are imported, by each command after which one of them is; every command succeeded."""
    assert {command: code for command, (code, _) in found.items() if code} == {}
    return {command: loaded & modules for command, (_, loaded) in found.items() if loaded & modules}


def test_looking_around_imports_nothing_heavy() -> None:
    helped = ("train", "sample", "interpolate", "translate", "project", "evaluate", "compare", "plot-losses", "explain")
    helped += ("doctor", "plugin show", "explore", "export", "report")
    looking = ["--help", "--version", *(f"{command} --help" for command in helped), "recipe list", "plugin list"]
    assert imported(run(*looking), HEAVY) == {}


def test_what_measures_no_images_imports_nothing_that_does(points_run: Path, digits_run: Path) -> None:
    commands = ("interpolate {digits} --out x.png", "evaluate {points} --n 200 --seeds 1")
    assert imported(run(*commands, digits=digits_run, points=points_run), EVALUATION) == {}


def test_commands_that_do_not_train_import_no_compiler(digits_run: Path) -> None:
    found = run(
        "recipe check mnist_cgan",
        "sample {run} --n 2 --out x.png",
        "sample {run} --n 2 --out x.npz --show",
        "interpolate {run} --digit 3 --out way.png",
        "interpolate {run} --class 3 --to-class 8 --out x.gif",
        run=digits_run,
    )
    assert imported(found, COMPILER | EVALUATION | {"matplotlib", "rich.progress"}) == {}  # no terminal, no bar
    assert "torch" in found["sample {run} --n 2 --out x.png"][1]


def test_a_training_imports_no_compiler(points_run: Path) -> None:
    found = run(
        "train {recipe} train.steps=3 --out new --quiet",
        "train --resume new train.steps=6 --quiet",
        "train {recipe} --dry-run",
        recipe=points_run / "recipe.yaml",
    )
    assert imported(found, COMPILER) == {}


def test_the_doctor_imports_torch_in_another_process() -> None:
    assert imported(run("doctor --json"), HEAVY) == {}


@pytest.mark.full
def test_the_process_that_verifies_imports_no_compiler() -> None:
    """Its trainings are processes of their own."""
    assert imported(run("verify ring --steps 2 --kills 1"), COMPILER | EVALUATION | {"matplotlib"}) == {}


def test_drawing_the_losses_imports_no_torch(digits_run: Path) -> None:
    found = run("plot-losses {run} --out x.png", run=digits_run)
    assert imported(found, COMPILER | EVALUATION | {"torch"}) == {}
    assert imported(found, {"matplotlib"})


def test_a_report_imports_no_torch(digits_run: Path) -> None:
    found = run("report {run} --out x.html", run=digits_run)
    assert imported(found, COMPILER | EVALUATION | {"torch", "matplotlib"}) == {}


def test_training_draws_no_figures(digits_run: Path) -> None:
    found = run("train {run}/recipe.yaml train.steps=1 --out run --quiet", run=digits_run)
    assert imported(found, EVALUATION | {"matplotlib"}) == {}


MISTAKES = {
    "sample nowhere": 4,
    "sample .": 4,
    "sample text": 4,
    "interpolate nowhere": 4,
    "translate nowhere text --out x.png": 4,
    "plot-game nowhere": 4,
    "evaluate nowhere": 4,
    "explore nowhere": 4,
    "plot-losses nowhere": 3,
    "sample {run} --class five": 2,
    "sample {run} --digit 12": 2,
    "sample {run} --out x.bmp": 2,
    "sample {run} --out x.png --n 60000": 2,
    "interpolate {run} --class 3 --to-class five": 2,
    "interpolate {run} --out x.npz": 2,
    "translate {run} text --out x.png": 2,
    "plot-losses {run} --out x.bmp": 2,
    "plot-game {run} --out x.bmp": 2,
    "report nowhere": 4,
    "report {run} --out x.txt": 2,
    "explain nowhere": 2,
    "explain nowhere.safetensors": 4,
    "explain {run} train.steps=9": 2,
    "plugin show hinge --kind los": 2,
    "plugin show hing --kind loss": 2,
}


def test_a_mistake_is_answered_before_anything_heavy_is_imported(digits_run: Path) -> None:
    Path("text").write_text("no checkpoint")
    found = run(*MISTAKES, run=digits_run)
    assert {command: code for command, (code, _) in found.items()} == MISTAKES
    assert {command: loaded & HEAVY for command, (_, loaded) in found.items() if loaded & HEAVY} == {}
