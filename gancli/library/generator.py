"""A trained generator: the library's object behind ``gancli.load`` and the commands that draw."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from gancli import build
from gancli.data import Dataset
from gancli.errors import UsageError
from gancli.library.latents import inputs_of, shared_options, stop
from gancli.library.translating import translator
from gancli.projection.latent import Latent
from gancli.recipe import Recipe
from gancli.sampling import draw
from gancli.sampling.classes import MAX_COLUMNS, class_index, column_count, listed
from gancli.sampling.directions import Direction
from gancli.sampling.given import Given, named_inputs
from gancli.sampling.labels import Label, Labels, class_numbers
from gancli.sampling.options import sampling_options
from gancli.sampling.preparation import Preparation, reading
from gancli.sampling.route import route
from gancli.sampling.samples import Samples
from gancli.sampling.translate import Translator
from gancli.storage.checkpoint import Checkpoint, digest
from gancli.training.device import choose_device

if TYPE_CHECKING:
    from gancli.export.exporting import Export
    from gancli.projection.objective import Objective
    from gancli.projection.projection import Projection
    from gancli.projection.search import Search

ROWS, COLUMNS, NUM_POINTS = 2, 8, 2500  # samples that a notebook shows of a generator


class Generator:
    """The generator of a checkpoint, with averaged weights if the training averaged them.

    Every sample of a seed is a function of the seed and its place, on any device and in any number.

    Args:
        saved: the checkpoint.
        device: ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    Raises CheckpointError, PluginError, DeviceError.
    """

    def __init__(self, saved: Checkpoint, device: str = "auto") -> None:
        self._saved = saved
        self._gan, self._network = build.from_checkpoint(saved, choose_device(device))

    def __repr__(self) -> str:
        what = f"{'translates images into' if self.translates else 'draws'} {self._gan.data.kind}"
        classes = f" of the classes {listed(self.class_names)}" if self.class_names else ""
        return f"<generator of {self._saved.name}, step {self.step:,}: {what}{classes}>"

    def _repr_png_(self) -> bytes | None:
        """A few samples; of a model that translates, nothing."""
        if self.translates:
            return None
        number = ROWS * (column_count(MAX_COLUMNS, self.class_names) or COLUMNS)
        return self.sample(number if len(self.shape) == 3 else NUM_POINTS)._repr_png_()

    @property
    def step(self) -> int:
        """The step of the training at which it was saved."""
        return self._saved.step

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a sample: (C, H, W), or (D,) for points."""
        return self._gan.data.shape

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that it can be asked for; empty for an unconditional model."""
        return self._gan.data.class_names if self._gan.num_classes else ()

    @property
    def translates(self) -> bool:
        """Whether it translates images, instead of drawing from noise."""
        return bool(self._gan.translates)

    @property
    def source_shape(self) -> tuple[int, ...] | None:
        """The shape of the images that it translates; None if it draws from noise."""
        source = self._gan.data.source
        return None if source is None else source.shape

    def check_options(self, options: Mapping[str, Any]) -> None:
        """Raises UsageError for sampling options that the model does not have, or that have another type."""
        sampling_options(self._gan, options)

    @property
    def sampler(self) -> Callable[..., Any]:
        """The model's sampler, whose annotated keywords are the sampling options."""
        return self._gan.sampler

    @cached_property
    def recipe(self) -> Recipe:
        """The recipe of the training."""
        return build.recipe_of(self._saved)

    def sample(self, n: int = 1, *, seed: int = 0, labels: Labels | None = None, **options: Any) -> Samples:
        """``n`` samples: a tensor of shape (n, *shape), on the CPU, that a notebook shows; images are in [-1, 1].

        Args:
            seed: image i of a seed is always the same.
            labels: a class for all samples, by name or number, or one for each; None: the classes in turn.
            options: of the model's sampler, for example ``truncation=0.7``.

        Raises UsageError for a class or an option that the model does not have, and for a model that translates.
        """
        self._refuse(n)
        numbers = self.labels(n, labels)
        drawn = torch.cat(list(self.stream(n, seed=seed, labels=numbers, **options)))
        return Samples(drawn, numbers, self.class_names)

    def stream(self, n: int, *, seed: int = 0, labels: Tensor | None = None, **options: Any) -> Iterator[Tensor]:
        """The samples of ``sample`` in blocks of at most 64, each made when it is asked for.

        Args:
            labels: class numbers of shape (n,), as ``labels`` returns them.
        """
        self._refuse(n)
        checked = sampling_options(self._gan, options)
        return draw.stream(self._gan, self._network, n, seed=seed, labels=labels, options=checked)

    def labels(self, n: int, wanted: Labels | None = None) -> Tensor | None:
        """Class numbers of shape (n,), of the classes that are wanted; None for an unconditional model."""
        return class_numbers(self.class_names, n, wanted)

    def interpolate(
        self,
        steps: int = 8,
        *,
        from_seed: int = 1,
        to_seed: int | None = None,
        label: Label | None = None,
        to_label: Label | None = None,
        **options: Any,
    ) -> Samples:
        """``steps`` samples between two noises at a fixed class, or between two classes, of shape (steps, *shape).

        Args:
            to_seed: by default 2, or ``from_seed`` if the class changes.
            label: the class, or the one to start from; by default the first.
            to_label: the class to end at.

        Raises UsageError, as ``sample`` does.
        """
        last = to_seed if to_seed is not None else 2 if to_label is None else from_seed
        labels = [label] if to_label is None else [label, to_label]
        blocks = self.walk([from_seed, last], labels, steps, **options)
        return Samples(torch.cat(list(blocks)), columns=steps)

    def walk(
        self,
        seeds: Sequence[int | str | Latent],
        labels: Sequence[Label | None] = (None,),
        steps: int = 8,
        *,
        loop: bool = False,
        **options: Any,
    ) -> Iterator[Tensor]:
        """Samples on the way from stop to stop, in blocks of shape (≤ 64, *shape), each made when it is asked for.

        Args:
            seeds: the noise of each stop; one is that of all. ``"3:5"`` is that of image 5 of seed 3, and ``"1-2+3:5"``
                a sum. A latent of ``project`` brings its class.
            labels: the class at each stop; one is that of all, and None is the first class.
            steps: samples from one stop to the next, both included; each stop comes once.
            loop: lead back to the first stop, and end before it.

        Raises UsageError, as ``sample`` does.
        """
        self._refuse_translation()
        latents = [seed for seed in seeds if isinstance(seed, Latent)]
        for latent in latents:  # before their classes are looked at
            latent.check(self.digest, self._gan, self._network)
        way = route(seeds, [*map(self._class, labels)], steps, is_loop=loop)
        checked = sampling_options(self._gan, {**shared_options(latents), **options})
        stops = [stop(self._gan, seed, label) for seed, label in zip(way.seeds, way.labels, strict=True)]
        return draw.walk(self._gan, self._network, stops, steps, checked, is_loop=loop)

    def translate(
        self,
        images: Given,
        *,
        direction: Direction | None = None,
        keep_size: bool = False,
        noise: int | None = None,
        seed: int = 0,
        **options: Any,
    ) -> Samples:
        """The translations of images, of shape (N, *shape) in [-1, 1], on the CPU.

        Each image is translated by itself, as ``gan translate`` does it.

        Args:
            images: a tensor of shape (N, *source.shape) in [-1, 1]; or one picture or several, of any size: files,
                arrays of shape (H, W) or (H, W, 3) of uint8, or images of Pillow. Pictures are prepared as those of the
                training.
            direction: ``AtoB`` or ``BtoA``, from one side of the dataset to the other; None: as it was trained.
            keep_size: images have any size, and keep it, if the generator takes any.
            noise: seed of the dropout, which is then on, with random numbers of its own for every name of a file; None:
                it is off.
            seed: of the noise that the model draws by itself.
            options: of the model's sampler.

        Raises UsageError for what the model cannot do, and for images of another shape; DataError for a picture that
        cannot be read.
        """
        prepare, translator = self.translator(direction, options, keep_size=keep_size, noise=noise, seed=seed)
        translated = [translator(image, name) for name, image in named_inputs(images, prepare)]
        if len({image.shape for image in translated}) > 1:
            raise UsageError("these translations have several sizes and fit into no tensor; translate them one by one")
        return Samples(torch.stack(translated))

    def translator(
        self,
        direction: Direction | None,
        options: Mapping[str, Any],
        *,
        keep_size: bool = False,
        noise: int | None = None,
        seed: int = 0,
    ) -> tuple[Preparation, Translator]:
        """What prepares a picture, and what translates it then; its arguments are those of ``translate``."""
        if not self.translates:
            way_out = "gancli.load(PATH).sample(n)"
            raise UsageError(f"this model draws from noise; it does not translate images. Use: {way_out}")
        return translator(
            self._gan,
            self._network,
            self.recipe,
            direction,
            options,
            keep_size=keep_size,
            noise=noise,
            seed=seed,
        )

    @cached_property
    def digest(self) -> str:
        """A digest of the weights that draw: that of two checkpoints is equal exactly when these are."""
        return digest(self._saved.part(build.drawing_part(self.recipe)))

    def project(
        self, images: Given, *, label: Label | None = None, seed: int = 0, steps: int = 300, **options: Any
    ) -> "list[Projection]":
        """For each image, the latent whose sample is nearest to it.

        Args:
            images: as ``translate`` takes them, of the shape of a sample.
            label: the class of the samples; None: whichever is nearest.
            seed: of the random samples that the search begins from.
            steps: of the search.
            options: of the model's sampler.

        Raises UsageError for a model that translates or draws points, and for what it does not have; DataError.
        """
        prepare, search, _ = self.projector(label, options, seed=seed, steps=steps)
        return [search(image) for _, image in named_inputs(images, prepare)]

    def projector(
        self, label: Label | None, options: Mapping[str, Any], *, seed: int, steps: int
    ) -> "tuple[Preparation, Search, Objective]":
        """What prepares a picture, what finds its latent, and what says how far an image is from it.

        Its arguments are those of ``project``.
        """
        from gancli.library.projecting import search

        self._refuse_translation()
        if not self._gan.data.is_image:
            raise UsageError(f"this model draws {self._gan.data.kind}; only images can be projected")
        classes = range(self._gan.num_classes) if label is None else [class_index(self.class_names, label)]
        prepare = Preparation.of(self.shape, reading(self.recipe.dataset.options))
        return prepare, *search(self._gan, self._network, self.digest, classes, options, seed=seed, steps=steps)

    def dataset(self) -> Dataset:
        """The data of the training; raises DataError if they cannot be read."""
        return build.dataset(self.recipe, self._saved.data)

    def sample_latents(self, latents: Sequence[Latent], **options: Any) -> Samples:
        """The samples of latents that ``project`` found, of shape (N, *shape); each is drawn with its own options.

        Args:
            options: of the model's sampler, in place of a latent's.

        Raises UsageError for a latent of another generator.
        """
        drawn = torch.cat([self._draw(latent, {**latent.options, **options}) for latent in latents])
        known = [latent.label for latent in latents if latent.label is not None]
        return Samples(drawn, torch.tensor(known) if known else None, self.class_names)

    def _draw(self, latent: Latent, options: Mapping[str, Any]) -> Tensor:
        latent.check(self.digest, self._gan, self._network)
        sampler = draw.make_sampler(self._gan, self._network, sampling_options(self._gan, options))
        return draw.generate(self._gan, self._network, inputs_of(latent), sampler)

    def export(self, to: str, path: Path | str, *, force: bool = False, **options: Any) -> "Export":
        """Write the generator for use elsewhere, after a check that the file draws the same.

        Args:
            to: ``sample``, ``onnx``, ``torch``, ``weights`` or ``html``, as ``gan export`` has them.
            path: a file with the ending of its format; or a folder, where it is called ``generator``.
            force: whether files that are there are replaced.
            options: of the model's sampler, for example ``truncation=0.7``, which are fixed in the file.

        Raises UsageError for what cannot be exported, with the reason, and for files that are there already.
        """
        from gancli.export import destination, formats
        from gancli.export.exporting import export

        if to not in formats.FORMATS:
            raise UsageError(f"to: found {to!r}, expected one of {', '.join(formats.FORMATS)}")
        form = formats.FORMATS[to]
        return export(self._saved, form, destination.given(Path(path), form), options, force=force)

    def _class(self, label: Label | None) -> int | None:
        """The number of a class; by default of the first, and None for a model without."""
        if label is None:
            return 0 if self._gan.num_classes else None
        return class_index(self.class_names, label)

    def _refuse(self, n: int) -> None:
        self._refuse_translation()
        if n < 1:
            raise UsageError(f"n: found {n}, expected 1 or more")

    def _refuse_translation(self) -> None:
        if self.translates:
            raise UsageError(
                "this model translates images; it does not draw from noise. Give it images: "
                "gancli.load(PATH).translate(images)"
            )
