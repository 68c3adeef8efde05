"""What a training takes on its device: time, memory and disk."""

import math
import multiprocessing
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from gancli.build import Training
from gancli.errors import plural
from gancli.recipe import Recipe
from gancli.run import state
from gancli.run.step_times import StepTimes

WARM_UP = 2  # steps that are slower than others: memory is taken, kernels are chosen
MEASURED_SECONDS = 2.0  # at least, before a training says how long it takes,
MEASURED_TIMES = 2  # and steps of each kind
PATIENCE_SECONDS = 30.0  # after which it says so, however little was measured
COPIES = 2  # of a checkpoint, which safetensors holds in memory while it is written
SHORT = 30.0  # seconds; a shorter training has no forecast


@dataclass(frozen=True)
class Forecast:
    """What a training takes on its device."""

    step_seconds: float
    seconds: float  # of the whole training, or of what is left of one that is resumed
    memory: int  # bytes
    disk: int  # bytes
    is_left: bool = False
    is_gpu: bool = False
    evaluations: int = 0  # whose time is not counted
    is_least: bool = False  # a lazy term was not due yet, and it may take more memory

    def __str__(self) -> str:
        whole = f"{_duration(self.seconds)} {'left' if self.is_left else 'in all'}"
        evaluations = f"{self.evaluations:,} {plural('evaluation', self.evaluations)}"
        uncounted = f" without its {evaluations}" if self.evaluations else ""
        least = "at least " * self.is_least
        space = f"{least}{_size(self.memory)} of {'GPU ' * self.is_gpu}memory, {_size(self.disk)} of disk"
        return f"about {_short_time(self.step_seconds)} a step here, {whole}{uncounted}; {space}"


class Forecaster:
    """Watches the first steps of a training; ``forecast`` is there once they say enough.

    Args:
        step: the steps that are done.
        picture: bytes of a picture of the samples.
    """

    def __init__(self, recipe: Recipe, training: Training, step: int, picture: int) -> None:
        self.forecast: Forecast | None = None
        self._recipe, self._training, self._first, self._picture = recipe, training, step, picture
        self._times = StepTimes(training.gan)

    def after_step(self, step: int, seconds: float) -> None:
        """Record how long the step took that made ``step`` of them."""
        if self.forecast is not None or step <= self._first + WARM_UP:
            return
        self._times.add(step - 1, seconds)
        times = self._times
        if times.total < MEASURED_SECONDS or step == self._recipe.train.steps:
            return
        if times.least_measured >= MEASURED_TIMES or times.total >= PATIENCE_SECONDS:
            self.forecast = of(self._recipe, self._training, times, self._first, self._picture)

    @property
    def line(self) -> str:
        """What the training takes, in words; empty if that is not known yet, or if it is short."""
        return "" if self.forecast is None or self.forecast.seconds < SHORT else str(self.forecast)


def of(recipe: Recipe, training: Training, times: StepTimes, step: int, picture: int) -> Forecast:
    """The forecast of a training in which some steps were timed.

    Args:
        step: the steps that were done before.
        picture: bytes of a picture of the samples.
    """
    settings = recipe.train
    left = settings.steps - step
    checkpoints = settings.keep + 1 + bool(settings.evaluate_every)  # the one that is being written, and the best
    saved = state.state_dict(training)[0].values()
    checkpoint = sum(tensor.numel() * tensor.element_size() for tensor in saved)
    pictures = math.ceil(left / settings.sample_every) + 1
    is_gpu = training.device.type == "cuda"
    return Forecast(
        step_seconds=times.mean,
        seconds=times.mean * left,
        memory=torch.cuda.max_memory_reserved(training.device) if is_gpu else _memory(COPIES * checkpoint),
        disk=checkpoints * checkpoint + pictures * picture,
        is_left=step > 0,
        is_gpu=is_gpu,
        evaluations=math.ceil(left / settings.evaluate_every) if settings.evaluate_every else 0,
        is_least=times.least_measured == 0,
    )


def _memory(saving: int) -> int:
    """The bytes of memory that this process had at most, or will have when it saves, and those of its workers.

    Args:
        saving: what it takes then, besides what it has between two steps.
    """
    unit = 1 if sys.platform == "darwin" else 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    now = _resident(os.getpid()) or most
    return max(most, now + saving) + sum(_resident(child.pid) for child in multiprocessing.active_children())


def _resident(process: int | None) -> int:
    """The bytes of memory of another process; 0 where the system does not say."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _short_time(seconds: float) -> str:
    """``13 ms``, ``0.42 s``, ``75 s``."""
    if seconds < 0.1:
        return f"{1000 * seconds:.2g} ms"
    return f"{seconds:.2g} s" if seconds < 10 else f"{seconds:.0f} s"


def _duration(seconds: float) -> str:
    """``65 s``, ``3.8 minutes``, ``35 minutes``, ``3.2 hours``, ``5 days``."""
    for unit, length, most in (("s", 1, 90), ("minutes", 60, 90), ("hours", 3600, 48)):
        if seconds / length < most:
            digits = 1 if length > 1 and seconds / length < 9.95 else 0
            return f"{seconds / length:.{digits}f} {unit}"
    return f"{seconds / 86400:,.0f} days"


def _size(number: int) -> str:
    """``0.3 MB``, ``120 MB``, ``1.3 GB``."""
    unit, length = ("GB", 1e9) if number >= 1e9 else ("MB", 1e6)
    return f"{number / length:,.{1 if number < 10 * length else 0}f} {unit}"
