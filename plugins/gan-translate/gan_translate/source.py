"""The images that a generator of images translates."""

from gancli import DataSpec, Source

MIN_SIDE = 8  # pixels


def source_of(data: DataSpec) -> Source:
    """Facts about the source images.

    Raises ValueError for data without source images, and for images that are small or of another size than their
    targets.
    """
    source = data.source
    if source is None:
        raise ValueError("this architecture translates images; this dataset has no source images")
    before, after = ("×".join(map(str, shape[1:])) for shape in (source.shape, data.shape))
    if before != after:
        raise ValueError(f"found source images of {before} pixels and targets of {after}; expected one size for both")
    if min(data.shape[1:]) < MIN_SIDE:
        raise ValueError(f"found images of {after} pixels; expected {MIN_SIDE} or more in height and in width")
    return source
