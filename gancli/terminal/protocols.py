"""Which of the protocols for pictures a terminal has, by what it says of itself in the environment.

No terminal is asked: its answer could come late, and be read as input by the shell.
"""

import os
from collections.abc import Mapping
from typing import Literal

from gancli.errors import UsageError

Protocol = Literal["kitty", "iterm", "sixel", "blocks"]
PROTOCOLS: tuple[Protocol, ...] = ("kitty", "iterm", "sixel", "blocks")
VARIABLE = "GAN_SHOW"  # names the protocol where it is not recognised
KITTY = ("xterm-kitty", "xterm-ghostty")
SIXEL = ("foot", "foot-extra", "mlterm", "mlterm-256color")
ITERM = ("iTerm.app", "WezTerm", "mintty")
MULTIPLEXERS = ("tmux", "screen")  # which pass no pictures on, unless they are told to


def protocol(environment: Mapping[str, str] = os.environ) -> Protocol:
    """The protocol that is named, or that the terminal has; ``blocks``, which every one has, where it is not sure.

    Raises UsageError for an unknown name.
    """
    if named := environment.get(VARIABLE):
        for known in PROTOCOLS:
            if named == known:
                return known
        raise UsageError(f"{VARIABLE}: found {named!r}, expected {', '.join(PROTOCOLS)}")
    terminal, program = environment.get("TERM", ""), environment.get("TERM_PROGRAM", "")
    if {"TMUX", "STY"} & environment.keys() or terminal.startswith(MULTIPLEXERS):
        return "blocks"
    if terminal in KITTY or "KITTY_WINDOW_ID" in environment or program == "ghostty":
        return "kitty"
    if program in ITERM or environment.get("LC_TERMINAL") == "iTerm2":
        return "iterm"
    return "sixel" if terminal in SIXEL else "blocks"
