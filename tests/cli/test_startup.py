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
    "arguments",
    [
        ["--help"],
        ["--version"],
        *([name, "--help"] for name in ("train", "sample", "interpolate", "evaluate", "compare", "plot-losses")),
        ["recipe", "list"],
        ["plugin", "list"],
    ],
    ids=" ".join,
)
def test_looking_around_imports_nothing_heavy(arguments: list[str]) -> None:
    assert imported(*arguments) & HEAVY == set()


@pytest.mark.parametrize("command", ["interpolate", "evaluate"])
def test_what_measures_no_images_imports_nothing_that_does(points_run: Path, digits_run: Path, command: str) -> None:
    more = {"interpolate": [digits_run, "--out", "x.png"], "evaluate": [points_run, "--n", "200", "--seeds", "1"]}
    assert imported(command, *map(str, more[command])) & EVALUATION == set()


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
def test_commands_that_do_not_train_import_no_compiler(digits_run: Path, arguments: list[str]) -> None:
    loaded = imported(*(argument.format(run=digits_run) for argument in arguments))
    if arguments[0] in ("sample", "interpolate"):
        assert "torch" in loaded
    assert loaded & (COMPILER | EVALUATION | {"matplotlib"}) == set()


def test_drawing_the_losses_imports_no_compiler(digits_run: Path) -> None:
    assert imported("plot-losses", str(digits_run), "--out", "x.png") & (COMPILER | EVALUATION | {"torch"}) == set()


def test_training_draws_no_figures(digits_run: Path) -> None:
    recipe = digits_run / "recipe.yaml"
    loaded = imported("train", str(recipe), "train.steps=1", "--out", "run", "--quiet")
    assert loaded & (EVALUATION | {"matplotlib"}) == set()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["sample", "nowhere"], 4),
        (["sample", "."], 4),
        (["sample", "text"], 4),
        (["interpolate", "nowhere"], 4),
        (["plot-game", "nowhere"], 4),
        (["evaluate", "nowhere"], 4),
        (["plot-losses", "nowhere"], 3),
        (["sample", "RUN", "--class", "five"], 2),
        (["sample", "RUN", "--digit", "12"], 2),
        (["sample", "RUN", "--out", "x.bmp"], 2),
        (["sample", "RUN", "--out", "x.png", "--n", "60000"], 2),
        (["interpolate", "RUN", "--class", "3", "--to-class", "five"], 2),
        (["interpolate", "RUN", "--out", "x.npz"], 2),
        (["plot-losses", "RUN", "--out", "x.bmp"], 2),
        (["plot-game", "RUN", "--out", "x.bmp"], 2),
    ],
    ids=lambda it: " ".join(it) if isinstance(it, list) else "",
)
def test_a_mistake_is_answered_before_anything_heavy_is_imported(
    digits_run: Path, arguments: list[str], code: int
) -> None:
    Path("text").write_text("no checkpoint")
    words = [str(digits_run) if word == "RUN" else word for word in arguments]
    wanted = CODE.replace("assert not end.code, end.code", f"assert end.code == {code}, end.code")
    done = subprocess.run(
        [sys.executable, "-c", wanted, json.dumps(words)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert set(json.loads(done.stderr.splitlines()[-1])) & HEAVY == set()


def test_no_terminal_no_bar(digits_run: Path) -> None:
    code = CODE.replace('if "." not in name', "")
    command = [sys.executable, "-c", code, json.dumps(["sample", str(digits_run), "--n", "2", "--out", "x.png"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "rich.progress" not in json.loads(done.stderr.splitlines()[-1])


def test_losses_are_plotted_without_torch(points_run: Path) -> None:
    loaded = imported("plot-losses", str(points_run), "--out", "x.png")
    assert "matplotlib" in loaded
    assert "torch" not in loaded
