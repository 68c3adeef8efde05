"""The checks of each kind of component, stage by stage, and the one line that a plugin's own test needs."""

from collections.abc import Callable
from typing import Any

from gancli.errors import PluginError
from gancli.registry import Plugin
from gancli.testing.architectures import ARCHITECTURE_FORM, ARCHITECTURE_VALUES
from gancli.testing.augmentations import AUGMENTATION_FORM, AUGMENTATION_VALUES
from gancli.testing.components import COMPONENT, IN_A_RECIPE, MADE
from gancli.testing.datasets import DATASET_FORM, DATASET_VALUES
from gancli.testing.extractors import EXTRACTOR_FORM, EXTRACTOR_VALUES
from gancli.testing.loggers import LOGGER_CALLS
from gancli.testing.losses import LOSS_CALL, LOSS_FORM, LOSS_SHARES, LOSS_VALUES
from gancli.testing.models import MODEL_FORM, MODEL_VALUES
from gancli.testing.penalties import PENALTY_FORM, PENALTY_SHARES, PENALTY_VALUES
from gancli.testing.promises import Outcome, Promise, outcomes
from gancli.testing.regularisers import REGULARISER_FORM, REGULARISER_SHARES, REGULARISER_VALUES
from gancli.testing.subject import Subject
from gancli.testing.training import FIRST_STEP, TOGETHER, TRAINING

Stages = tuple[tuple[Promise[Subject], ...], ...]


def _trained_in(shares: tuple[Promise[Subject], ...]) -> Stages:
    """The stages of a training with a term; ``shares`` is what it promises of a minibatch computed in shares."""
    return (FIRST_STEP, shares, TRAINING, TOGETHER)


TRAINED = (FIRST_STEP, TRAINING, TOGETHER)
STAGES: dict[str, Stages] = {
    "loss": (COMPONENT, MADE, LOSS_CALL, LOSS_FORM, LOSS_VALUES, IN_A_RECIPE, *_trained_in(LOSS_SHARES)),
    "penalty": (COMPONENT, MADE, PENALTY_FORM, PENALTY_VALUES, IN_A_RECIPE, *_trained_in(PENALTY_SHARES)),
    "regulariser": (
        COMPONENT,
        MADE,
        REGULARISER_FORM,
        REGULARISER_VALUES,
        IN_A_RECIPE,
        *_trained_in(REGULARISER_SHARES),
    ),
    "augmentation": (COMPONENT, MADE, AUGMENTATION_FORM, AUGMENTATION_VALUES, IN_A_RECIPE, *TRAINED),
    "architecture": (COMPONENT, MADE, IN_A_RECIPE, ARCHITECTURE_FORM, ARCHITECTURE_VALUES, *TRAINED),
    "model": (COMPONENT, MADE, IN_A_RECIPE, MODEL_FORM, MODEL_VALUES, *TRAINED),
    "dataset": (COMPONENT, MADE, DATASET_FORM, DATASET_VALUES, IN_A_RECIPE, *TRAINED),
    "optimizer": (COMPONENT, MADE, IN_A_RECIPE, *TRAINED),
    "extractor": (COMPONENT, EXTRACTOR_FORM, EXTRACTOR_VALUES),
    "logger": (COMPONENT, MADE, IN_A_RECIPE, LOGGER_CALLS),
}


def tried(kind: str, component: Callable[..., Any], plugin: Plugin | None = None, **options: Any) -> list[Outcome]:
    """The outcome of every check of a component.

    Args:
        kind: ``loss``, ``penalty``, ….
        component: its class, or a function that makes an instance.
        plugin: its registration, if a package registers it.
        options: of its constructor.
    """
    subject = Subject(kind, component, options, plugin)
    with subject.registered():
        return list(outcomes(STAGES[kind], subject))


def check(kind: str, component: Callable[..., Any], **options: Any) -> None:
    """Raises PluginError with every promise that a component breaks, or with the reason why nothing could be tried."""
    name = getattr(component, "__name__", repr(component))
    found = tried(kind, component, **options)
    if broken := [outcome for outcome in found if outcome.status == "broken"]:
        raise PluginError("\n".join([f"the {kind} {name} breaks its contract:", *map(described, broken)]))
    first = found[len(COMPONENT)]
    if first.status == "not tried":
        raise PluginError(f"the {kind} {name} was not tried: {first.found}")


def described(outcome: Outcome) -> str:
    """A broken promise in words: the check, the sentence of the contract, what was found, and how to mend it."""
    return f"- {outcome.check}: {outcome.sentence}\n    found: {outcome.found}\n    mend: {outcome.mend}"
