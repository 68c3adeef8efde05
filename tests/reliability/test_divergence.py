"""A number that is not finite stops a training before it reaches a weight, and what was saved stays good."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.errors import DivergedError
from gancli.run.after_step import AfterStep
from gancli.run.forecast import Forecast
from gancli.run.run import Run
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder
from gancli.training.finite import FiniteCheck

PACE = ["train.steps=9", "train.checkpoint_every=2"]
BROKEN = """
import torch
from torch import nn
from gancli.losses import NonSaturating

class Broken(nn.Module, NonSaturating):
    '''Right until a player's n-th step.'''

    def __init__(self, *, player: str = "generator", step: int = 5, how: str = "nan") -> None:
        nn.Module.__init__(self)
        NonSaturating.__init__(self)
        self.register_buffer("discriminator_steps", torch.zeros(()))
        self.register_buffer("generator_steps", torch.zeros(()))
        self.player, self.step, self.how = player, step, how

    def discriminator(self, real_logits, fake_logits):
        return self.broken("discriminator", super().discriminator(real_logits, fake_logits))

    def generator(self, fake_logits, real_logits=None):
        return self.broken("generator", super().generator(fake_logits))

    def broken(self, player, loss):
        if not loss.requires_grad:
            return loss
        steps = getattr(self, f"{player}_steps").add_(1)
        if player != self.player or steps != self.step:
            return loss
        if self.how == "gradient":
            return loss + torch.sqrt(loss - loss.detach())  # 0, with the gradient of the root of 0
        return loss * float(self.how)
"""
HOW = {"nan": "nan", "inf": "inf", "gradient": "the gradient of"}


@pytest.fixture
def broken(install: Callable[..., None]) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:Broken"}, BROKEN)


def weights(run: Run) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in run.training.gan.state_dict().items()}


@pytest.mark.parametrize("how", HOW)
@pytest.mark.parametrize("player", ["discriminator", "generator"])
@pytest.mark.parametrize("step", [3, 5])  # what breaks at once is found before there is a run
def test_the_player_whose_loss_breaks_does_not_move(
    load: Any, points: str, broken: None, player: str, how: str, step: int
) -> None:
    recipe = load(points, *PACE, f"loss={{name: broken, player: {player}, step: {step}, how: {how}}}")
    with Run.create(recipe) as run:
        before = weights(run)
        with pytest.raises(DivergedError) as raised:
            before.update((name, weight) for _ in run for name, weight in weights(run).items())
        after = weights(run)
    moved = {name.partition(".")[0] for name in after if not torch.equal(after[name], before[name])}
    assert player not in moved
    assert all(tensor.isfinite().all() for tensor in after.values())
    said = str(raised.value)
    assert said.startswith(
        f"step {step}: {'the gradient of ' + player if how == 'gradient' else f'the loss {player!r} is'}"
    )
    assert f"step-{step - 1:07d}.safetensors" in said


def weight_is_nan(run: Any) -> None:
    with torch.no_grad():
        next(run.training.gan.generator.parameters()).view(-1)[0] = torch.nan


def data_is_nan(run: Any) -> None:
    for value in vars(run.training.dataset).values():
        if isinstance(value, torch.Tensor) and value.is_floating_point():
            value.fill_(torch.nan)


def state_is_nan(run: Any) -> None:
    for state in run.training.optimizers["generator"].state.values():
        state["exp_avg"].fill_(torch.nan)


@pytest.mark.parametrize("damage", [weight_is_nan, data_is_nan, state_is_nan], ids=lambda it: it.__name__)
def test_damage_in_memory_is_never_saved(said_in: Any, write: Any, points: str, outcome: Any, damage: Any) -> None:
    """The latest checkpoint is named, is good, and the run resumes from it exactly."""
    recipe = write(points)

    def prepare() -> None:
        keep = AfterStep.__call__

        def damaged(after: Any, losses: Any) -> Any:
            if after._record.progress.step == 6:
                damage(after._opened)
            return keep(after, losses)

        AfterStep.__call__ = damaged  # type: ignore[method-assign]

    pace = ["train.steps=9", "train.checkpoint_every=1", "train.keep=1"]
    assert said_in("train", recipe, *pace, "--out", "whole", "--quiet") == (0, "")
    code, said = said_in("train", recipe, *pace, "--out", "run", "--quiet", prepare=prepare)
    assert code == 5, said
    (kept,) = RunFolder(Path("run")).checkpoints()
    assert str(kept) in said
    assert checkpoint.Checkpoint.load(kept).step in (5, 6)
    assert said_in("train", "--resume", "run", "--quiet") == (0, "")
    assert outcome(Path("run")).tensors == outcome(Path("whole")).tensors


@pytest.mark.parametrize(
    "changes",
    [
        ["optimizer={name: sgd, lr: 1e3}", "loss=wasserstein"],
        ["optimizer={name: sgd, lr: 1e38}", "loss=wasserstein"],
        ["optimizer={name: adam, lr: 1e38}"],
        ["optimizer={name: sgd, lr: 1e38}", "architecture.batch_norm=true"],
    ],
    ids=lambda changes: ",".join(changes),
)
def test_a_rate_that_is_too_high(said_in: Any, write: Any, points: str, outcome: Any, changes: list[str]) -> None:
    """It stops at a step, at the same one from anywhere, and whatever was saved can be sampled from."""
    recipe = write(points)
    pace = ["train.steps=300", "train.checkpoint_every=1", *changes]
    code, said = said_in("train", recipe, *pace, "--out", "run", "--quiet")
    assert code == 5, said
    assert said.startswith("gan: step ")
    assert "Try a smaller learning rate" in said
    if RunFolder(Path("run")).checkpoints():
        before = outcome(Path("run"))
        assert said_in("train", "--resume", "run", "--quiet") == (code, said)
        assert outcome(Path("run")) == before
        assert said_in("sample", "run", "--n", 4)[0] == 0
    assert [*Path("run").rglob("*.part")] == []


def test_a_loss_that_breaks_at_a_step_breaks_there_again(
    said_in: Any, write: Any, points: str, outcome: Any, install: Any
) -> None:
    """What fails is a function of the training's state alone, so a resume fails in the same way and harms nothing."""
    code = (
        "import torch\n"
        "from gancli.losses import NonSaturating\n"
        "class Dice(NonSaturating):\n"
        "    def generator(self, fake_logits, real_logits=None):\n"
        "        return super().generator(fake_logits) * (torch.nan if torch.rand(()) < 0.1 else 1)\n"
    )
    install("gan-dice", "gancli.losses", {"dice": "gan_dice:Dice"}, code)
    first = said_in(
        "train", write(points), "loss=dice", "train.steps=500", "train.checkpoint_every=3", "--out", "run", "--quiet"
    )
    assert first[0] == 5
    assert "the loss 'generator' is nan" in first[1]
    before = outcome(Path("run")).tensors
    assert said_in("train", "--resume", "run", "--quiet") == first
    assert outcome(Path("run")).tensors == before


