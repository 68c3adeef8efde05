"""The schema of a recipe: its sections, their types, ranges and defaults."""

import re
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, model_validator

from gancli.errors import RecipeError
from gancli.recipe import strict_yaml
from gancli.recipe.tree import Tree, undotted

if TYPE_CHECKING:
    from gancli.recipe.plan import Plan

PLAYERS = ("discriminator", "generator")
PACKAGE = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
NAME = rf"^({PACKAGE}/)?[A-Za-z0-9][A-Za-z0-9_-]{{0,63}}$"  # of a component, alone or after that of its package


class Section(BaseModel):
    """A part of the recipe: frozen, and closed to unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


def is_name(written: Any) -> bool:
    """Whether it can be the name of a component: a word, perhaps after its package's, and no path to import."""
    return isinstance(written, str) and re.fullmatch(NAME, written) is not None


class Component(Section):
    """A named component and its own options."""

    model_config = ConfigDict(extra="allow")
    name: str = Field(pattern=NAME)

    @property
    def options(self) -> dict[str, Any]:
        """The options as written, with the component's defaults filled in."""
        return dict(self.model_extra or {})


class Term(Component):
    """A penalty or a regulariser: a component, and how often its loss is due.

    Args:
        every: iterations from one time that the loss is due to the next; it is then weighted by this number.
    """

    every: int = Field(default=1, ge=1)


def _has_a_word_for_a_name(block: dict[str, Any]) -> dict[str, Any]:
    if "name" in block and not is_name(block["name"]):
        raise ValueError("expected the name of an optimizer")
    return block


Block = Annotated[dict[str, Any], AfterValidator(_has_a_word_for_a_name)]


class Optimizer(Component):
    """One optimizer for both players; a player's block holds what differs for it.

    Args:
        discriminator: what differs for the discriminator.
        generator: what differs for the generator.
    """

    discriminator: Block = {}
    generator: Block = {}

    def of(self, player: str) -> Component:
        """The optimizer of one player: ``"discriminator"`` or ``"generator"``."""
        own = getattr(self, player)
        shared = {} if own.get("name", self.name) != self.name else self.options
        return Component(**{"name": self.name} | shared | own)


class Ramp(Section):
    """An optimizer's number that changes over the steps: ``lr: {from: 2e-3, to: 0, after: 0.5}``.

    Args:
        from: the first value.
        to: the last value, which then stays.
        steps: the length of the ramp; by default the whole training.
        after: the share of these steps for which the first value is held.
        shape: of the way from the one to the other.
    """

    start: float = Field(alias="from", ge=0)
    end: float = Field(alias="to", ge=0)
    steps: int | None = Field(default=None, ge=1)  # None is written out as the number of steps
    after: float = Field(default=0.0, ge=0, lt=1)
    shape: Literal["linear", "cosine", "exponential"] = "linear"

    @model_validator(mode="after")
    def _exponential_is_positive(self) -> Self:
        if self.shape == "exponential" and min(self.start, self.end) <= 0:
            raise ValueError("expected from and to above 0, as an exponential ramp needs")
        return self


class Latent(Section):
    """The noise that a generator starts from: N(0, scale²), or uniform in (-scale, scale).

    Args:
        dim: how many numbers a sample starts from.
        prior: the distribution of each.
        scale: the standard deviation of the normal distribution, or the limit of the uniform one.
    """

    dim: int = Field(default=100, ge=1, le=65536)
    prior: Literal["normal", "uniform"] = "normal"
    scale: float = Field(default=1.0, gt=0)


