"""The generator that is exported, and what an export of it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

import gancli
from gancli import build
from gancli.data import DataSpec, Source
from gancli.models import GAN, Inputs
from gancli.recipe import Recipe
from gancli.sampling.directions import in_direction, of_sampler, trained_direction
from gancli.sampling.draw import make_sampler, undisturbed
from gancli.sampling.labels import in_turn
from gancli.storage.checkpoint import Checkpoint

Run = Callable[[tuple[Tensor, ...]], Tensor]  # inputs in the order of ``Subject.inputs`` -> outputs


@dataclass(frozen=True)
class Written:
    """The content of a file, and what reads it back."""

    content: bytes
    run: Run
    tolerance: float  # the largest difference from the original
    notes: list[str] = field(default_factory=list)  # for the user
    free_size: bool = False  # of images to translate
    facts: dict[str, str] = field(default_factory=dict)  # beside the subject's


@dataclass(frozen=True)
class Subject:
    """A trained generator, on the CPU.

    Args:
        saved: its checkpoint.
        gan: its model.
        network: with averaged weights if there are any.
        options: of the model's sampler.
    """

    saved: Checkpoint
    gan: GAN
    network: nn.Module
    options: dict[str, Any]

    @cached_property
    def recipe(self) -> Recipe:
        return build.recipe_of(self.saved)

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of its inputs."""
        return ("x",) if self.gan.translates else ("z", "y") if self.gan.num_classes else ("z",)

    @property
    def output(self) -> str:
        """The name of its output."""
        return "images" if self.gan.data.is_image else "points"

    @property
    def source(self) -> Source:
        """What is translated, in the direction of the options."""
        assert self._data.source is not None
        return self._data.source

    @property
    def channels(self) -> int:
        """Those of the images that are made."""
        return self._data.shape[0]

    @cached_property
    def _data(self) -> DataSpec:
        return in_direction(self.gan, self.options.get("direction"), trained_direction(self.recipe))

    def example(self, n: int, seed: int = 0) -> tuple[Tensor, ...]:
        """``n`` inputs."""
        rng = torch.Generator().manual_seed(seed)
        if self.gan.translates:
            return (torch.rand(n, *self.source.shape, generator=rng),)
        z = self.gan.latent.sample(n, rng=rng)
        return (z, in_turn(n, self.gan.num_classes)) if self.gan.num_classes else (z,)

    def sampler(self) -> Callable[[Inputs], Tensor]:
        """The model's own, with the options fixed."""
        return make_sampler(self.gan, self.network, of_sampler(self.options, self.recipe))

    @cached_property
    def original(self) -> Run:
        """What the generator itself makes of inputs: the reference for every file."""
        sampler = self.sampler()

        @torch.no_grad()
        def run(inputs: tuple[Tensor, ...]) -> Tensor:
            with undisturbed(self.network):
                return outputs(self, sampler, inputs).detach().float()

        return run

    def facts(self, value_range: str = "[0, 1]") -> dict[str, str]:
        """What a file says of itself, as text; ``value_range`` is that of images."""
        data, latent = self.gan.data, self.gan.latent
        found = {"recipe": self.saved.name, "step": str(self.saved.step), "inputs": ", ".join(self.inputs)}
        if not self.gan.translates:
            found |= {"latent_dim": str(latent.dim), "prior": latent.prior, "prior_scale": str(latent.scale)}
        if self.gan.num_classes:
            found["classes"] = json.dumps(data.class_names, ensure_ascii=False)
        found["value_range"] = value_range if data.is_image else "unbounded"
        found |= {"options": json.dumps(self.options)} if self.options else {}
        return found | {"made_by": f"gan {gancli.__version__}"}


def outputs(subject: Subject, sampler: Callable[[Inputs], Tensor], inputs: tuple[Tensor, ...]) -> Tensor:
    """Outputs of a sampler for inputs of a file: images are in [0, 1] there, in and out, and points are as they are."""
    named = dict(zip(subject.inputs, inputs, strict=True))
    if "x" in named:
        named["x"] = named["x"] * 2 - 1
    return in_unit_range(subject, sampler(Inputs(**named)))


def in_unit_range(subject: Subject, made: Tensor) -> Tensor:
    """Images of [-1, 1] in [0, 1]; points as they are."""
    return ((made + 1) / 2).clamp(0, 1) if subject.gan.data.is_image else made
