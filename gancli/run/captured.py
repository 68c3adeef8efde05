"""``train.cuda_graph``: the steps of a training, recorded as CUDA graphs after a few that are made as usual."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gancli.build import Training
from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.recipe import Recipe
from gancli.run.step_times import Kind, due
from gancli.training import processes
from gancli.training.finite import Tested, can_skip_a_step
from gancli.training.graphs import Recorder, Replay
from gancli.training.learning_rates import LearningRates
from gancli.training.operations import Operations, obstacle

WARM_UP = 4  # steps of a kind that are made as usual, of which the first may also make the optimizers' state
Loop = Callable[[Iterator[Batch]], Iterator[Losses]]


def reason_against(recipe: Recipe, training: Training) -> str:
    """Why no step of a training can be recorded; empty if nothing is known before the first ones."""
    if training.device.type != "cuda":
        return f"it needs a GPU with CUDA; this training is on {training.device}"
    if processes.size() * recipe.train.accumulate > 1:
        return "a minibatch in several shares is not recorded"
    for player, optimizer in training.optimizers.items():
        if not can_skip_a_step(optimizer):
            return f"the {player}'s optimizer, {type(optimizer).__name__}, has no fused kernel"
    ramp = next((schedule.option for schedule in training.schedules if schedule.option != "lr"), None)
    return f"the optimizer's {ramp} changes from step to step" if ramp else ""


def notice(reason: str) -> str:
    """What the user should know of steps that are not recorded."""
    return f"train.cuda_graph: {reason}; such steps are made as usual"


@dataclass
class _Graph:
    """One kind of step, recorded: its results are in the same tensors after every replay."""

    replay: Replay
    losses: list[str]
    records: list[str]
    values: Tensor  # of the losses, then of the records
    tests: list[Tested]
    gradients: dict[Tensor, Tensor | None]


@dataclass
class _Kind:
    """One kind of step: how the first ones went, and its graph; without either, it is made as usual."""

    is_usual: bool
    warm_up: list[Operations] = field(default_factory=list)
    graph: _Graph | None = None


class CapturedSteps(Iterator[Losses]):
    """Steps of Algorithm 1, of which each kind is recorded as a graph and then replayed.

    A graph repeats the same operations on the same memory. So a fresh minibatch is copied to where the recorded one
    was, and the learning rates and the weight of the average are numbers on the device. Whatever else the CPU decides
    must be the same in every step of a kind: steps whose operations differ, or that wait for the device, are made as
    usual, and ``note`` is called once.

    Args:
        loop: Algorithm 1 on minibatches; what it does between two of its results is recorded.
        fresh: minibatches, all of one size.
        k: minibatches of a step.
    """

    def __init__(
        self,
        training: Training,
        loop: Loop,
        fresh: Iterator[Batch],
        k: int,
        recorder: Recorder,
        note: Callable[[str], None],
    ) -> None:
        self._training, self._fresh, self._k, self._recorder, self._note = training, fresh, k, recorder, note
        self._start, self._loop = loop, loop(self._batches())
        self._batch: list[Batch] = []  # those of a step, always in the same memory
        self._rates = LearningRates([*training.optimizers.values()], training.device)
        self._weight = torch.ones((), device=training.device)  # of the current values in the average
        self._kinds: dict[Kind, _Kind] = {}
        self._addresses = _addresses(training)
        self._last: _Graph | None = None
        self._is_noted = self._is_over = False

    def __next__(self) -> Losses:
        """Make the next step; the losses are in tensors of their own."""
        self._take_minibatches()
        if self._training.average is not None:
            self._weight.fill_(self._training.average.next_weight())
        kind = self._kinds.setdefault(due(self._training.gan, self._training.gan.step), _Kind(self._is_over))
        if kind.graph is None and not kind.is_usual and len(kind.warm_up) >= WARM_UP:
            self._record(kind)
        if kind.graph is not None:
            return self._replayed(kind.graph)
        self._last = None
        if kind.is_usual:
            return self._as_usual(nullcontext())
        kind.warm_up.append(operations := Operations(self._training.device))
        losses = self._as_usual(operations)
        self._require_addresses()
        return losses

    def _batches(self) -> Iterator[Batch]:
        while True:
            yield from self._batch

    @torch.no_grad()
    def _take_minibatches(self) -> None:
        fresh = [next(self._fresh) for _ in range(self._k)]
        self._batch = self._batch or [tuple(map(torch.clone, batch)) for batch in fresh]
        torch._foreach_copy_([*sum(self._batch, ())], [*sum(fresh, ())])

    def _as_usual(self, watched: AbstractContextManager[object]) -> Losses:
        """A step that is not recorded, made within ``watched``."""
        with self._recorder.aside(), self._rates.on_device(), watched:
            return self._step()

    def _step(self) -> Losses:
        losses, training = next(self._loop), self._training
        if training.average is not None:
            training.average.move(training.gan.generator, self._weight)
        return losses

    def _record(self, kind: _Kind) -> None:
        """Record a step, or find out that it cannot be."""
        if not (reason := obstacle(kind.warm_up[1:])):
            try:
                kind.graph = self._graph()
            except RuntimeError as error:
                reason = str(error).partition("\n")[0]
                self._loop = self._start(self._batches())  # an error ends an iterator
        kind.warm_up.clear()
        if reason:
            kind.is_usual = True
            self._say(reason)

    def _require_addresses(self) -> None:
        """Forget all graphs once a step has replaced a tensor that they may read."""
        now = _addresses(self._training)
        if moved := next((name for name, address in self._addresses.items() if now.get(name) != address), ""):
            self._is_over, self._kinds = True, {}
            self._say(f"the tensor {moved!r} is replaced, where a graph needs it to be changed in place")

    def _say(self, reason: str) -> None:
        if not self._is_noted:
            self._is_noted = True
            self._note(notice(reason))

    def _graph(self) -> _Graph:
        gan = self._training.gan

        def work() -> tuple[list[str], list[str], Tensor]:
            losses, records = self._step(), gan.records
            values = [value.detach().reshape(()) for value in (*losses.values(), *records.values())]
            return [*losses], [*records], torch.stack(values)

        gan.records = {}
        with self._training.check.recording() as tests, self._rates.on_device():
            (losses, records, values), replay = self._recorder.record(work)
        return _Graph(replay, losses, records, values, tests, {weight: weight.grad for weight in gan.parameters()})

    def _replayed(self, graph: _Graph) -> Losses:
        if self._last is not graph:  # another kind of step has gradients elsewhere
            self._last = graph
            for weight, gradient in graph.gradients.items():
                weight.grad = gradient
        self._rates.fill()
        graph.replay()
        self._training.check.repeat(graph.tests)
        values = graph.values.clone().unbind()  # the next replay overwrites them
        losses = dict(zip(graph.losses, values, strict=False))
        self._training.gan.records = dict(zip(graph.records, values[len(losses) :], strict=True))
        return losses


def _addresses(training: Training) -> dict[str, int]:
    """The addresses of the weights and buffers of a game in memory, by name."""
    gan = training.gan
    return {name: tensor.data_ptr() for name, tensor in (*gan.named_parameters(), *gan.named_buffers())}