class Train(Section):
    """How long, how often, how many.

    Args:
        steps: iterations of the training; each ends with a step of the generator.
        k_steps: steps of the discriminator in each iteration.
        batch_size: examples in a minibatch.
        accumulate: parts of a minibatch that are computed one after another, which takes less memory.
        cuda_graph: record the steps as CUDA graphs, which a GPU repeats without Python; not yet tried on a GPU.
        ema: decay of the average of the generator's weights, from which samples are drawn; 0 keeps no average.
        ema_warmup: let the decay grow towards ``ema`` over the first updates.
        log_every: steps between two lines of the history.
        sample_every: steps between two pictures of samples.
        evaluate_every: steps between two evaluations; 0 for none.
        patience: evaluations in a row without a better one that end the training; 0 for no such end.
        checkpoint_every: steps between two checkpoints.
        keep: how many of the newest checkpoints stay.
    """

    steps: int = Field(default=5000, ge=1)
    k_steps: int = Field(default=1, ge=1, le=1000)
    batch_size: int = Field(default=64, ge=1, le=1_000_000)
    accumulate: int = Field(default=1, ge=1, le=1_000_000)
    cuda_graph: bool = False
    ema: float = Field(default=0.999, ge=0, lt=1)
    ema_warmup: bool = True
    log_every: int = Field(default=10, ge=1)
    sample_every: int = Field(default=500, ge=1)
    evaluate_every: int = Field(default=0, ge=0)
    patience: int = Field(default=0, ge=0)
    checkpoint_every: int = Field(default=1000, ge=1)
    keep: int = Field(default=2, ge=1)


class Recipe(Section):
    """The whole recipe, checked and with every default filled in.

    Args:
        schema: the version of this format.
        dataset: the data to learn from.
        model: the game: who plays, and what each player minimises.
        architecture: the networks of both players.
        loss: what logits are worth to each player.
        penalties: further terms of the discriminator's loss.
        regularisers: further terms of the generator's loss.
        augmentation: changes of real and generated images on their way into the discriminator.
        latent: the noise that the generator starts from.
        optimizer: of torch.optim or of a plugin; for both players, and what differs for one.
        train: how long, how often, how many.
        device: where to compute; auto takes cuda, then mps, then cpu.
        precision: of the networks' arithmetic; auto takes bf16 where a few timed steps say that it is faster.
        seed: the number that every random choice follows from.
        log: loggers, which get the curves of the training besides its run; no part of what is trained.
    """

    schema_version: Literal[1] = Field(default=1, alias="schema")
    dataset: Component
    model: Component = Component(name="gan")
    architecture: Component
    loss: Component = Component(name="non-saturating")
    penalties: tuple[Term, ...] = ()
    regularisers: tuple[Term, ...] = ()
    augmentation: Component = Component(name="none")
    latent: Latent = Latent()
    optimizer: Optimizer = Optimizer(name="adam", lr=2e-4, betas=[0.5, 0.99])  # type: ignore[call-arg]
    train: Train = Train()
    device: str = Field(default="auto", pattern=r"^(auto|cpu|mps|cuda(:\d{1,2})?)$")
    precision: Literal["auto", "fp32", "bf16"] = "fp32"
    seed: int = Field(default=0, ge=0, lt=2**63)
    log: tuple[Component, ...] = ()

    _name: str = PrivateAttr(default="run")
    _tree: Tree = PrivateAttr(default_factory=lambda: Tree({}))
    _plan: "Plan | None" = PrivateAttr(default=None)

    @property
    def name(self) -> str:
        """The recipe's file name without its ending; that of a run is the name of its directory."""
        return self._name

    @property
    def plan(self) -> "Plan":
        """Its components, resolved; a recipe that was read and checked has them."""
        assert self._plan is not None
        return self._plan

    def named(self, name: str) -> Self:
        """The same recipe under another name."""
        copy = self.model_copy()
        copy._name = name
        return copy

    def in_precision(self, precision: str) -> Self:
        """The same recipe in another precision."""
        return self.model_copy(update={"precision": precision})

    def error(self, key: str, problem: object) -> RecipeError:
        """A RecipeError about one dotted key, with the place where the recipe says it."""
        place = self._tree.place(undotted(key))
        return RecipeError(f"{place}: {key}: {problem}" if place else f"{key}: {problem}")

    def values(self) -> dict[str, Any]:
        """The recipe as plain values; ``from_values`` reads them back."""
        return self.model_dump(mode="json", by_alias=True)

    def trained_values(self) -> dict[str, Any]:
        """What is trained, as a checkpoint keeps it: without the loggers, which nobody needs who uses it."""
        return self.model_dump(mode="json", by_alias=True, exclude={"log"})

    def to_yaml(self) -> str:
        """The recipe as YAML that loads back to the same recipe."""
        return strict_yaml.dump(self.values())
