"""The record of how an extractor was made, which its file holds beside the weights."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import torch
from pydantic import ConfigDict, Field, TypeAdapter

from gancli.data import DataSpec
from gancli.extractors.networks import INPUT_SIDE

MIN_HELD_OUT = 100  # images; on fewer, an accuracy is known to a few per cent at best
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Record:
    """How an extractor was made."""

    network: Literal["classifier-v1", "random-v1", "digits-v1", "patch-pca-v1"]
    data: DataSpec  # of the images that it takes
    dataset: str  # that it was made from, in words
    fingerprint: str  # of that dataset
    examples: int  # that it has learned from; the others were held out
    seed: int
    recipe: str  # of the training, in words
    images_seen: Annotated[int, Field(alias="looks")] = 0  # in training, each again and again
    held_out: int = 0  # examples that its accuracy was measured on
    accuracy: Share | None = None  # None: it knows no classes
    gate: Share = 0.0  # the accuracy that its features are trusted from
    torch: str = torch.__version__
    format: Literal[1] = 1

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid")

    @property
    def caveat(self) -> str:
        """A warning to a reader of the numbers that it gives; empty if there is none."""
        notes = []
        if self.accuracy is None:
            notes.append("the features are random: they know no classes, and see less than trained ones")
        elif self.accuracy < self.gate:
            notes.append(
                f"it classifies only {self.accuracy:.1%} of {self.held_out:,} held-out images correctly, expected "
                f"{self.gate:.1%}: its distances and classes are rough"
            )
        elif self.held_out < MIN_HELD_OUT:
            notes.append(f"how well it knows the classes was measured on only {self.held_out} held-out images")
        if max(self.data.shape[1:]) > INPUT_SIDE:
            notes.append(f"it sees images at {INPUT_SIDE}×{INPUT_SIDE} pixels, without finer detail")
        return "; ".join(notes)


RECORD = TypeAdapter(Record)
