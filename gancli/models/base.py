"""The contract of a model: the game that is played."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

import torch
from torch import Tensor, nn

from gancli.architectures import Architecture
from gancli.augmentations import Augmentation
from gancli.data import DataSpec
from gancli.data.base import Batch
from gancli.losses import AdversarialLoss, Losses
from gancli.models.discriminators import augment, mixes_batch
from gancli.models.inputs import Inputs
from gancli.models.latent import LatentPrior
from gancli.models.terms import Terms
from gancli.modules import tensors
from gancli.penalties import Critic, Penalty, ScoredOnce
from gancli.regularisers import Regulariser
from gancli.shares import completed

NO_LABELS = "this model draws the class that it is asked for; this dataset has no labels"


class GAN(nn.Module, ABC):
    """Two players, and what each of them minimises.

    A subclass with options of its own takes them as annotated keywords and passes the rest on:
    ``def __init__(self, *, weight: float = 1.0, **game: Any)``. Every parameter and buffer is saved in a checkpoint.

    Args:
        data: facts about the examples.
        architecture: makes the networks.
        loss: from logits to one number for each player.
        penalties: regularisers of the discriminator, by the name that their losses have in the log.
        regularisers: of the generator, likewise.
        augmentation: random changes of real and fake samples on their way into the discriminator; None for none.
        latent: the noise.

    Attributes:
        conditional: whether the generator takes a label, and the data must have some.
        translates: what the data must be if the generator takes images; empty if it takes noise.
        generator: one network, or a ModuleDict of several.
        discriminator: likewise.
        step: iterations done; set by the run before each one.

    Raises:
        ValueError: the data does not fit; the user sees the message beside the recipe's line.
    """

    conditional: ClassVar[bool] = False
    translates: ClassVar[Literal["", "pairs", "domains"]] = ""

    generator: nn.Module
    discriminator: nn.Module
    step: int = 0

    def __init__(
        self,
        data: DataSpec,
        architecture: Architecture,
        loss: AdversarialLoss,
        penalties: Mapping[str, Penalty],
        regularisers: Mapping[str, Regulariser],
        augmentation: Augmentation | None,
        latent: LatentPrior,
    ) -> None:
        """Make both networks; the arguments are those of the class."""
        super().__init__()
        self._check_data(data)
        self.data, self.latent, self.loss = data, latent, loss
        self.num_classes = data.num_classes if self.conditional else 0
        self.penalties, self.regularisers, self.augmentation = Terms(penalties), Terms(regularisers), augmentation
        if self.translates and (noisy := [name for name, term in regularisers.items() if term.needs_noise]):
            raise ValueError(f"this model translates images; the regulariser {noisy[0]!r} needs a generator of noise")
        self.records: Losses = {}  # of the last step
        self.generator = self.make_generator(architecture)
        self.discriminator = self.make_discriminator(architecture)
        if augmentation is not None:
            augment(self.discriminator, augmentation, self.joined_channels())

    def _check_data(self, data: DataSpec) -> None:
        if self.translates not in ("", "pairs", "domains"):
            raise TypeError(f"translates is '', 'pairs' or 'domains'; found {self.translates!r}")
        if self.conditional and not data.num_classes:
            raise ValueError(f"{NO_LABELS}; model=gan trains without them")
        if self.translates and data.source is None:
            raise ValueError("this model translates images; this dataset has no source images")
        if not self.translates and data.source is not None:
            raise ValueError("this model draws from noise; this dataset has source images, for a model that translates")
        if self.translates == "pairs" and data.source is not None and not data.source.paired:
            raise ValueError("this model needs a target for each source image; the images of this dataset are unpaired")

    def make_generator(self, architecture: Architecture) -> nn.Module:
        """The generator of this game: by default, one network that takes the noise and the game's condition."""
        return architecture.generator(self.data, self.latent.dim, self.num_classes)

    def make_discriminator(self, architecture: Architecture) -> nn.Module:
        """The discriminator of this game: by default, one that takes the game's condition and gives one logit."""
        return architecture.discriminator(self.data, self.num_classes)

    def joined_channels(self) -> tuple[int, ...]:
        """The channels of each image that a discriminator sees joined in one sample, in their order; () if it sees one.

        They go through the augmentation one by one with the same random numbers, so that all are moved alike.
        """
        return ()

    @abstractmethod
    def discriminator_losses(self, batch: Batch) -> Losses:
        """The terms that the discriminator minimises on a minibatch; no gradient is needed for the generator."""

    @abstractmethod
    def generator_losses(self, batch: Batch) -> Losses:
        """The terms that the generator minimises; ``batch`` is the discriminator's last."""

    def generate(self, generator: nn.Module, inputs: Inputs) -> Tensor:
        """Samples of shape (N, *data.shape) from ``generator``, which may be the averaged copy."""
        if self.translates:
            return generator(inputs.x)
        return generator(inputs.z) if inputs.y is None else generator(inputs.z, inputs.y)

    def sampler(self, generator: nn.Module) -> Callable[[Inputs], Tensor]:
        """A function that draws samples; made once a command.

        The annotated keywords of a subclass are the options of ``gan sample RUN OPTION=VALUE``, for example
        ``def sampler(self, generator, *, truncation: float = 1.0)``. It must not change ``generator``, but may
        change a copy of it.
        """
        return lambda inputs: self.generate(generator, inputs)

    def path(self, generator: nn.Module, start: Inputs, end: Inputs, **options: Any) -> Callable[[Tensor], Tensor]:
        """A function that draws samples on the way between two inputs; made once a command.

        It takes how far they are along the way, of shape (N, 1), from 0 to 1. By default the noise moves, and the
        weights of the classes move linearly. A model with a better latent space overrides it.

        Args:
            generator: must not change.
            start: one row.
            end: one row.
            options: of ``sampler``.
        """
        sampler = self.sampler(generator, **options)

        def draw(along: Tensor) -> Tensor:
            assert start.z is not None
            assert end.z is not None
            z = self.latent.between(start.z[0], end.z[0], along)
            return sampler(Inputs(z, None if start.y is None or end.y is None else start.y.lerp(end.y, along)))

        return draw

    def mapped(self, generator: nn.Module, inputs: Inputs) -> Inputs:
        """The same samples by the latent space in which ``gan project`` searches: by default, the noise itself.

        A model whose generator maps its noise first overrides it. It returns inputs with ``w`` in place of ``z``, and
        its ``generate``, ``sampler`` and ``path`` take those too.
        """
        return inputs

    def record(self, name: str, value: Tensor) -> None:
        """Log a number with this step's losses; it is not minimised.

        Args:
            value: of one element.
        """
        self.records[name] = value.detach()

    def sample_fakes(self, n: int, y: Tensor | None = None) -> Tensor:
        """``n`` samples of the generator in training, from fresh noise."""
        return self.generate(self.generator, Inputs(self.latent.sample(n, self._device), y))

    def discriminator_loss(self, critic: Critic, real: Tensor, fake: Tensor) -> Losses:
        """The discriminator's loss and penalties, for a critic with its condition bound."""
        shares = any(term.differentiates_real for _, term in self.penalties.due(self.step))
        if shares and mixes_batch(self.discriminator):
            real = real.detach().requires_grad_()
            critic = ScoredOnce(critic, real)
        real_logits, fake_logits = self.logits(critic, real, fake)
        self.observe(real_logits)
        losses = {"discriminator": self.loss.discriminator(real_logits, fake_logits)}
        return losses | self.penalty_losses(critic, real, fake)

    def generator_loss(self, critic: Critic, real: Tensor, fake: Tensor) -> Losses:
        """The generator's loss, for a critic with its condition bound."""
        real_logits = critic(real) if self.loss.needs_real_logits else None
        return {"generator": self.loss.generator(critic(fake), real_logits)}

    def logits(self, critic: Critic, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The logits of real and of fake samples.

        They go through the discriminator together, which is faster, unless one of its layers mixes a batch: then
        they go separately, as in DCGAN, because the statistics of a mixed batch would change the game.
        """
        if mixes_batch(self.discriminator):
            return critic(real), critic(fake)
        both = critic(torch.cat([real, fake]))
        return both[: len(real)], both[len(real) :]

    def observe(self, real_logits: Tensor) -> None:
        """Show the augmentation the logits of the real samples, once a step of the discriminator."""
        # Of a minibatch that is computed in shares, it sees all logits at once: then its state is the same everywhere.
        if self.augmentation is not None and (logits := completed(real_logits.detach())) is not None:
            self.augmentation.observe(logits)
            for name in self.augmentation.recorded:
                self.record(f"augmentation.{name}", getattr(self.augmentation, name).clone())

    def penalty_losses(self, critic: Critic, real: Tensor, fake: Tensor) -> Losses:
        """The penalties that are due, each under its name."""
        due = self.penalties.due(self.step)
        # Fakes of a generator in bf16 are in bf16, and a gradient has the precision of what it is taken at.
        return {name: penalty.every * penalty(critic, real, fake.float()) for name, penalty in due}

    def regulariser_losses(self, n: int, y: Tensor | None = None) -> Losses:
        """The regularisers that are due, each under its name and on ``n`` fresh noises.

        Args:
            y: the classes of the noises, of shape (n,).
        """
        due = self.regularisers.due(self.step)
        draw = self.latent.sample
        return {name: term.every * term(self.generator, draw(n, self._device), y) for name, term in due}

    def own_state(self) -> dict[str, Tensor]:
        """The parameters and buffers that belong to no player, by their names in ``state_dict``."""
        players = ("generator.", "discriminator.")
        return {name: tensor for name, tensor in self.state_dict().items() if not name.startswith(players)}

    def sampling_state(self) -> dict[str, Tensor]:
        """The part of ``own_state`` that a sample may depend on: not that of losses and other terms of the training.

        Nor that of modules that say ``training_only = True``.
        """
        named = [name for name, module in self.named_modules() if getattr(module, "training_only", False)]
        terms = ("loss", "penalties", "regularisers", "augmentation", *named)
        others = tuple(f"{name}." for name in terms)
        return {name: tensor for name, tensor in self.own_state().items() if not name.startswith(others)}

    @property
    def _device(self) -> torch.device:
        return next(tensors(self.generator)).device
