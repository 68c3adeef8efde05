"""Portraits of people, drawn with the font Noto Color Emoji (https://github.com/googlefonts/noto-emoji)."""

from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import Tensor

from gan_emoji import packed
from gan_emoji.kinds import KINDS, ROLES, TONES
from gan_emoji.pixels import FULL, flattened
from gancli import ImageDataset

Channel = Annotated[int, Field(ge=0, le=255)]
HELD_OUT_EVERY = 7  # one combination of role and skin tone in seven
NUM_TRAINING = 829


class Emoji(ImageDataset):
    """The 829 portraits of a training: 57 roles, each as person, man or woman, in six skin tones.

    137 more are held out: those of one combination of a role and a tone in seven. Every role is here in at least five
    tones and every tone in most roles, so a held-out portrait is a new combination of what was seen.

    Args:
        size: pixels of a side.
        classes: ``tone`` for six classes, ``role`` for 57, ``none`` for no labels.
        background: red, green and blue of what is behind the portraits; white by default.
        subset: how many portraits to train on, for trials with few; always the same ones. By default all.
    """

    def __init__(
        self,
        *,
        size: Annotated[int, Field(ge=16, le=FULL)] = 64,
        classes: Literal["tone", "role", "none"] = "none",
        background: tuple[Channel, Channel, Channel] = (255, 255, 255),
        subset: Annotated[int, Field(ge=1, le=NUM_TRAINING)] | None = None,
    ) -> None:
        images = torch.stack([flattened(kind, background, size) for kind in packed.read()])  # (kinds, tones, C, H, W)
        held_out = held_out_combinations()
        labels, names = _labels(classes)
        chosen = torch.randperm(NUM_TRAINING, generator=torch.Generator().manual_seed(0))[:subset].sort().values
        super().__init__(images[~held_out][chosen], None if labels is None else labels[~held_out][chosen], names)
        self._held_out = ImageDataset(images[held_out], None if labels is None else labels[held_out], names)
        if labels is None:
            self.why_unlabelled = "'dataset.classes=tone' or 'dataset.classes=role' gives labels"

    def held_out(self) -> ImageDataset:
        """The 137 portraits of the held-out combinations."""
        return self._held_out


def held_out_combinations() -> Tensor:
    """Whether a portrait is held out, of shape (kinds, tones): six roles in seven are, in one tone, all figures."""
    roles = torch.tensor([ROLES.index(kind.role) for kind in KINDS])
    return (roles[:, None] + torch.arange(len(TONES))) % HELD_OUT_EVERY == 0


def _labels(classes: str) -> tuple[Tensor | None, tuple[str, ...]]:
    """Labels of shape (kinds, tones), and the names of the classes."""
    shape = len(KINDS), len(TONES)
    if classes == "tone":
        return torch.arange(len(TONES)).expand(shape), tuple(TONES)
    if classes == "role":
        return torch.tensor([ROLES.index(kind.role) for kind in KINDS])[:, None].expand(shape), ROLES
    return None, ()
