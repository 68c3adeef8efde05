"""The ways in which a training fails: how long each must last, and what the user is told of it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What is said of a symptom.

    Args:
        name: the failure in a few words; the closing line and the figures show it.
        seen: what was seen; a template.
        advice: what to try, in the recipe's keys.
        lasts: how many steps it must have lasted; of what is seen at looks, 1 means the next one.
        gone: after how many updates without it, it is over.
    """

    name: str
    seen: str
    advice: str
    lasts: int = 0
    gone: int = 25

    def text(self, fields: Mapping[str, object]) -> str:
        return f"{self.name}: {self.seen.format_map(fields)}; {self.advice}"


SYMPTOMS = {
    "saturated": Words(
        "discriminator saturated",
        "at {shown} of the last {logged} logged steps it told every sample from data, so the generator learns nothing "
        "from it",
        "try penalties=[r1], a lower optimizer.discriminator.lr, or loss.label_smoothing=0.1",
    ),
    "vanished": Words(
        "the generator's gradient is gone",
        "at {shown} of the last {logged} logged steps it was next to nothing, so the generator stands still",
        "try loss=non-saturating, penalties=[r1], or a lower optimizer.discriminator.lr",
    ),
    "exploded": Words(
        "the losses explode",
        "within {steps} steps {loss} reached {value:.3g}, where {usual:.3g} is usual",
        "try a lower optimizer.lr, or a penalty: penalties=[r1], or penalties=[gradient-penalty] for loss=wasserstein",
    ),
    "swings": Words(
        "the losses swing",
        "within {steps} steps the discriminator's went between {low:.2g} and {high:.2g}, so neither player learns from "
        "the other",
        "try a lower optimizer.lr, loss=non-saturating, or penalties=[r1]",
    ),
    "narrow": Words(
        "diversity collapsed",
        "the samples{of_classes} are hardly apart from one another, where real ones are",
        "go back to an earlier checkpoint, or try penalties=[r1], a lower optimizer.lr, or a larger train.batch_size",
        lasts=1,
        gone=3,
    ),
    "repeated": Words(
        "diversity collapsed",
        "many samples are copies of one another",
        "go back to an earlier checkpoint, or try penalties=[r1], a lower optimizer.lr, or a larger latent.dim",
        lasts=1,
        gone=3,
    ),
    "uncovered": Words(
        "diversity collapsed",
        "most of the data has no sample near it",
        "try penalties=[r1], a lower optimizer.lr, or a larger train.batch_size",
        lasts=1,
        gone=3,
    ),
    "dead": Words(
        "classes are missing",
        "hardly a sample looks like one{of_classes}",
        "try penalties=[r1], a lower optimizer.lr, or model=cgan, which is asked for every class",
        lasts=1,
        gone=3,
    ),
    "far": Words(
        "the samples are nothing like the data",
        "their distance to it is {distance:.2f}, and was {before:.2f} at step {then:,}; the data has 0, its mean "
        "about 0.4",
        "try a lower optimizer.lr if they are noise, a higher one if they hardly change, or penalties=[r1]",
        gone=3,
    ),
    "worse": Words(
        "the samples got worse",
        "their distance to the data is {distance:.2f}, and was {before:.2f} at step {then:,}",
        "go back to an earlier checkpoint, or try a lower optimizer.lr, or penalties=[r1]",
        lasts=1,
        gone=3,
    ),
}
