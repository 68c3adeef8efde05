"""One step of a training, as an iteration over the run gives it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from torch import Tensor

from gancli.losses import Losses
from gancli.run.record import to_floats
from gancli.sampling.samples import Samples

if TYPE_CHECKING:
    from gancli.run.run import Run


@dataclass(frozen=True, eq=False, repr=False)
class Step(Mapping[str, Tensor]):
    """One step of a training: the discriminator's k steps, and the generator's.

    As a mapping it has the losses by name as the step left them: scalar tensors on the device of the training.

    Attributes:
        run: the training.
        number: steps that are done, those before a resume too.
        tensors: what the mapping has.
        seconds: of training so far, those before a resume too.
        steps_per_second: on average since the training was started or resumed here.
        warnings: of the monitor, those that came with this step.
        metrics: of the evaluation of this step; empty if there was none.
        checkpoint: the file that this step was saved to; None if it was not.
    """

    run: "Run"
    number: int
    tensors: Losses
    seconds: float
    steps_per_second: float
    warnings: tuple[str, ...]
    metrics: Mapping[str, float]
    checkpoint: Path | None

    @cached_property
    def losses(self) -> dict[str, float]:
        """The losses as numbers, by name. On a GPU the first look waits for the step; the mapping's tensors do not."""
        return to_floats(self.tensors)

    def samples(self, n: int = 64) -> Samples:
        """``n`` samples as the networks draw them now, of noise that is the same at every step; it disturbs nothing.

        Of points it is 2,500 samples, and of a model that translates at most 16 translations of the same images.
        """
        return self.run.samples(n)

    @property
    def directory(self) -> Path:
        """Where the run is."""
        return self.run.directory

    def __getitem__(self, name: str) -> Tensor:
        return self.tensors[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.tensors)

    def __len__(self) -> int:
        return len(self.tensors)

    def __repr__(self) -> str:
        losses = ", ".join(f"{name} {value:.3f}" for name, value in self.losses.items())
        return f"<step {self.number:,} of {self.run.recipe.train.steps:,}: {losses}>"
