"""The checks of each kind of component, stage by stage, and the one line that a plugin's own test needs."""

from collections.abc import Callable
from typing import Any

from gancli.errors import PluginError
from gancli.registry import Plugin
from gancli.testing.architectures import ARCHITECTURE
from gancli.testing.augmentations import AUGMENTATION
from gancli.testing.components import COMPONENT, IN_A_RECIPE, MADE
from gancli.testing.datasets import DATASET
from gancli.testing.extractors import EXTRACTOR
from gancli.testing.losses import LOSS
from gancli.testing.models import MODEL
from gancli.testing.penalties import PENALTY
from gancli.testing.promises import Outcome, Promise, outcomes
from gancli.testing.regularisers import REGULARISER
from gancli.testing.subject import Subject
from gancli.testing.training import FIRST_STEP, TRAINING

Stages = tuple[tuple[Promise[Subject], ...], ...]

STAGES: dict[str, Stages] = {
    "loss": (COMPONENT, MADE, LOSS, IN_A_RECIPE, FIRST_STEP, TRAINING),
    "penalty": (COMPONENT, MADE, PENALTY, IN_A_RECIPE, FIRST_STEP, TRAINING),
    "regulariser": (COMPONENT, MADE, REGULARISER, IN_A_RECIPE, FIRST_STEP, TRAINING),
    "augmentation": (COMPONENT, MADE, AUGMENTATION, IN_A_RECIPE, FIRST_STEP, TRAINING),
    "architecture": (COMPONENT, MADE, IN_A_RECIPE, ARCHITECTURE, FIRST_STEP, TRAINING),
    "model": (COMPONENT, MADE, IN_A_RECIPE, MODEL, FIRST_STEP, TRAINING),
    "dataset": (COMPONENT, MADE, DATASET, IN_A_RECIPE, FIRST_STEP, TRAINING),
    "optimizer": (COMPONENT, MADE, IN_A_RECIPE, FIRST_STEP, TRAINING),
    "extractor": (COMPONENT, EXTRACTOR),
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
    """Raises PluginError with every promise that a component breaks."""
    name = getattr(component, "__name__", repr(component))
    broken = [outcome for outcome in tried(kind, component, **options) if outcome.status == "broken"]
    if broken:
        raise PluginError("\n".join([f"the {kind} {name} breaks its contract:", *map(described, broken)]))


def described(outcome: Outcome) -> str:
    """A broken promise in words: the check, the sentence of the contract, what was found, and how to mend it."""
    return f"- {outcome.check}: {outcome.sentence}\n    found: {outcome.found}\n    mend: {outcome.mend}"
