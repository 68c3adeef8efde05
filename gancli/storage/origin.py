"""The origin of a run: the checkpoint of another run whose networks it started from."""

from dataclasses import dataclass
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from gancli.errors import printable
from gancli.storage.run_folder import MAX_NAME


@dataclass(frozen=True)
class Origin:
    """A checkpoint that networks were taken from; what its numbers say is of that run."""

    file: Annotated[str, Field(max_length=4096)]  # as it was named; it may have gone since
    name: Annotated[str, Field(max_length=MAX_NAME)]
    step: Annotated[int, Field(ge=0, lt=10**12)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]  # of its tensors
    averaged: Annotated[int, Field(ge=0, lt=10**12)] = 0  # steps that its average of the generator goes over; 0: none

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid")

    def __str__(self) -> str:
        return printable(f"{self.file} (step {self.step:,} of {self.name}, tensors {self.sha256[:12]})")
