"""The list of a dataset's files, which ``sha256sum --check`` reads, and the difference between two such lists."""

from collections import Counter
from collections.abc import Iterable, Mapping

from gancli.errors import DataError, printable
from gancli.names import composed

MAX_NAMES = 5  # of a kind in a summary
ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}


def write(manifest: Mapping[str, str]) -> str:
    """The lines of ``sha256sum`` for relative paths and their digests.

    A path that is not valid text has surrogates, as those of ``os.listdir`` do: encode with ``surrogateescape``.
    """
    return "".join(_line(name, digest) for name, digest in manifest.items())


def _line(name: str, digest: str) -> str:
    escaped = "".join(ESCAPES.get(character, character) for character in name)
    return f"{'' if escaped == name else chr(92)}{digest}  {escaped}\n"


def read(text: str) -> dict[str, str]:
    """The digests that ``write`` wrote, by relative path.

    Raises DataError for a line that is not in the format of ``sha256sum``.
    """
    manifest = {}
    lines = text.split("\n")  # not splitlines(): a name may have a character that it treats as the end of a line
    for number, line in enumerate(lines[:-1], start=1):
        digest, gap, name = line.partition("  ")
        if not (gap and name and len(digest.removeprefix("\\")) == 64):
            raise DataError(
                f"line {number} of the list of files: found {printable(line[:80])!r}, expected 'DIGEST  NAME'"
            )
        manifest[_unescaped(name) if digest.startswith("\\") else name] = digest.removeprefix("\\")
    return manifest


def _unescaped(name: str) -> str:
    # Halves between double backslashes, so that the n after an escaped backslash is a letter.
    return "\\".join(part.replace("\\n", "\n").replace("\\r", "\r") for part in name.split("\\\\"))


def difference(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """The files that were added, removed, changed or renamed, a few names of each; empty if there are none.

    For example "2 added (cats/9.png, cats/10.png), 1 renamed (a.png → b.png)". Names that differ only in the
    Unicode form of their letters, as between a Mac and another system, are the same.
    """
    before, after = _composed(before, after), _composed(after, before)
    added = {name: digest for name, digest in after.items() if name not in before}
    removed = {name: digest for name, digest in before.items() if name not in after}
    changed = [name for name, digest in after.items() if before.get(name, digest) != digest]
    renamed = _renames(removed, added)
    kinds = {
        "added": [name for name in added if name not in renamed.values()],
        "removed": [name for name in removed if name not in renamed],
        "changed": changed,
        "renamed": [f"{old} → {new}" for old, new in renamed.items()],
    }
    return ", ".join(f"{len(names):,} {kind} ({some(names)})" for kind, names in kinds.items() if names)


def _composed(manifest: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    """Composed names, except of those that ``other`` has too, and of two that differ in nothing else."""
    forms = Counter(map(composed, manifest))
    is_kept = {name: name in other or forms[composed(name)] > 1 for name in manifest}
    return {name if is_kept[name] else composed(name): digest for name, digest in manifest.items()}


def _renames(removed: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """Old name → new name of the files that only moved; each of several copies is used once."""
    new_names: dict[str, list[str]] = {}
    for name in reversed(list(added)):
        new_names.setdefault(added[name], []).append(name)
    return {old: new_names[digest].pop() for old, digest in removed.items() if new_names.get(digest)}


def some(names: Iterable[str]) -> str:
    """The first few names, fit for a terminal, and whether there are more."""
    names = list(names)
    return ", ".join([*map(printable, names[:MAX_NAMES]), *(["…"] if len(names) > MAX_NAMES else [])])
