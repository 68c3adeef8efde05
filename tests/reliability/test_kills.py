"""Killed with SIGKILL at any instant, in chains, a training ends in the same bits as one that was left alone."""

import itertools
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import recipe
from gancli.run.run import Run
from gancli.run.verification import verify

PACE = ["train.steps=120", "train.log_every=1", "train.checkpoint_every=13", "train.sample_every=17"]
WGAN_GP = ["loss=wasserstein", "penalties=[gradient-penalty]", "train.k_steps=5"]
STREAMED = ["dataset.memory_mb=0", "dataset.workers=2", "dataset.flip=true"]
RECIPES = {"plain": [], "conditional": [], "wgan-gp": WGAN_GP, "workers": STREAMED}
CHAINS = [
    pytest.param("workers", 1),  # every process of a training takes seconds to start; the command below kills wgan-gp
    *(pytest.param(name, 2, marks=pytest.mark.full) for name in RECIPES),
    *(pytest.param(name, 15, marks=pytest.mark.full) for name in RECIPES),
    *(pytest.param(name, 100, marks=pytest.mark.night) for name in RECIPES),
]


@pytest.fixture
def written(
    write: Callable[..., Path], points: str, pictures: str, digits: str
) -> Callable[[str], tuple[Path, list[str]]]:
    """``written(name)`` is one of the four recipes, as a file and what is changed of it."""
    texts = {"plain": points, "conditional": digits, "wgan-gp": points, "workers": pictures}
    return lambda name: (write(texts[name]), RECIPES[name])


@pytest.mark.parametrize(("name", "kills"), CHAINS)
def test_killed_and_left_alone_are_the_same(written: Any, name: str, kills: int) -> None:
    path, changes = written(name)
    said: list[str] = []
    result = verify(str(path), [*PACE, *changes], Path("verify"), kills=kills, seed=0, report=said.append)
    assert result.differences == []
    assert result.interrupted.step == 120
    assert len([line for line in said if line.startswith("killed")]) == kills
    assert [*Path("verify/interrupted").rglob("*.part")] == []


def stops(steps: int, batch: int, examples: int) -> list[int]:
    """After the first step, in an epoch, around its end, before the last step, and after it."""
    epoch = examples // batch
    return sorted({1, epoch // 2 + 1, epoch, epoch + 1, steps - 1, steps})


def train(text: Any, directory: str, *, stop: int | None = None, overrides: list[str]) -> Path:
    with Run.create(text(*overrides), Path(directory)) as run:
        for _ in itertools.islice(run, stop):
            pass
        run.save()
    if stop is not None:
        with Run.resume(run.directory) as run:
            for _ in run:
                pass
    return run.directory


@pytest.mark.parametrize("ema", ["0.9", pytest.param("0", marks=pytest.mark.full)])
@pytest.mark.parametrize("flip", ["true", pytest.param("false", marks=pytest.mark.full)])
@pytest.mark.parametrize(
    ("workers", "some"),
    [("0", slice(None)), ("2", slice(1, 3)), pytest.param("2", slice(None), marks=pytest.mark.full)],
    ids=["0", "2", "2-all"],
)
def test_a_resume_from_any_step_is_the_same_with_and_without_workers(
    load: Callable[..., recipe.Recipe], pictures: str, outcome: Any, workers: str, some: slice, flip: str, ema: str
) -> None:
    """With workers, which take seconds to start, from the steps around the end of an epoch; from the others in full."""

    def text(*overrides: str) -> recipe.Recipe:
        return load(pictures, *overrides)

    common = [f"dataset.flip={flip}", f"train.ema={ema}", "train.k_steps=2", "dataset.memory_mb=0"]
    alone = outcome(train(text, "alone", overrides=[*common, "dataset.workers=0"]))
    for stop in stops(steps=6, batch=8, examples=20)[some]:
        stopped = train(text, f"stopped-{stop}", stop=stop, overrides=[*common, f"dataset.workers={workers}"])
        assert outcome(stopped) == alone, f"stopped at step {stop}"


def test_verify_says_so_when_the_two_differ(
    gan: Callable[..., Any],
    write: Callable[..., Path],
    points: str,
    install: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """A component whose randomness no seed reaches cannot be resumed exactly, and the user gets a message."""
    code = (
        "import random, torch\n"
        "from torch import nn\n"
        "from gancli.losses import NonSaturating\n"
        "class Dice(nn.Module, NonSaturating):\n"
        "    def __init__(self):\n"
        "        nn.Module.__init__(self)\n"
        "        NonSaturating.__init__(self)\n"
        "        self.calls = nn.Buffer(torch.zeros(()))\n"
        "    def generator(self, fake_logits, real_logits=None):\n"
        "        self.calls += 1  # so late that no trial finds it\n"
        "        return super().generator(fake_logits) * (random.random() if self.calls > 3 else 1)\n"
    )
    install("gan-dice", "gancli.losses", {"dice": "gan_dice:Dice"}, code)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "site"), prepend=os.pathsep)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    result = gan("verify", write(points), "loss=dice", "--kills", "1", "--steps", "12")
    assert result.exit_code == 1
    assert "NOT the same" in result.stdout
    assert "tensors, " in result.stderr
    assert "the history" in result.stderr
    (kept,) = tmp_path.glob("gan-verify-*")
    assert str(kept) in result.stderr
    assert {path.name for path in kept.iterdir()} == {"uninterrupted", "interrupted"}


def test_verify_prints_the_digests_and_leaves_nothing(
    gan: Callable[..., Any], write: Callable[..., Path], points: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    result = gan("verify", write(points), *WGAN_GP, "--kills", "2", "--steps", "120")
    assert result.exit_code == 0
    assert result.stderr.count("killed at step") == 2
    result, *lines = result.stdout.splitlines()
    assert result == "bit-identical"
    assert len({line.split()[-1] for line in lines}) == 1
    assert len(lines) == 2
    assert list(tmp_path.glob("gan-verify-*")) == []
