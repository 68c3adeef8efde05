"""Pictures of two domains without pairs, for CycleGAN (Zhu et al., 2017, https://arxiv.org/abs/1703.10593)."""

import copy
import hashlib
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import BeforeValidator, Field
from torch import Tensor

from gancli.data.base import Dataset
from gancli.data.depth import Bits
from gancli.data.domain import Domain
from gancli.data.domain_classes import DomainClasses
from gancli.data.domain_folders import DomainFolders
from gancli.data.domain_options import chosen, given_root, refuse_folder_options
from gancli.data.fitting import Fit
from gancli.data.frames import Decoder
from gancli.data.image_size import ImageSize, height_and_width
from gancli.data.parts import training_part
from gancli.data.reading import Channels, Reading, of_each
from gancli.data.translation import Direction, DomainNames, Translation

ClassName = Annotated[  # [3, 8] too
    str, BeforeValidator(lambda value: str(value) if type(value) is int else value, json_schema_input_type=str | int)
]
SIZE, CHANNELS, MEMORY_MB, WORKERS = 64, 3, 1024, 2  # unless the recipe says otherwise
Both = tuple[Domain, Domain]


class Domains(Translation):
    """The pictures in ``trainA/`` and ``trainB/``, or two classes of another dataset; nothing is paired.

    What is in ``testA/`` and ``testB/`` is held out, or what the other dataset holds out. The larger domain is seen
    once an epoch; pictures of the smaller one are drawn at random.

    Args:
        root: the folder or the archive that these folders are in; relative to where ``gan`` is called.
        of: the other dataset, in the place of folders; it has the options of reading.
        classes: of that dataset, A and B.
        size: the height and the width in pixels, or one number for a square; 64 by default.
        load_size: the size that pictures are scaled to, before a crop to ``size`` at random. By default nothing is
            cropped.
        fit: ``crop`` covers the size and crops around the centre; ``pad`` shows the whole picture on white; ``stretch``
            changes its proportions.
        channels: 3 for colour, 1 for grey; or that of A and that of B, as in ``[1, 3]``; 3 by default.
        flip: mirror every second picture, at random.
        direction: ``AtoB`` generates B of A; ``BtoA`` generates A of B.
        names: of A and of B; by default those, or the names of the classes.
        memory_mb: megabytes for the decoded pictures; if they take more, each is read from its file every time.
        workers: processes that read them in that case.
        decoder: ``draft`` decodes a JPEG that is twice as large as it is loaded, or more, at a half, a quarter or an
            eighth of its sides, which is faster and changes its pixels a little; ``exact`` scales all of its pixels.
        bits: of the sensor that made the grey pictures of 16 bits a value, 12 for example; by default the smallest
            usual number that holds the largest value of a folder.
        on_bad_image: ``skip`` leaves out pictures that cannot be read, as long as they are few.

    Raises:
        ValueError: options that do not go together; the other dataset has no such classes.
        DataError: a folder is missing, or some pictures cannot be read; all of these are named.
    """

    def __init__(
        self,
        *,
        root: Path | None = None,
        of: Dataset | None = None,
        classes: tuple[ClassName, ClassName] | None = None,
        size: ImageSize | None = None,
        load_size: ImageSize | None = None,
        fit: Fit = "crop",
        channels: Channels | None = None,
        flip: bool = False,
        direction: Direction = "AtoB",
        names: DomainNames | None = None,
        memory_mb: Annotated[int, Field(ge=0)] = MEMORY_MB,
        workers: Annotated[int, Field(ge=0, le=64)] = WORKERS,
        decoder: Decoder = "exact",
        bits: Bits | None = None,
        on_bad_image: Literal["error", "skip"] = "error",
    ) -> None:
        self._origin: DomainFolders | DomainClasses
        if of is not None:
            given = {"root": root, "size": size, "load_size": load_size, "channels": channels, "fit": fit != "crop"}
            given |= {"memory_mb": memory_mb != MEMORY_MB, "workers": workers != WORKERS}
            given |= {"decoder": decoder != "exact", "bits": bits}
            refuse_folder_options(given | {"on_bad_image": on_bad_image == "skip"})
            self._origin = DomainClasses(of, chosen(classes, of), flip)
        else:
            sides, loaded = height_and_width(size or SIZE), height_and_width(load_size or size or SIZE)
            skip = on_bad_image == "skip"
            reading = Reading(sides, loaded, fit, of_each(channels or CHANNELS), memory_mb, skip, decoder, (bits, bits))
            self._origin = DomainFolders(
                training_part(given_root(root, classes), together=False), reading, flip, workers
            )
        both = self._origin.read()
        super().__init__((both[0].shape, both[1].shape), direction, names or classes or ("A", "B"), paired=False)
        self._take(both, max(map(len, both)))
        self._use_bits(both[0].bits, both[1].bits)
        self._held_out: Self | None = None
        if of is None and (held_out := self.held_out()):  # now, so that a bad picture is not found hours later
            self.left_out = "; ".join(filter(None, [self.left_out, held_out.left_out]))
        self.notice = "\n".join(filter(None, [self.notice, *self._origin.remarks()]))

    def _take(self, both: Both, count: int) -> None:
        self.both, self._count, self._partners_at_random = both, count, True
        self._drawn = 1 if len(both[1]) <= len(both[0]) else 0  # the smaller one
        facts = [*(domain.fingerprint for domain in both), self.direction]
        self.fingerprint = hashlib.sha256(" ".join(facts).encode()).hexdigest()
        self.manifest = {**both[0].manifest, **both[1].manifest}
        self.left_out = "; ".join(dict.fromkeys(filter(None, (domain.left_out for domain in both))))
        self.notice = "\n".join(dict.fromkeys(filter(None, (domain.notice for domain in both))))
        self.workers = max(domain.workers for domain in both)

    def __len__(self) -> int:
        return self._count

    def amount(self) -> str:
        assert self.spec.source is not None
        names = self.spec.source.names if self.direction == "AtoB" else self.spec.source.names[::-1]
        a, b = (f"{len(domain):,} of {name}" for domain, name in zip(self.both, names, strict=True))
        return f"images without pairs, {a} and {b}, {' → '.join(self.spec.source.names)}"

    def draw(self, indices: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        a, b = (domain.draw(self._rows(indices, number, rng), rng) for number, domain in enumerate(self.both))
        return a, b

    def _rows(self, indices: Tensor, number: int, rng: torch.Generator) -> Tensor:
        """The pictures of a domain in these examples; of one of the two they are drawn, so that partners change."""
        of = len(self.both[number])
        if self._partners_at_random and number == self._drawn:
            return torch.randint(of, (len(indices),), generator=rng)
        return indices % of

    def unaugmented(self) -> Self:
        """The same pictures, not changed, and with partners that stay."""
        same = copy.copy(self)
        same.both, same._partners_at_random = (self.both[0].unaugmented(), self.both[1].unaugmented()), False
        return same

    def held_out(self) -> Self | None:
        """As many of each domain, so that none is there twice; read once."""
        bits = (self.both[0].bits, self.both[1].bits)
        if self._held_out is None and (origin := self._origin.held_out(bits)) is not None:
            other, both = copy.copy(self), origin.read()
            other._take(both, min(map(len, both)))
            other._origin = origin
            self._held_out = other.unaugmented()
        return self._held_out

    def to(self, device: torch.device) -> Self:
        self.both = (self.both[0].to(device), self.both[1].to(device))
        return self

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_held_out": None}  # workers need not have it
