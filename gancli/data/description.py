"""A description of the training data in one line."""

from gancli.data.base import Dataset
from gancli.errors import printable

MAX_NAMED = 12  # classes; of more than these, only the smallest and the largest are named


def describe(dataset: Dataset, *, labels_used: bool) -> str:
    """The number of examples and of each class, and the files that are left out, with the reason."""
    parts = [f"training on {dataset.amount()}{_classes(dataset)}"]
    if dataset.spec.num_classes and not labels_used:
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
        return f"{of}: {', '.join(names)}" if len(names) <= MAX_NAMED else of
    if len(set(counts)) == 1 and len(names) > 1:
        each = f"{of} with {counts[0]:,} each"
        return f"{each}: {', '.join(names)}" if len(names) <= MAX_NAMED else each
    if len(names) <= MAX_NAMED:
        return f"{of}: {', '.join(f'{name} ({count:,})' for name, count in zip(names, counts, strict=True))}"
    least, most = (counts.index(found) for found in (min(counts), max(counts)))
    return f"{of}, from {names[least]} ({counts[least]:,}) to {names[most]} ({counts[most]:,})"
