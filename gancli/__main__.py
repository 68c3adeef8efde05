"""``gan``, and ``python -m gancli``, which is what ``torchrun`` starts."""

import os
import signal
from types import FrameType


def main() -> None:
    """Run the command line; from the first moment to the last, Ctrl-C ends it without a traceback."""

    def leave(number: int, frame: FrameType | None) -> None:
        os._exit(128 + number)  # nothing was begun

    is_heeded = signal.getsignal(signal.SIGINT) == signal.default_int_handler  # a shell's background job ignores it
    if is_heeded:
        signal.signal(signal.SIGINT, leave)
    from gancli.cli import app
    from gancli.training.openmp import bound_spinning

    bound_spinning()

    if is_heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        app(prog_name="gan")
    finally:
        if is_heeded:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command is done


if __name__ == "__main__":
    main()
