"""The check of a file that was written, against the generator that it was made of."""

from gancli.errors import GanError
from gancli.export.subject import Subject, Written

BATCHES = (1, 2, 5)  # sizes


class ExportError(GanError):
    """A file that was made does not draw what the generator draws; it is not kept."""


def difference(subject: Subject, written: Written) -> float:
    """The largest difference of any number from the original's, over batches of several sizes.

    Of images it is in units of their range, 1; of points relative to the largest coordinate, if that is more than 1.

    Raises ExportError if it is larger than the file's tolerance.
    """
    largest = 0.0
    for seed, size in enumerate(BATCHES):
        inputs = subject.example(size, seed)
        expected, found = subject.original(inputs), written.run(inputs)
        if found.shape != expected.shape:
            raise ExportError(
                f"the file makes {tuple(found.shape)} and the generator {tuple(expected.shape)}, so it is not kept"
            )
        scale = max(1.0, float(expected.abs().max()))
        largest = max(largest, float((found - expected).abs().max()) / scale)
    if not largest <= written.tolerance:  # nor is NaN
        raise ExportError(
            f"the outputs of the file differ by {largest:.2g} from the generator's; at most {written.tolerance:g} is "
            "allowed, so it is not kept"
        )
    return largest
