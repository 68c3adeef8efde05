"""Steps that are recorded as graphs and replayed: on a CPU, with a tape in place of a CUDA graph."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancli
from gancli import build
from gancli.build import Training
from gancli.errors import DivergedError
from gancli.models.terms import Terms
from gancli.penalties import R1
from gancli.penalties.base import squared_gradient_norm
from gancli.recipe import Recipe
from gancli.run import captured, state, steps
from gancli.run.notices import notices
from gancli.storage import checkpoint
from gancli.storage.history import read_history
from gancli.training.finite import FiniteCheck
from tests.run.tape import Tape, TapeRecorder

Load = Callable[..., Recipe]
STEPS = 24
DCGAN = "architecture={name: dcgan, width: 2, blocks: 2}"
RECIPES = {
    "cgan": [],
    "ramp": ["optimizer={name: adamw, lr: {from: 0.01, to: 0.001, shape: cosine}}"],
    "sgd": ["optimizer={name: sgd, momentum: 0.5, lr: {from: 0.1, to: 0.01}}", "train.ema_warmup=false"],
    "lazy": ["penalties=[{name: r1, every: 4}]", "regularisers=[{name: path-length, every: 3}]"],
    "k steps": ["train.k_steps=3", "penalties=[gradient-penalty]", "loss=wasserstein"],
    "batch norm": ["architecture={name: dcgan, width: 2, blocks: 2, discriminator_norm: batch}", "penalties=[r1]"],
    "spectral norm": ["architecture={name: dcgan, width: 2, blocks: 2, discriminator_norm: spectral}"],
    "ada": [DCGAN, "augmentation={name: ada, speed: 1000}"],
    "diffaugment": [DCGAN, "augmentation=diffaugment"],
    "bf16": ["precision=bf16"],
    "no average": ["train.ema=0"],
}


@pytest.fixture
def tapes(monkeypatch: pytest.MonkeyPatch) -> TapeRecorder:
    """Has a CPU record graphs, as a GPU does."""
    recorder = TapeRecorder()
    monkeypatch.setattr("gancli.run.steps.recorder", lambda _: recorder)
    reason_against = captured.reason_against

    def as_on_a_gpu(recipe: Recipe, training: Training) -> str:
        return reason_against(recipe, replace(training, device=torch.device("cuda")))

    for place in ("steps", "captured"):
        monkeypatch.setattr(f"gancli.run.{place}.reason_against", as_on_a_gpu)
    monkeypatch.setattr("gancli.augmentations.ada.is_known_zero", lambda _: False)
    return recorder


def trained(recipe: Recipe, training: Training, first: int = 0, last: int = STEPS, **options: Any) -> list[Any]:
    """What every step gives: the losses, the records, and the generator's gradients."""
    loop, found = steps.loop(recipe, training, first, **options), []
    for step in range(first, last):
        steps.set_step(training, step)
        losses = next(loop)
        gradients = [weight.grad.clone() for weight in training.gan.generator.parameters() if weight.grad is not None]
        found.append((losses, training.gan.records, gradients))
        training.gan.records = {}
    training.check.raise_first()
    return found


def deferred(recipe: Recipe) -> Training:
    training = build.training(recipe)
    training.check = FiniteCheck(deferred=True)
    return training


def weights(training: Training) -> Tensor:
    return torch.cat([weight.detach().flatten() for weight in training.gan.generator.parameters()])


def same(one: Any, two: Any) -> bool:
    if isinstance(one, Tensor):
        return torch.equal(one, two)
    if isinstance(one, dict):
        return one.keys() == two.keys() and all(same(one[key], two[key]) for key in one)
    return len(one) == len(two) and all(map(same, one, two))


@pytest.mark.parametrize("name", RECIPES)
def test_replayed_steps_are_the_same_to_the_bit(load: Load, digits: str, tapes: TapeRecorder, name: str) -> None:
    recipe = load(digits, f"train.steps={STEPS}", "train.ema=0.9", *RECIPES[name], "train.cuda_graph=true")
    notes: list[str] = []
    results = []
    for options in ({}, {"note": notes.append}):
        training = deferred(recipe)
        results.append((trained(recipe, training, **options), state.state_dict(training)))
    assert notes == []
    assert len(tapes.replays) >= (4 if name == "lazy" else STEPS - captured.WARM_UP)
    (usual, (tensors, numbers)), (replayed, (replayed_tensors, replayed_numbers)) = results
    assert same(usual, replayed)
    assert same(tensors, replayed_tensors)
    assert numbers == replayed_numbers


