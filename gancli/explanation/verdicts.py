"""What the loss of a discriminator says, by how far it is from the least one towards that of an undecided one."""

VERDICTS = (  # below which share, and what that means
    (
        0.01,
        "it classifies every sample correctly. That is no success: a loss near 0 has no slope, and G learns little or "
        "nothing from it",
    ),
    (0.2, "it is right about almost every sample, so G is far behind it; if the loss sinks to 0, G stops learning"),
    (0.95, "it is right more often than not and still makes mistakes, as it should: G can follow its slope"),
    (
        1.1,
        "it hardly tells real samples from fakes. Either the fakes are that good, or D is too weak to see the "
        "difference; look at the samples, or run gan evaluate",
    ),
    (
        float("inf"),
        "it is wrong more often than a coin: it is sure of its answers, and G moves faster than it can follow. A lower "
        "learning rate is the usual way out",
    ),
)


def verdict(share: float) -> str:
    """What it means, in words.

    Args:
        share: 0 for a discriminator that is always right, 1 for one that cannot tell.
    """
    return next(words for bound, words in VERDICTS if share < bound)
