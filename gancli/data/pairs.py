"""Pairs of pictures from folders, for Pix2Pix (Isola et al., 2017, https://arxiv.org/abs/1611.07004)."""

import copy
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import Field
from torch import Tensor

from gancli.data.depth import Bits
from gancli.data.fitting import Fit
from gancli.data.frames import Decoder
from gancli.data.image_size import ImageSize, height_and_width
from gancli.data.pair_files import PairFiles, read_pairs
from gancli.data.parts import training_part
from gancli.data.pixel_values import values_of
from gancli.data.reading import Channels, Reading, of_each
from gancli.data.root_folder import existing
from gancli.data.translation import Direction, DomainNames, Translation


class Pairs(Translation):
    """The pairs in ``train/``, side by side in a file, or in ``trainA/`` and ``trainB/``, with the same names.

    What is in ``test/``, or in ``testA/`` and ``testB/``, is held out. Pictures are read as those of a folder.

    Args:
        root: the folder or the archive that these folders are in; relative to where ``gan`` is called.
        size: the height and the width in pixels, or one number for a square.
        load_size: the size that pictures are scaled to, before a crop to ``size`` at random; that of both pictures of
            a pair is at the same place. By default nothing is cropped.
        fit: ``crop`` covers the size and crops around the centre; ``pad`` shows the whole picture on white; ``stretch``
            changes its proportions.
        channels: 3 for colour, 1 for grey; or that of A and that of B, as in ``[1, 3]``.
        flip: mirror every second pair, at random.
        direction: ``AtoB`` generates B, on the right, of A; ``BtoA`` generates A of B.
        names: of A and of B.
        memory_mb: megabytes for the decoded pictures; if they take more, each is read from its file every time.
        workers: processes that read them in that case.
        decoder: ``draft`` decodes a JPEG that is twice as large as it is loaded, or more, at a half, a quarter or an
            eighth of its sides, which is faster and changes its pixels a little; ``exact`` scales all of its pixels.
        bits: of the sensor that made the grey pictures of 16 bits a value, 12 for example; by default the smallest
            usual number that holds the largest value of a folder.
        on_bad_image: ``skip`` leaves out pairs of which a picture cannot be read, as long as they are few.

    Raises:
        ValueError: ``load_size`` is smaller than ``size``.
        DataError: a folder is missing, a picture has no partner or cannot be read; all of these are named.
    """

    def __init__(
        self,
        *,
        root: Path,
        size: ImageSize = 64,
        load_size: ImageSize | None = None,
        fit: Fit = "crop",
        channels: Channels = 3,
        flip: bool = False,
        direction: Direction = "AtoB",
        names: DomainNames = ("A", "B"),
        memory_mb: Annotated[int, Field(ge=0)] = 1024,
        workers: Annotated[int, Field(ge=0, le=64)] = 2,
        decoder: Decoder = "exact",
        bits: Bits | None = None,
        on_bad_image: Literal["error", "skip"] = "error",
    ) -> None:
        sides, loaded = height_and_width(size), height_and_width(load_size or size)
        skip = on_bad_image == "skip"
        self._reading = Reading(sides, loaded, fit, of_each(channels), memory_mb, skip, decoder, (bits, bits))
        super().__init__(self._reading.shapes, direction, names, paired=True)
        self._part = training_part(existing(root), together=True)
        self._jitter = self._reading.jitter(flip=flip)
        self._wanted_workers = workers
        files = read_pairs(self._part, self._reading)
        self._take(files)
        self._use_bits(*files.bits)
        self._bits = files.bits
        self._held_out: Self | None = None
        if held_out := self.held_out():  # now, so that a bad picture is not found hours later
            self.left_out = "; ".join(filter(None, [self.left_out, held_out.left_out]))
        self.notice = "\n".join(filter(None, [self.notice, *self._part.remarks()]))

    def _take(self, files: PairFiles) -> None:
        self.images = files.images
        self.manifest = files.manifest
        self.fingerprint = files.digest(self._reading, self.direction)
        self.left_out, self.notice = files.left_out, files.notice
        self.workers = 0 if files.is_kept else self._wanted_workers

    def __len__(self) -> int:
        return len(self.images)

    def draw(self, indices: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
        a, b = self._jitter(*self.images[indices.to(self.images.device, non_blocking=True)], rng=rng)
        return values_of(a), values_of(b)

    def unaugmented(self) -> Self:
        same = copy.copy(self)
        same._jitter = self._jitter.without_chance()
        return same

    def held_out(self) -> Self | None:
        """The pairs in ``test``, read once, in the size that is trained on and without a crop."""
        part = self._part.held_out()
        if self._held_out is None and part is not None:
            other = self.unaugmented()
            other._part, other._reading = part, self._reading.held_out(self._bits)
            other._take(read_pairs(part, other._reading))
            self._held_out = other
        return self._held_out

    def to(self, device: torch.device) -> Self:
        self.images = self.images.to(device)
        return self

    def __getstate__(self) -> dict[str, Any]:
        return vars(self) | {"_held_out": None}  # workers need not have it