def test_each_kind_of_step_is_recorded_once(load: Load, digits: str, tapes: TapeRecorder) -> None:
    recipe = load(digits, "penalties=[{name: r1, every: 4}]", "train.cuda_graph=true")
    trained(recipe, deferred(recipe), note=pytest.fail)
    assert len(tapes.tapes) == 2
    assert tapes.replays.count(0) == 18 - captured.WARM_UP  # of 24 steps, R1 is due in 6
    assert tapes.replays.count(1) == 6 - captured.WARM_UP


def test_a_step_that_is_not_finite_is_named_and_nothing_moves_after_it(
    load: Load, digits: str, tapes: TapeRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load(digits, "train.k_steps=2", "train.cuda_graph=true")
    training, take, number = deferred(recipe), captured.CapturedSteps._take_minibatches, 14

    def taken(captured_steps: captured.CapturedSteps) -> None:
        take(captured_steps)
        if training.gan.step + 1 == number:  # the second minibatch of the two
            captured_steps._batch[1][0].fill_(torch.nan)

    monkeypatch.setattr(captured.CapturedSteps, "_take_minibatches", taken)
    trained(recipe, training, last=number - 1, note=pytest.fail)
    before = weights(training)
    training = deferred(recipe)
    with pytest.raises(DivergedError, match="the loss 'discriminator' is nan") as raised:
        trained(recipe, training, last=number + 6, note=pytest.fail)
    assert raised.value.step == number
    assert len(tapes.replays) > number
    assert torch.equal(weights(training), before)


def test_a_step_after_others_that_were_looked_at_is_named(
    load: Load, digits: str, tapes: TapeRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load(digits, "train.cuda_graph=true")
    training = deferred(recipe)
    loop = steps.loop(recipe, training, note=pytest.fail)
    for step in range(20):
        steps.set_step(training, step)
        if step == 17:
            next(training.gan.generator.parameters()).data.fill_(torch.inf)
        next(loop)
        if step in (3, 9):  # as for a line of the history
            training.check.raise_first()
    with pytest.raises(DivergedError) as raised:
        training.check.raise_first()
    assert raised.value.step == 18


def test_a_run_is_the_same_whether_its_steps_are_recorded_and_resumes_to_the_bit(
    write: Any, digits: str, tapes: TapeRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = build.training

    def made(*arguments: Any) -> Training:
        training = make(*arguments)
        training.check = FiniteCheck(deferred=True)
        return training

    monkeypatch.setattr("gancli.build.training", made)
    lazy = "penalties=[{name: r1, every: 4}]"
    recipe, options = write(digits), ["train.steps=30", "train.log_every=7", "train.sample_every=9", lazy]
    list(gancli.train(recipe, *options, out="usual"))
    list(gancli.train(recipe, *options, "train.cuda_graph=true", out="recorded"))
    made_before = len(tapes.replays)
    list(gancli.train(recipe, *options, "train.steps=13", "train.cuda_graph=true", out="resumed"))
    assert [step.number for step in gancli.train("train.steps=30", resume="resumed")] == [*range(14, 31)]
    assert len(tapes.replays) > made_before > 20
    usual, recorded, resumed = (checkpoint.newest(Path(run)) for run in ("usual", "recorded", "resumed"))
    assert same(usual.tensors, recorded.tensors)
    assert same(usual.tensors, resumed.tensors)
    assert usual.scalars == recorded.scalars
    logs = [[{**line, "seconds": 0} for line in read_history(Path(run))] for run in ("usual", "recorded")]
    assert logs[0] == logs[1]


def test_a_cpu_says_that_it_has_no_cuda(gan: Any, write: Any, digits: str) -> None:
    result = gan("train", write(digits), "train.cuda_graph=true", "--out", "run")
    assert result.exit_code == 0
    assert result.stderr.count("train.cuda_graph") == 1
    assert (
        "train.cuda_graph: it needs a GPU with CUDA; this training is on cpu; such steps are made as usual"
        in result.stderr
    )


@pytest.mark.parametrize(
    ("override", "reason"),
    [
        ("train.accumulate=2", "a minibatch in several shares is not recorded"),
        ("optimizer={name: rmsprop, lr: 1e-3}", "the discriminator's optimizer, RMSprop, has no fused kernel"),
        ("optimizer.weight_decay={from: 0, to: 0.1}", "the optimizer's weight_decay changes from step to step"),
    ],
)
def test_what_is_known_before_is_said_before(
    load: Load, digits: str, tapes: TapeRecorder, override: str, reason: str
) -> None:
    recipe = load(digits, "train.cuda_graph=true", override)
    training = build.training(recipe)
    assert captured.notice(reason) in notices(recipe, training)
    trained(recipe, training, last=8, note=pytest.fail)
    assert tapes.tapes == []


def test_a_notice_in_between_is_shown_once(
    gan: Any, write: Any, digits: str, tapes: TapeRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.penalties.R1.__call__", Waiting.__call__)
    result = gan("train", write(digits), "train.steps=20", "penalties=[r1]", "train.cuda_graph=true", "--out", "run")
    assert result.exit_code == 0
    assert result.stderr.count("note: train.cuda_graph: aten._local_scalar_dense.default in run/test_captured.py") == 1
    assert [line["step"] for line in read_history(Path("run")) if "notice" in line] == [4]


class Stepwise(R1):
    """A penalty with a number that Python changes from step to step."""

    def __call__(self, critic: Any, real: Tensor, fake: Tensor) -> Tensor:
        self.gamma += 1
        return super().__call__(critic, real, fake)


class Waiting(R1):
    def __call__(self, critic: Any, real: Tensor, fake: Tensor) -> Tensor:
        value = self.gamma / 2 * squared_gradient_norm(critic, real).mean()
        return value if float(value.detach()) >= 0 else -value


class Replacing(R1, nn.Module):
    """A penalty with a buffer that is replaced."""

    def __init__(self) -> None:
        nn.Module.__init__(self)
        R1.__init__(self)
        self.mean = nn.Buffer(torch.zeros(()))

    def __call__(self, critic: Any, real: Tensor, fake: Tensor) -> Tensor:
        value = super().__call__(critic, real, fake)
        self.mean = value.detach() + self.mean
        return value


@pytest.mark.parametrize(
    ("penalty", "reason"),
    [
        (Stepwise, "aten.mul.Tensor in penalties/r1.py, line N differs from step to step"),
        (Waiting, "aten._local_scalar_dense.default in run/test_captured.py, line N waits for the device"),
        (Replacing, "the tensor 'penalties.r1.mean' is replaced, where a graph needs it to be changed in place"),
    ],
)
@pytest.mark.parametrize("every", [1, 9])
def test_what_cannot_be_recorded_is_made_as_usual_and_noted_once(
    load: Load, digits: str, tapes: TapeRecorder, penalty: type[R1], reason: str, every: int
) -> None:
    recipe = load(digits, f"penalties=[{{name: r1, every: {every}}}]", "train.cuda_graph=true")
    results, notes = [], []
    for options in ({}, {"note": notes.append}):
        training = deferred(recipe)
        term = penalty()
        term.every = every
        training.gan.penalties = Terms({"r1": term})
        results.append((trained(recipe, training, last=50, **options), state.state_dict(training)[0]))
    assert same(*results)
    (note,) = notes
    assert re.sub(r"line \d+", "line N", note) == f"train.cuda_graph: {reason}; such steps are made as usual"
    assert bool(tapes.replays) == (every == 9)  # where the penalty is not due


def test_an_error_of_the_record_is_noted_and_the_step_is_made(
    load: Load, digits: str, tapes: TapeRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = load(digits, "train.cuda_graph=true")
    usual = trained(recipe, deferred(recipe))

    def refuse(work: Callable[[], object]) -> None:
        before = torch.get_rng_state()
        with Tape() as tape, pytest.MonkeyPatch.context() as patch:
            patch.setattr(Tensor, "backward", fail)
            try:
                work()
            finally:
                tape.rewind()
                torch.set_rng_state(before)

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("CUDA error: operation not permitted when stream is capturing\nmore lines")

    monkeypatch.setattr(tapes, "record", refuse)
    notes: list[str] = []
    assert same(usual, trained(recipe, deferred(recipe), note=notes.append))
    assert notes == [
        "train.cuda_graph: CUDA error: operation not permitted when stream is capturing; such steps are made as usual"
    ]
