"""Headers of format 1, which wrote the state of the training's monitor under ``health``."""

from typing import Any


def migrate(header: dict[str, Any]) -> dict[str, Any]:
    """A header of format 1 in the words of today's format; it keeps its version."""
    migrated = {key: value for key, value in header.items() if key != "health"}
    if "health" in header:
        migrated["monitor"] = header["health"]
    return migrated
