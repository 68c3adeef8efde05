"""What a test that walks all recipes must add: some leave it to their user where the files are."""

import re
from pathlib import Path

WITHOUT_ROOT = re.compile(r"^dataset: \{name: folder(?!.*\broot:)", re.MULTILINE)


def needed(path: Path, root: str = "pictures") -> list[str]:
    """The overrides that a recipe cannot be loaded without."""
    return [f"dataset.root={root}"] if WITHOUT_ROOT.search(path.read_text()) else []


def whole(path: Path) -> str:
    """The text of a recipe, with a place for its files if it leaves that to its user."""
    return WITHOUT_ROOT.sub("dataset: {name: folder, root: pictures", path.read_text())
