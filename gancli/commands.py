"""Commands of gan, as messages and reports show them: each can be pasted, so its words are quoted."""

import shlex
from pathlib import Path


def command(*words: str | Path) -> str:
    """``gan`` with these words."""
    return shlex.join(["gan", *map(str, words)])


def sample(place: Path, *words: str) -> str:
    """The command that draws from a run or a checkpoint."""
    return command("sample", place, *words)


def translate(place: Path) -> str:
    """The command that translates a folder of images with a run or a checkpoint."""
    return command("translate", place, "FOLDER", "--out", "translated")


def resume(run: Path, *overrides: str) -> str:
    """The command that resumes a run."""
    return command("train", "--resume", run, *overrides)
