"""The check of a file that was made, against the generator that it was made of."""

from gancli.errors import GanError
from gancli.export.subject import Subject, Written

BATCHES = (1, 2, 5)  # sizes


class ExportError(GanError):
    """A file that was made does not draw what the generator draws; it is not kept."""


def difference(subject: Subject, written: Written) -> float:
    """The largest difference of any number from the original's, over batches of several sizes.

    Of images it is in units of their range, 1; of points relative to the largest coordinate, if that is more than 1.
    """
    largest = 0.0
    for seed, size in enumerate(BATCHES):
        inputs = subject.example(size, seed)
        expected, found = subject.original(inputs), written.run(inputs)
        if found.shape != expected.shape:
            return float("inf")
        scale = max(1.0, float(expected.abs().max()))
        largest = max(largest, float((found - expected).abs().nan_to_num(float("inf")).max()) / scale)
    return largest


def check(found: float, written: Written) -> None:
    """Raises ExportError for a difference that is larger than the file's tolerance."""
    if found > written.tolerance:
        raise ExportError(
            f"the outputs of the file differ by {found:.2g} from the generator's; at most {written.tolerance:.2g} is "
            "allowed, so it is not kept"
        )
