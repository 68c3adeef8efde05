"""The ways in which a training fails: how long each must last, and the text of its warning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

GO_BACK = "go back to an earlier checkpoint"  # the run adds the command, if it has one
LOWER_LR, LARGER_BATCH = "a lower optimizer.lr", "a larger train.batch_size"
LOWER_DISCRIMINATOR_LR = "a lower optimizer.discriminator.lr"
NON_SATURATING, LABEL_SMOOTHING = "loss=non-saturating", "loss.label_smoothing=0.1"
CONDITIONAL = "model=cgan, which draws every class"
R1, GRADIENT_PENALTY = "penalties=[r1]", "penalties=[gradient-penalty]"
PENALTIES = (R1, GRADIENT_PENALTY)  # of which one suits the loss


@dataclass(frozen=True)
class WarningText:
    """Text of a kind of warning.

    Args:
        name: the failure in a few words; the closing line and the figures show it.
        found: the evidence; a template.
        advice: what to try, in the recipe's keys; of this, a training is told what it does not have yet.
        goes_back: whether to go back to an earlier checkpoint is another way.
        lasts: how many steps it must have lasted; at checks of samples, 1 means the next one.
        gone: after how many updates without it, it is over.
    """

    name: str
    found: str
    advice: tuple[str, ...]
    goes_back: bool = False
    lasts: int = 0
    gone: int = 25

    def fill(self, fields: Mapping[str, object], applies: Callable[[str], bool] = lambda advice: True) -> str:
        """The whole warning, with the values of its template and the advice that applies."""
        *others, last = filter(applies, self.advice)
        choices = f"{', '.join(others)}{',' * (len(others) > 1)} or {last}" if others else last
        return f"{self.name}: {self.found.format_map(fields)}; {f'{GO_BACK}, or ' * self.goes_back}try {choices}"


def warning_name(kind: str, loss: str) -> str:
    """The name of a kind of warning for one loss: the kind alone for ``discriminator``, else ``kind/loss``."""
    return kind if loss in ("", "discriminator") else f"{kind}/{loss}"


def text_of(name: str) -> WarningText:
    """The text of a warning by the name that ``warning_name`` gives."""
    return WARNINGS[name.partition("/")[0]]


WARNINGS = {
    "saturated": WarningText(
        "discriminator saturated",
        "at {shown} of the last {logged} logged steps the loss '{loss}' was that of a discriminator that classified "
        "every sample correctly, so the generator learns nothing from it",
        (*PENALTIES, LOWER_DISCRIMINATOR_LR, LABEL_SMOOTHING),
    ),
    "vanished": WarningText(
        "the generator's gradient has vanished",
        "at {shown} of the last {logged} logged steps it was almost 0, so the generator no longer learns",
        (NON_SATURATING, *PENALTIES, LOWER_DISCRIMINATOR_LR),
    ),
    "exploded": WarningText(
        "the losses explode",
        "within {steps} steps the loss '{loss}' reached {value:.3g}; {usual:.3g} is usual",
        (LOWER_LR, *PENALTIES),
    ),
    "swings": WarningText(
        "the losses swing",
        "within {steps} steps the loss '{loss}' went between {low:.2g} and {high:.2g}, so neither player learns from "
        "the other",
        (LOWER_LR, NON_SATURATING, *PENALTIES),
    ),
    "low_diversity": WarningText(
        "diversity collapsed",
        "the samples{of_classes} are almost equal to one another, and real ones are not",
        (*PENALTIES, LOWER_LR, LARGER_BATCH),
        goes_back=True,
        lasts=1,
        gone=3,
    ),
    "repeated": WarningText(
        "diversity collapsed",
        "many samples are copies of one another",
        (*PENALTIES, LOWER_LR, "a larger latent.dim"),
        goes_back=True,
        lasts=1,
        gone=3,
    ),
    "uncovered": WarningText(
        "diversity collapsed",
        "most of the data has no sample near it",
        (*PENALTIES, LOWER_LR, LARGER_BATCH),
        lasts=1,
        gone=3,
    ),
    "missing_classes": WarningText(
        "classes are missing",
        "almost no sample looks like one{of_classes}",
        (*PENALTIES, LOWER_LR, CONDITIONAL),
        lasts=1,
        gone=3,
    ),
    "far": WarningText(
        "the samples are nothing like the data",
        "their distance to it is {distance:.2f}, and was {before:.2f} at step {then:,}; the data has 0, its mean "
        "about 0.4",
        (*PENALTIES, f"{LOWER_LR} if they are noise", "a higher one if they hardly change"),
        gone=3,
    ),
    "worse": WarningText(
        "the samples got worse",
        "their distance to the data is {distance:.2f}, and was {before:.2f} at step {then:,}",
        (*PENALTIES, LOWER_LR),
        goes_back=True,
        lasts=1,
        gone=3,
    ),
}
