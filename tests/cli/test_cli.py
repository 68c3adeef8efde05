"""The command line: a frozen promise of commands and flags, exit codes, messages and files."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer.main
from PIL import Image

import gancli
from gancli.cli import app
from gancli.storage import checkpoint

Gan = Callable[..., Any]

PROMISE = {
    "": {"--version", "--install-completion", "--show-completion"},
    "train": {"--out", "--resume", "--from", "--log", "--dry-run", "--allow-data-change", "--quiet"},
    "sample": {"--digit", "--class", "--n", "--seed", "--latent", "--out", "--force", "--show", "--json"},
    "interpolate": {
        *("--from-seed", "--to-seed", "--seeds", "--steps", "--digit", "--class", "--to-class", "--classes", "--loop"),
        *("--from", "--to", "--out", "--force", "--fps", "--scale", "--show", "--json"),
    },
    "project": {"--out", "--digit", "--class", "--steps", "--seed", "--force", "--show", "--json"},
    "translate": {"--out", "--direction", "--side-by-side", "--keep-size", "--noise", "--force", "--show", "--json"},
    "explore": {"--port", "--no-open"},
    "export": {"--to", "--out", "--force", "--json"},
    "plot-losses": {"--out", "--force", "--smooth", "--json"},
    "report": {"--out", "--evaluate", "--force", "--json"},
    "evaluate": {"--metrics", "--n", "--seeds", "--extractor", "--full", "--json"},
    "compare": {"--seeds", "--budget", "--out", "--metrics", "--vary", "--json"},
    "plot-game": {"--out", "--force", "--json"},
    "verify": {"--from", "--kills", "--steps", "--seed", "--json"},
    "recipe": set(),
    "recipe list": {"--json"},
    "recipe show": set(),
    "recipe check": {"--json"},
    "recipe new": {"--dataset", "--images", "--model", "--architecture", "--loss"},
    "recipe schema": {"--out"},
    "plugin": set(),
    "plugin list": {"--check", "--json"},
    "plugin new": {"--kind", "--out"},
    "plugin check": {"--json"},
    "plugin show": {"--kind", "--json"},
    "explain": {"--time", "--json"},
    "doctor": {"--json"},
}


def commands(command: Any, path: str = "") -> dict[str, Any]:
    found = {path: command}
    for name, inner in getattr(command, "commands", {}).items():
        found |= commands(inner, f"{path} {name}".strip())
    return found


def test_commands_and_flags_are_the_promised_ones() -> None:
    flags = {
        path: {flag for parameter in command.params for flag in parameter.opts if flag.startswith("-")}
        for path, command in commands(typer.main.get_command(app)).items()
    }
    assert flags == PROMISE


@pytest.mark.parametrize("path", PROMISE)
def test_every_command_has_help_with_examples(gan: Gan, path: str) -> None:
    result = gan(*path.split(), "--help")
    assert result.exit_code == 0
    assert "Usage: " in result.output
    if path not in ("", "recipe", "plugin"):
        assert f"Examples:  gan {path}" in result.output


def test_usage_names_its_arguments_in_capitals() -> None:
    arguments = [
        (path, parameter.metavar)
        for path, command in commands(typer.main.get_command(app)).items()
        for parameter in command.params
        if not any(flag.startswith("-") for flag in parameter.opts)
    ]
    assert arguments
    # typer adds the brackets and the dots.
    assert [found for found in arguments if not re.fullmatch(r"[A-Z=|]+", found[1] or "")] == []


def test_version(gan: Gan) -> None:
    assert gan("--version").stdout == f"gan {gancli.__version__}\n"


def assert_refused(result: Any, code: int, message: str) -> None:
    """One message on stderr, nothing on stdout, and no traceback."""
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("words", [["sample", ""], ["sample", "r", "--out", ""], ["sample", "r", "--out="]])
def test_an_empty_word_is_not_the_working_directory(gan: Gan, words: list[str]) -> None:
    assert_refused(gan(*words), 2, f"found {words[-1] or repr('')}, which is empty")


@pytest.mark.parametrize(
    ("command", "code", "message"),
    [
        ("train", 2, "name a recipe"),
        ("train nowhere", 2, "nowhere: there is no such file"),
        ("train mnist_cgna", 2, "did you mean 'mnist_cgan'?"),
        ("train r.yaml trian.steps=1", 2, "did you mean 'train'?"),
        ("train r.yaml loss=hing", 2, "did you mean 'hinge'?"),
        ("train r.yaml --no-such-flag", 2, "No such option"),
        ("train --resume nowhere", 2, "nowhere: there is no such run"),
        ("train --resume . --out x", 2, "--out and --resume exclude each other"),
        ("train r.yaml dataset={name:folder,root:nowhere}", 2, "dataset"),
        ("train r.yaml dataset={name: folder, root: nowhere}", 3, "nowhere: there is no such folder of images"),
        ("train r.yaml dataset={name: mnist, source: full}", 3, "GAN_OFFLINE"),
        ("train r.yaml device=cuda:99", 8, "this machine does not have"),
        ("train r.yaml --out full", 2, "full: is not empty"),
        ("train --resume .", 4, "holds no checkpoints"),
        (
            "sample nowhere",
            4,
            "nowhere: there is no such checkpoint or run; expected a folder that 'gan train' has",
        ),
        ("sample nowhere --n few", 2, "Invalid value for '--n': expected a valid integer"),
        ("plugin new mine --kind los", 2, "Invalid value for '--kind': 'los' is not one of 'loss', 'penalty'"),
        ("sample r.yaml", 4, "r.yaml: not a checkpoint"),
        ("sample .", 4, "holds no checkpoints"),
        ("interpolate nowhere", 4, "nowhere: there is no such"),
        ("plot-losses nowhere", 3, "nowhere: is not a run that has logged anything"),
        ("plot-losses . --out x.txt", 2, "expected .png, .jpg, .svg or .pdf"),
        ("recipe show nowhere", 2, "nowhere: there is no such file"),
        ("recipe check bad.yaml", 2, "bad.yaml:1:1: nonsense: unknown key"),
    ],
)
def test_refusals(gan: Gan, write: Callable[..., Path], points: str, command: str, code: int, message: str) -> None:
    write(points)
    write("nonsense: 1\ndataset: ring\narchitecture: mlp\n", "bad.yaml")
    Path("full").mkdir()
    Path("full/x").touch()
    words = command.split(" dataset=") if " dataset={name: " in command else [command]
    assert_refused(gan(*words[0].split(), *(f"dataset={option}" for option in words[1:])), code, message)


def test_divergence_has_its_exit_code(gan: Gan, write: Callable[..., Path], points: str) -> None:
    result = gan("train", write(points), "loss=wasserstein", "optimizer={name: sgd, lr: 1e5}", "--quiet")
    assert_refused(result, 5, "is not finite" if "gradient" in result.stderr else "the loss")


def test_a_locked_run_has_its_exit_code(gan: Gan, write: Callable[..., Path], points: str) -> None:
    from gancli.storage.lock import lock
    from gancli.storage.run_folder import RunFolder

    gan("train", write(points), "--quiet")
    with lock(RunFolder(Path("runs/r"))):
        assert_refused(gan("train", "--resume", "runs/r"), 75, "another process")


def test_a_path_that_cannot_be_written_has_its_exit_code(gan: Gan, write: Callable[..., Path], points: str) -> None:
    Path("file").touch()
    assert_refused(gan("train", write(points), "--out", "file/run"), 7, "file/run: leads through a file")


def test_a_file_where_a_folder_is_to_be(gan: Gan, points_run: Path) -> None:
    Path("file").write_text("mine")
    assert_refused(gan("sample", points_run, "--out", "file/x.png"), 7, "file: is there already, and is not a folder")
    assert Path("file").read_text() == "mine"


def test_a_choice_is_refused_in_our_words(gan: Gan) -> None:
    refused = gan("export", "run", "--to", "pdf")
    assert_refused(refused, 2, "'pdf' is not one of")
    assert "Value error" not in refused.stderr


def test_train_prints_only_the_path_when_quiet(gan: Gan, write: Callable[..., Path], points: str) -> None:
    result = gan("train", write(points), "train.steps=2", "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "runs/r\n", "")


def test_train_reports_to_stderr_and_the_path_to_stdout(gan: Gan, write: Callable[..., Path], points: str) -> None:
    result = gan("train", write(points), "penalties=[r1]")
    assert result.stdout == "runs/r\n"
    assert "step 6/6" in result.stderr
    assert all(name in result.stderr for name in ("discriminator ", "r1 ", "generator "))


def test_a_dry_run_writes_nothing(gan: Gan, write: Callable[..., Path], points: str) -> None:
    result = gan("train", write(points), "--dry-run")
    assert result.exit_code == 0
    assert "100,000 of shape 2" in result.stdout
    assert "generator:     114 parameters" in result.stdout  # 4 · 16 + 16 + 16 · 2 + 2
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]


def test_resume_takes_overrides_and_goes_on(gan: Gan, write: Callable[..., Path], points: str) -> None:
    gan("train", write(points), "--quiet")
    result = gan("train", "--resume", "runs/r", "train.steps=8", "--quiet")
    assert (result.exit_code, result.stdout) == (0, "runs/r\n")
    assert checkpoint.newest(Path("runs/r")).step == 8


def test_an_interrupted_training_finishes_its_step_saves_and_says_how_to_go_on(
    gan: Gan, write: Callable[..., Path], points: str
) -> None:
    arguments = [sys.executable, "-m", "gancli", "train", str(write(points)), "train.steps=1000000"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        log = Path("runs/r/history.jsonl")
        while not (log.exists() and log.stat().st_size) and process.poll() is None:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=300)
    finally:
        process.kill()
    assert (process.returncode, stdout) == (130, "")
    saved = checkpoint.newest(Path("runs/r"))
    assert f"stopped at step {saved.step} and saved; resume with: gan train --resume runs/r" in stderr
    assert json.loads(log.read_text().splitlines()[-1])["step"] == saved.step
    assert gan("train", "--resume", "runs/r", f"train.steps={saved.step + 2}", "--quiet").exit_code == 0
    assert checkpoint.newest(Path("runs/r")).step == saved.step + 2


def test_sample_draws_a_column_a_class_into_the_run(gan: Gan, digits_run: Path) -> None:
    result = gan("sample", digits_run, "--n", 20)
    path = Path(result.stdout.strip())
    assert path == digits_run / "samples-seed-0-step-3.png"
    with Image.open(path) as image:
        assert image.width == 3 * (10 * 30 + 2)  # enlarged
        assert 10 < image.height - 3 * (2 * 30 + 2) < 40  # below the names of the classes
        assert image.mode == "L"


def test_sample_of_a_file_writes_where_the_user_is(gan: Gan, digits_run: Path) -> None:
    (file,) = (digits_run / "checkpoints").iterdir()
    assert gan("sample", file, "--digit", 3, "--n", 4, "--seed", 9).stdout == "samples-3-seed-9-step-3.png\n"
    with Image.open("samples-3-seed-9-step-3.png") as image:
        assert image.size == (8 * 62, 8 * 62)


def test_digit_and_class_are_the_same_pictures(gan: Gan, digits_run: Path) -> None:
    for flag in ("--digit", "--class"):
        assert gan("sample", digits_run, flag, 3, "--out", f"{flag[2:]}.png").exit_code == 0
    gan("sample", digits_run, "--digit", 4, "--out", "other.png")
    assert Path("digit.png").read_bytes() == Path("class.png").read_bytes() != Path("other.png").read_bytes()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--digit 12", "--digit: found '12'; the classes of this model are 0, 1, 2"),
        ("--class five", "--class: found 'five'; the classes of this model are 0, 1, 2"),
        ("--digit 3 --class 3", "give one of them"),
        ("--out x.bmp", "x.bmp: the ending says"),
        ("--n 0", "--n"),
        ("--seed -1", "--seed"),
    ],
)
def test_sample_refuses(gan: Gan, digits_run: Path, flags: str, message: str) -> None:
    assert_refused(gan("sample", digits_run, *flags.split()), 2, message)
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("flags", [["--digit", "3"], ["--class", "3"]])
def test_a_model_without_labels_draws_no_class(gan: Gan, points_run: Path, flags: list[str]) -> None:
    assert_refused(gan("sample", points_run, *flags), 2, "trained without labels")


def test_arrays(gan: Gan, digits_run: Path) -> None:
    assert gan("sample", digits_run, "--n", 70, "--out", "x/y.npz").stdout == "x/y.npz\n"
    with np.load("x/y.npz") as arrays:
        assert set(arrays) == {"images", "labels", "class_names"}
        assert arrays["class_names"].tolist() == list("0123456789")
        assert (arrays["images"].shape, arrays["images"].dtype) == ((70, 28, 28), np.uint8)
        assert arrays["labels"].tolist() == [index % 10 for index in range(70)]


def test_a_folder_of_pictures_that_are_the_arrays(gan: Gan, digits_run: Path) -> None:
    gan("sample", digits_run, "--n", 12, "--digit", 7, "--out", "x.npz")
    gan("sample", digits_run, "--n", 12, "--digit", 7, "--out", "pictures")
    paths = sorted(Path("pictures").iterdir())
    assert [path.name for path in paths] == [f"{index:05d}-class-7.png" for index in range(12)]
    with np.load("x.npz") as arrays:
        for path, expected in zip(paths, arrays["images"], strict=True):
            with Image.open(path) as image:
                assert np.array_equal(np.asarray(image), expected)


def test_points_are_arrays_or_a_scatter_plot(gan: Gan, points_run: Path) -> None:
    gan("sample", points_run, "--n", 100, "--out", "x.npz")
    with np.load("x.npz") as arrays:
        assert (set(arrays), arrays["points"].shape, arrays["points"].dtype) == ({"points"}, (100, 2), np.float32)
    assert gan("sample", points_run, "--n", 100, "--out", "x.png").exit_code == 0
    with Image.open("x.png") as image:
        assert image.size == (1024, 1024)
    assert_refused(gan("sample", points_run, "--out", "folder"), 2, "expected .png or .jpg for a picture, .npz for")


def test_show_draws_on_stderr(gan: Gan, digits_run: Path) -> None:
    result = gan("sample", digits_run, "--n", 4, "--digit", 1, "--show", "--out", "x.png")
    assert result.stdout == "x.png\n"
    assert "▀" in result.stderr


def test_an_unknown_protocol_is_refused_before_anything_is_drawn(
    gan: Gan, digits_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAN_SHOW", "kity")
    assert_refused(gan("sample", digits_run, "--show", "--out", "x.png"), 2, "GAN_SHOW: found 'kity', expected kitty")
    assert not Path("x.png").exists()


def test_json(gan: Gan, digits_run: Path) -> None:
    about = {"path": "x.png", "step": 3, "n": 2, "seed": 5, "class": None, "class_names": list("0123456789")}
    assert json.loads(gan("sample", digits_run, "--n", 2, "--seed", 5, "--out", "x.png", "--json").stdout) == about
    about = {"path": "y.png", "step": 3, "images": 4, "seeds": [1, 2], "classes": ["0", "0"]}
    assert json.loads(gan("interpolate", digits_run, "--steps", 4, "--out", "y.png", "--json").stdout) == about
    about = {"path": "x.svg", "runs": {"run": 3}}
    assert json.loads(gan("plot-losses", digits_run, "--out", "x.svg", "--json").stdout) == about
    assert {"recipe", "what it is", "training", "package"} == set(json.loads(gan("recipe", "list", "--json").stdout)[0])
    assert json.loads(gan("recipe", "check", "mnist_cgan", "seed=3", "--json").stdout)["seed"] == 3
    rows = json.loads(gan("plugin", "list", "--json").stdout)
    about = {"kind": "loss", "name": "minimax", "package": "gancli", "version": gancli.__version__, "status": "ok"}
    assert about in rows


@pytest.mark.parametrize("flags", [[], ["--digit", "3"], ["--class", "3", "--to-class", "8"]])
def test_a_strip_of_the_way(gan: Gan, digits_run: Path, flags: list[str]) -> None:
    result = gan("interpolate", digits_run, "--steps", 5, "--out", "x.png", *flags)
    assert (result.exit_code, result.stdout) == (0, "x.png\n")
    with Image.open("x.png") as image:
        assert image.size == (7 * (5 * 30 + 2), 7 * 32)


def test_an_animation_plays_there_and_back(gan: Gan, digits_run: Path) -> None:
    assert gan("interpolate", digits_run, "--steps", 5, "--out", "x.gif").exit_code == 0
    with Image.open("x.gif") as image:
        assert image.n_frames == 8  # 0 1 2 3 4 3 2 1
        assert image.size == (224, 224)
        assert image.info["loop"] == 0


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--to-class", "3"], "needs a class to start from"),
        (["--out", "x.npz"], "expected .png or .jpg for a strip, or .gif, .webp, .mp4, .webm for"),
        (["--class", "3", "--to-class", "13"], "found '13'"),
        (["--steps", "1"], "--steps"),
        (["--seeds", "1,b"], "--seeds: found 'b', expected a seed"),
        (["--seeds", "1"], "seeds: found one stop, expected two or more"),
        (["--seeds", "1,2,3", "--classes", "3,8"], "classes: found 2, expected 1, or 3"),
        (["--classes", '3,"x,y"'], "--classes: found 'x,y'; the classes of this model are 0, 1"),
        (["--classes", "3,x"], "--classes: found 'x'; the classes of this model are 0, 1"),
        (["--classes", "3,8", "--digit", "3"], "--classes names all classes on the way"),
    ],
)
def test_interpolate_refuses(gan: Gan, digits_run: Path, flags: list[str], message: str) -> None:
    assert_refused(gan("interpolate", digits_run, *flags), 2, message)


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_losses_of_several_runs_are_drawn(
    gan: Gan, digits_run: Path, points_run: Path, ending: str, magic: bytes
) -> None:
    result = gan("plot-losses", digits_run, points_run / "history.jsonl", "--out", f"new/x.{ending}")
    assert (result.exit_code, result.stdout) == (0, f"new/x.{ending}\n")
    assert Path(f"new/x.{ending}").read_bytes().startswith(magic)


def test_recipes_are_listed_shown_and_checked(gan: Gan, write: Callable[..., Path]) -> None:
    assert "mnist_cgan" in gan("recipe", "list").stdout
    shown = gan("recipe", "show", "mnist_cgan").stdout
    assert shown.startswith("# ")
    path = write(shown, "mine.yaml")
    resolved = gan("recipe", "check", path).stdout
    assert gan("recipe", "check", write(resolved, "again.yaml")).stdout == resolved
