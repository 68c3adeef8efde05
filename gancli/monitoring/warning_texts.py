"""The ways in which a training fails: how long each must last, and the text of its warning."""

from collections.abc import Mapping
from dataclasses import dataclass

GO_BACK = "go back to an earlier checkpoint"  # the run adds the command, if it has one


@dataclass(frozen=True)
class WarningText:
    """Text of a kind of warning.

    Args:
        name: the failure in a few words; the closing line and the figures show it.
        found: the evidence; a template.
        advice: what to try, in the recipe's keys.
        lasts: how many steps it must have lasted; at checks of samples, 1 means the next one.
        gone: after how many updates without it, it is over.
    """

    name: str
    found: str
    advice: str
    lasts: int = 0
    gone: int = 25

    def fill(self, fields: Mapping[str, object]) -> str:
        """The whole warning, with the values of its template."""
        return f"{self.name}: {self.found.format_map(fields)}; {self.advice}"


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
        "try penalties=[r1], a lower optimizer.discriminator.lr, or loss.label_smoothing=0.1",
    ),
    "vanished": WarningText(
        "the generator's gradient has vanished",
        "at {shown} of the last {logged} logged steps it was almost 0, so the generator no longer learns",
        "try loss=non-saturating, penalties=[r1], or a lower optimizer.discriminator.lr",
    ),
    "exploded": WarningText(
        "the losses explode",
        "within {steps} steps the loss '{loss}' reached {value:.3g}; {usual:.3g} is usual",
        "try a lower optimizer.lr, or a penalty: penalties=[r1], or penalties=[gradient-penalty] for loss=wasserstein",
    ),
    "swings": WarningText(
        "the losses swing",
        "within {steps} steps the loss '{loss}' went between {low:.2g} and {high:.2g}, so neither player learns from "
        "the other",
        "try a lower optimizer.lr, loss=non-saturating, or penalties=[r1]",
    ),
    "low_diversity": WarningText(
        "diversity collapsed",
        "the samples{of_classes} are almost equal to one another, and real ones are not",
        f"{GO_BACK}, or try penalties=[r1], a lower optimizer.lr, or a larger train.batch_size",
        lasts=1,
        gone=3,
    ),
    "repeated": WarningText(
        "diversity collapsed",
        "many samples are copies of one another",
        f"{GO_BACK}, or try penalties=[r1], a lower optimizer.lr, or a larger latent.dim",
        lasts=1,
        gone=3,
    ),
    "uncovered": WarningText(
        "diversity collapsed",
        "most of the data has no sample near it",
        "try penalties=[r1], a lower optimizer.lr, or a larger train.batch_size",
        lasts=1,
        gone=3,
    ),
    "missing_classes": WarningText(
        "classes are missing",
        "almost no sample looks like one{of_classes}",
        "try penalties=[r1], a lower optimizer.lr, or model=cgan, which draws every class",
        lasts=1,
        gone=3,
    ),
    "far": WarningText(
        "the samples are nothing like the data",
        "their distance to it is {distance:.2f}, and was {before:.2f} at step {then:,}; the data has 0, its mean "
        "about 0.4",
        "try a lower optimizer.lr if they are noise, a higher one if they hardly change, or penalties=[r1]",
        gone=3,
    ),
    "worse": WarningText(
        "the samples got worse",
        "their distance to the data is {distance:.2f}, and was {before:.2f} at step {then:,}",
        f"{GO_BACK}, or try a lower optimizer.lr, or penalties=[r1]",
        lasts=1,
        gone=3,
    ),
}