NAN = """
from gancli.losses import NonSaturating
class Loss(NonSaturating):
    calls = 0
    def discriminator(self, real_logits, fake_logits):
        Loss.calls += real_logits.requires_grad and len(real_logits) == 8  # a step of the training
        return super().discriminator(real_logits, fake_logits) * (float("nan") if Loss.calls >= FIRST else 1)
"""


@pytest.mark.parametrize("first", [1, 100])
def test_a_plugin_is_named_if_its_loss_is_nan_at_the_first_step(
    gan: Any, install: Any, write: Any, points: str, first: int
) -> None:
    install(f"gan-nan{first}", "gancli.losses", {"nan": f"gan_nan{first}:Loss"}, NAN.replace("FIRST", str(first)))
    result = gan("train", write(points), "loss=nan", "train.steps=200", "--quiet")
    assert result.exit_code in (5, 6)
    if first == 100:
        assert "Try a smaller learning rate" in result.stderr
    else:
        assert "loss 'nan' of gan-nan1 1.0" in result.stderr
        assert "learning rate" not in result.stderr


def defer(run: Run) -> None:
    """Test the steps of a run as on a GPU, once it is known how long they take."""
    run.training.check = FiniteCheck(deferred=True)
    run._forecaster.forecast = Forecast(step_seconds=1, seconds=1, memory=1, disk=1)


@pytest.mark.parametrize("how", HOW)
def test_a_deferred_test_ends_in_the_same_error_and_saves_nothing_after_it(
    load: Any, points: str, broken: None, how: str
) -> None:
    """As on a GPU: the step is known when the losses are logged, or when the training is to be saved."""
    pace = ["train.steps=9", "train.checkpoint_every=4", "train.log_every=8"]
    recipe = load(points, *pace, f"loss={{name: broken, player: discriminator, step: 6, how: {how}}}")
    said, kept = [], []
    for deferred in (False, True):
        with Run.create(recipe) as run:
            if deferred:
                defer(run)
            with pytest.raises(DivergedError) as raised:
                list(run)
        assert raised.value.step == 6
        said.append(str(raised.value).replace(f"runs/{run.folder.name}/", ""))
        kept.append([run.training.gan.state_dict(), [path.name for path in run.folder.checkpoints()]])
    assert said[0] == said[1]
    assert kept[0][1] == kept[1][1] == ["step-0000004.safetensors"]
    for name, tensor in kept[0][0].items():
        assert torch.equal(tensor, kept[1][0][name]) or name.endswith("_steps"), name


def test_a_stop_between_two_logs_saves_no_broken_step(load: Any, points: str, broken: None) -> None:
    pace = ["train.steps=9", "train.checkpoint_every=4", "train.log_every=9"]
    recipe = load(points, *pace, "loss={name: broken, player: discriminator, step: 6, how: nan}")
    run = Run.create(recipe)
    defer(run)
    with pytest.raises(DivergedError, match="step 6: the loss 'discriminator' is nan"), run:
        list(itertools.islice(run, 7))
    assert run.step == 7
    assert [path.name for path in run.folder.checkpoints()] == ["step-0000004.safetensors"]
