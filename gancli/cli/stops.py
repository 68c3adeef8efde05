"""The stops of ``gan interpolate``: the noises and the classes that its arguments name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gancli.cli.drawing import load_latents, wanted_class
from gancli.errors import UsageError
from gancli.files import file_name
from gancli.sampling.classes import class_index, separated
from gancli.sampling.noises import terms
from gancli.sampling.route import Route, route
from gancli.terminal.output import note

if TYPE_CHECKING:
    from gancli.projection.latent import Latent

Noise = int | str | Path  # a seed; a noise in words, as ``gancli.sampling.noises`` reads it; or the file of a latent


@dataclass(frozen=True, kw_only=True)
class Stops:
    """The arguments that say where the interpolation leads.

    Attributes:
        from_seed: the noise to start from.
        to_seed: the noise to end at; None: 2, or ``from_seed`` if the class changes.
        from_latent: in place of ``from_seed``, a file of ``gan project``.
        to_latent: likewise in place of ``to_seed``.
        seeds: in place of all these, the noises of all stops, separated by commas.
        steps: images from one stop to the next, both included.
        digit: the class, or the one to start from.
        class_name: likewise, by its name.
        to_class: the class to end at.
        classes: in place of these, the classes of all stops, separated by commas.
        is_loop: it leads back to the first stop.
    """

    from_seed: int
    to_seed: int | None
    from_latent: Path | None
    to_latent: Path | None
    seeds: str | None
    steps: int
    digit: str | None
    class_name: str | None
    to_class: str | None
    classes: str | None
    is_loop: bool

    def check(self) -> None:
        """Raises UsageError for latents, which have classes, beside other noises or classes."""
        others = self.seeds or self.digit or self.class_name or self.to_class or self.classes
        if (self.from_latent or self.to_latent) and others:
            raise UsageError(
                "--from and --to lead from latent to latent with their classes; leave out --seeds, --digit and the "
                "classes"
            )

    def route(self, names: Sequence[str]) -> Route[Noise]:
        """The stops, for a model with classes of these names; raises UsageError for what does not fit."""
        labels = self._labels(names)
        last = self.to_seed if self.to_seed is not None else self.from_seed if len(labels) > 1 else 2
        ends: list[Noise] = [self.from_latent or self.from_seed, self.to_latent or last]
        return route(ends if self.seeds is None else _noises(self.seeds), labels, self.steps, is_loop=self.is_loop)

    def _labels(self, names: Sequence[str]) -> list[int | None]:
        """The class of each stop; one for all of them."""
        start = wanted_class(names, self.digit, self.class_name)
        if self.classes is not None:
            if start is not None or self.to_class is not None:
                raise UsageError("--classes names all classes on the way; leave out --digit, --class and --to-class")
            return [class_index(names, name, "--classes") for name in separated(self.classes)]
        if self.to_class is None:
            return [start]
        if start is None:
            raise UsageError("--to-class needs a class to start from: --class NAME --to-class NAME")
        return [start, wanted_class(names, None, self.to_class, "--to-class")]


def _noises(seeds: str) -> list[Noise]:
    parts = [part.strip() for part in seeds.split(",")]
    for part in parts:
        try:
            terms(part)
        except UsageError as error:
            raise UsageError(f"--seeds: {error}") from None
    return [int(part) if part.isdecimal() else part for part in parts]


def with_classes(way: Route[Noise], names: Sequence[str]) -> "tuple[Route[Noise], dict[Path, Latent]]":
    """A route on which every stop has its class: that of its latent, or the first one; and the latents."""
    latents = load_latents([noise for noise in way.seeds if isinstance(noise, Path)])
    if latents:
        return replace(way, labels=_labels_of(way.seeds, latents)), latents
    if names and way.labels[0] is None:
        note(f"drawing the class {names[0]}; --class NAME draws another")
        return replace(way, labels=(0,) * len(way.seeds)), {}
    return way, {}


def _labels_of(noises: Sequence[Noise], latents: "Mapping[Path, Latent]") -> tuple[int | None, ...]:
    """The classes of latents; a seed has the one of the other end."""
    known = {noise: latents[noise].label for noise in noises if isinstance(noise, Path)}
    other = next(iter(known.values()))
    return tuple(known[noise] if isinstance(noise, Path) else other for noise in noises)


def file_stem(way: Route[Noise], names: Sequence[str]) -> str:
    """The beginning of the name of a file of the interpolation."""
    noises = "-".join(noise.name.split(".")[0] if isinstance(noise, Path) else str(noise) for noise in way.seeds)
    classes = "".join(f"-{file_name(names[label])}" for label in way.labels if label is not None)
    return f"interpolation{classes}-seed-{file_name(noises)}{'-loop' * way.is_loop}"


def as_json(way: Route[Noise], names: Sequence[str]) -> dict[str, object]:
    """What ``--json`` prints of the stops."""
    return {
        "images": len(way),
        "seeds": [str(noise) if isinstance(noise, Path) else noise for noise in way.seeds],
        "classes": [names[label] for label in way.labels if label is not None],
    }
