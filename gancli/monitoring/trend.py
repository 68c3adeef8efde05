"""Whether the samples come nearer to the data, by their distances at the last checks."""

from collections.abc import Sequence

from gancli.monitoring.state import SampleCheck

KEPT = 6  # checks that are remembered
FAR = 0.25  # of a distance: a generator that draws the data's mean has about 0.4, half of the classes about 0.03
NEARER = 0.8  # of the distance before: less than that is progress
WORSE = 3  # times the least distance


def is_far(checks: Sequence[SampleCheck], far: float = FAR) -> bool:
    """d > ``far`` at the last four checks, without progress from the first of them, or the first two, to the last."""
    distances = [check.distance for check in checks[-4:]]
    if len(distances) < 4 or min(distances) <= far or is_nearing(checks):
        return False
    return sum(distances[2:]) > NEARER * sum(distances[:2])


def is_worse(checks: Sequence[SampleCheck], nearest: SampleCheck) -> bool:
    """d > 0.25 now, and three times the least so far."""
    return bool(checks) and checks[-1].distance > max(FAR, WORSE * nearest.distance)


def is_nearing(checks: Sequence[SampleCheck]) -> bool:
    """Whether the samples are still coming nearer: then no class counts as missing yet."""
    distances = [check.distance for check in checks[-4:]]
    return len(distances) > 1 and distances[-1] < NEARER * distances[0]
