"""Long names part by part, as a shell completes the folders of a path."""

from collections.abc import Mapping

from gancli.completion import Candidates


def next_parts(names: Mapping[str, str], typed: str, separator: str) -> Candidates:
    """The names that begin with what is typed, each up to its next part.

    ``tr`` gives ``train.steps`` and all others that begin with ``train.``, for a shell adds a space to a single
    candidate; of several it adds what all of them have in common.
    """
    found = {name: shown for name, shown in names.items() if name.startswith(typed)}
    cut: Candidates = {}
    for name, shown in found.items():
        end = name.find(separator, len(typed)) + 1
        cut[name[:end] if end else name] = "" if end else shown
    only = next(iter(cut)) if len(cut) == 1 else ""
    return next_parts(found, only, separator) if len(only) > len(typed) and only.endswith(separator) else cut
