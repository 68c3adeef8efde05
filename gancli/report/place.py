"""The folder of a run that is reported on, found before anything slow is imported."""

from pathlib import Path

from gancli.errors import CheckpointError
from gancli.storage.run_folder import RunFolder


def run_folder(place: Path) -> RunFolder:
    """The run that a place is, or lies in; raises CheckpointError if there is none."""
    folder = RunFolder.of(place)
    if not folder.is_run:
        found = "is not a run" if place.exists() else "there is no such run"
        expected = f"a folder that 'gan train' has written, with {folder.recipe.name} and {folder.history.name} in it"
        raise CheckpointError(f"{place}: {found}; expected {expected}")
    return folder
