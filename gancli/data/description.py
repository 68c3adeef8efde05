"""What a training learns from, in one line."""

from gancli.data.base import Dataset
from gancli.errors import printable

SHOWN = 12  # classes that are all named; of more, the smallest and the largest


def describe(dataset: Dataset, *, labels_used: bool) -> str:
    """How many examples, of which classes, and what is left out and why."""
    spec, size = dataset.spec, len(dataset)
    kind = "image" if spec.is_image else "point"
    parts = [f"training on {size:,} {kind}{'' if size == 1 else 's'}{_classes(dataset)}"]
    if spec.num_classes and not labels_used:
        parts.append("this model does not use their labels")
    if dataset.left_out:
        parts.append(f"left out: {dataset.left_out}")
    return printable("; ".join(parts))


def _classes(dataset: Dataset) -> str:
    names, counts = dataset.spec.class_names, dataset.class_counts()
    if not names:
        return ""
    of = f" of {len(names):,} class{'' if len(names) == 1 else 'es'}"
    if not counts:
        return f"{of}: {', '.join(names)}" if len(names) <= SHOWN else of
    if len(set(counts)) == 1 and len(names) > 1:
        each = f"{of} with {counts[0]:,} each"
        return f"{each}: {', '.join(names)}" if len(names) <= SHOWN else each
    if len(names) <= SHOWN:
        return f"{of}: {', '.join(f'{name} ({count:,})' for name, count in zip(names, counts, strict=True))}"
    least, most = (counts.index(found) for found in (min(counts), max(counts)))
    return f"{of}, from {names[least]} ({counts[least]:,}) to {names[most]} ({counts[most]:,})"
