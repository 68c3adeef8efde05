"""A run that is made longer or shorter: its ramps keep their length, nothing jumps, and nothing is done twice."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder
from tests.released import make

Gan = Callable[..., Any]
History = Callable[[Path], list[dict[str, Any]]]

RAMP = "optimizer={name: adam, lr: {from: 4e-3, to: 1e-4, shape: cosine}}"
AT_20 = 4e-3 + (1e-4 - 4e-3) / 2  # of a cosine over 40 steps


@pytest.fixture
def run(gan: Gan, write: Callable[..., Path], points: str) -> Path:
    """Twenty steps with a ramp of the learning rate."""
    assert gan("train", write(points), RAMP, "train.steps=20", "--quiet").exit_code == 0
    return Path("runs/r")


def rates(run: Path, *overrides: str) -> list[float]:
    """The learning rates of the steps that a resume makes."""
    used = []
    with Run.resume(run, overrides) as going:
        for _ in going:
            used.append(going.training.optimizers["generator"].param_groups[0]["lr"])
    return used


def notices(logged: list[dict[str, Any]]) -> list[str]:
    return [line["notice"] for line in logged if "notice" in line]


def ramp(run: Path) -> Any:
    return checkpoint.newest(run).recipe["optimizer"]["lr"]


def test_the_length_is_written_out(load: Any, points: str) -> None:
    own = "optimizer.generator={lr: {from: 1e-3, to: 0}, weight_decay: {from: 0, to: 0.1, steps: 7}}"
    checked = load(points, RAMP, own, "train.steps=30")
    block = checked.values()["optimizer"]
    assert [block["lr"]["steps"], block["generator"]["lr"]["steps"]] == [30, 30]
    assert block["generator"]["weight_decay"]["steps"] == 7
    assert load(checked.to_yaml()).values() == checked.values()
    assert load(points, RAMP, "optimizer.lr.steps=null").values()["optimizer"]["lr"]["steps"] == 6


def test_a_longer_run_stays_where_its_ramp_ended(run: Path, history: History) -> None:
    assert rates(run, "train.steps=25") == [pytest.approx(1e-4)] * 5
    assert ramp(run)["steps"] == 20
    assert notices(history(run)) == [
        "optimizer.lr stays at 0.0001 from step 20 on, because the run was started with a ramp over 20 steps; "
        f"for a ramp over 25 steps, which sets optimizer.lr to 0.000472 at step 20, run: "
        f"gan train --resume {run} train.steps=25 optimizer.lr.steps=25"
    ]
    assert rates(run, "train.steps=27") == [pytest.approx(1e-4)] * 2
    assert len(notices(history(run))) == 1  # that is no news any more


def test_a_new_ramp_on_purpose(run: Path, history: History) -> None:
    used = rates(run, "train.steps=40", "optimizer.lr.steps=40")
    assert used[0] == pytest.approx(AT_20)
    assert used[0] > used[10] > used[19] > 1e-4
    assert ramp(run)["steps"] == 40
    assert notices(history(run)) == [
        "optimizer.lr.steps: 20 → 40; at step 20, optimizer.lr goes from 0.0001 to 0.00205"
    ]


def test_the_command_of_the_notice_works(gan: Gan, run: Path, history: History) -> None:
    with Run.resume(run, ["train.steps=40"]) as going:
        (notice,) = going.notices
    result = gan(*notice.rpartition(", run: gan ")[2].split())
    assert result.exit_code == 0, result.output
    assert (checkpoint.newest(run).step, ramp(run)["steps"]) == (40, 40)


def test_a_shorter_run(load: Any, points: str, history: History) -> None:
    with Run.create(load(points, RAMP, "train.steps=40")) as run:
        for _ in run:
            if run.step == 10:
                break
        run.save()
    used = rates(run.directory, "train.steps=20")
    assert used[-1] > AT_20
    (notice,) = notices(history(run.directory))
    assert notice.startswith(
        "optimizer.lr ends at 0.00205, because the run was started with a ramp over 40 steps; for a ramp over"
    )
    assert notice.endswith(f"gan train --resume {run.directory} train.steps=20 optimizer.lr.steps=20")


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        (["optimizer.generator={lr: {from: 1e-3, to: 0}}"], ["optimizer.lr", "optimizer.generator.lr"]),
        (["optimizer={name: sgd, lr: 0.1, discriminator: {lr: {from: 1e-3, to: 0}}}"], ["optimizer.discriminator.lr"]),
        (["optimizer.lr.steps=5"], []),
        (["optimizer.lr=1e-3"], []),
    ],
)
def test_which_ramps_are_named(load: Any, points: str, overrides: list[str], named: list[str]) -> None:
    with Run.create(load(points, RAMP, *overrides)) as run:
        for _ in run:
            pass
    with Run.resume(run.directory, ["train.steps=8"]) as going:
        expected = "".join(f" {key}.steps=8" for key in named)
        assert [notice.rpartition("train.steps=8")[2] for notice in going.notices] == ([expected] if named else [])


def test_other_parts_of_a_ramp_stay(gan: Gan, run: Path) -> None:
    result = gan("train", "--resume", run, "train.steps=40", "optimizer.lr.to=0")
    assert result.exit_code == 2
    assert "optimizer.lr.to: 0.0001 → 0" in result.stderr


@pytest.mark.parametrize("path", sorted(make.HERE.glob("*.safetensors")), ids=lambda path: path.stem)
def test_ramps_of_older_checkpoints_have_the_length_of_their_training(path: Path) -> None:
    make.write_pictures(Path("pictures"))
    make.write_run(Path("run"), path)
    assert rates(Path("run"), "train.steps=43") == [pytest.approx(1e-3)] * 3
    assert ramp(Path("run"))["steps"] == 40


def test_a_kill_forgets_no_override(run: Path) -> None:
    going = Run.resume(run, ["train.steps=40", "optimizer.lr.steps=40"])
    steps = iter(going)
    next(steps)
    going.close()  # without a save, as if the process were killed
    assert len(rates(run)) == 20
    assert ramp(run)["steps"] == 40


@pytest.mark.parametrize("word", ["train.steps=20", "train.steps=7", "train.log_every=1"])
def test_nothing_to_do(gan: Gan, run: Path, word: str, history: History) -> None:
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    result = gan("train", "--resume", run, word)
    assert (result.exit_code, result.stdout) == (0, "runs/r\n")
    asked = ", and train.steps is 7" if word == "train.steps=7" else ""
    longer = "to train for longer: gan train --resume runs/r train.steps=40"
    assert result.stderr == f"runs/r: nothing to do: 20 steps are done{asked}; {longer}\n"
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert gan("train", "--resume", run, word, "--quiet").stderr == ""


def test_fewer_steps_than_are_done_of_a_run_that_goes_on(gan: Gan, load: Any, points: str) -> None:
    with Run.create(load(points)) as run:
        for _ in run:
            if run.step == 4:
                break
        run.save()
    result = gan("train", "--resume", run.directory, "train.steps=3")
    assert result.exit_code == 0
    way_on = f"to train for longer: gan train --resume {run.directory}\n"
    assert result.stderr == f"runs/r: nothing to do: 4 steps are done, and train.steps is 3; {way_on}"
    assert gan("train", "--resume", run.directory).exit_code == 0
    assert checkpoint.newest(run.directory).step == 6


@pytest.mark.parametrize(
    ("directory", "name"),
    [("runs/mine", "mine"), ("a run", "a run"), ("🙂", "🙂"), ("x\x1b[1m", "x\\x1b[1m"), ("x" * 255, "x" * 255)],
)
def test_a_run_is_called_by_its_directory(gan: Gan, write: Any, points: str, directory: str, name: str) -> None:
    assert gan("train", write(points), "--out", directory, "--quiet").exit_code == 0
    assert checkpoint.newest(Path(directory)).name == name
    result = gan("evaluate", directory, "--seeds", 1)
    assert f"step 6 of {name}, " in result.stdout
    assert gan("train", "--resume", directory, "train.steps=7").exit_code == 0


def test_a_run_without_a_name_of_its_own(load: Any, points: str) -> None:
    for name in ("r", "r-2"):
        with Run.create(load(points)) as run:
            assert run.recipe.name == name


@pytest.mark.parametrize("device", ["cuda:9", "mps"])
def test_a_device_that_is_not_here(gan: Gan, run: Path, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    result = gan("train", "--resume", run, "train.steps=21", f"device={device}")
    assert result.exit_code == 8
    assert result.stderr.endswith(
        f"resume on a device that is there: gan train --resume runs/r train.steps=21 device={device} device=auto\n"
    )


def test_a_plugin_of_another_version(install: Any, gan: Gan, load: Any, points: str) -> None:
    code = "from gancli.losses import NonSaturating\nclass Seen(NonSaturating):\n    pass\n"
    install("gan-seen", "gancli.losses", {"seen": "gan_seen:Seen"}, code)
    with Run.create(load(points, "loss=seen")) as run:
        for _ in run:
            pass
    path = RunFolder(run.directory).checkpoints()[0]
    saved = checkpoint.Checkpoint.load(path)
    saved.plugins["gan-seen"] = "0.9"
    saved.save(path)
    with Run.resume(run.directory, ["train.steps=8"]) as going:
        assert "saved with gan-seen 0.9, resumed with 1.0: it may train differently" in going.notices


def test_a_dry_run_of_a_resume_says_what_the_resume_would(gan: Gan, run: Path) -> None:
    refused = gan("train", "--resume", run, "optimizer.lr.to=1", "--dry-run")
    assert refused.exit_code == 2
    shown = gan("train", "--resume", run, "train.steps=40", "--dry-run")
    assert shown.exit_code == 0
    assert "note: optimizer.lr stays at 0.0001" in shown.stderr
    assert checkpoint.newest(run).recipe["train"]["steps"] == 20
