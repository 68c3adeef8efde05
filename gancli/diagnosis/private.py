"""Texts without the user's name and home."""

import getpass
import os
import re
from pathlib import Path


def without_names(text: str) -> str:
    """A text with ``~`` for the user's home, and ``USER`` for the user's name where it is a part of a path."""
    for home in sorted({str(Path.home()), os.path.realpath(Path.home())}, key=len, reverse=True):
        if home != os.sep:
            text = re.sub(rf"{re.escape(home)}(?![\w.-])", "~", text)
    try:
        name = getpass.getuser()
    except (OSError, KeyError):  # a container whose user has no name
        return text
    return re.sub(rf"(?<=[/\\]){re.escape(name)}(?![\w.-])", "USER", text)
