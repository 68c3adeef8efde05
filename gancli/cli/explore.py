"""``gan explore``: a page in the browser for playing with a trained model."""

from typing import Annotated

import typer

from gancli import extras
from gancli.cli.drawing import places_and_options
from gancli.cli.options import CheckpointPath, Words
from gancli.progress import task
from gancli.storage import header
from gancli.terminal.output import note, result, say
from gancli.terminal.waiting import load_torch, silent

EXAMPLES = "Examples:  gan explore runs/mnist_cgan  ·  gan explore runs/edges2emoji --port 8000 --no-open"
NEEDS = ("starlette", "uvicorn")


def explore(
    place: CheckpointPath,
    words: Words = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of the page; 0: any free one.")] = 0,
    no_open: Annotated[bool, typer.Option("--no-open", help="Print the address, and open no browser.")] = False,
) -> None:
    """Play with a trained model in the browser: samples, walks between them, options, checkpoints, translations.

    The page is for this machine alone: its address has a token. Ctrl-C ends it.
    """
    header.facts(place)  # mistakes are reported before torch is imported
    extras.require("gan explore", NEEDS, "web")
    load_torch()
    moved, options = places_and_options(words or [])
    from gancli.explore.server import listening_socket, serve
    from gancli.explore.session import Session

    with listening_socket(port) as opened:
        with task("reading the checkpoint"):
            session = Session(place, moved, options, note)
        with silent():
            serve(session, opened, lambda address: _announce(address, opens=not no_open))


def _announce(address: str, *, opens: bool) -> None:
    """Print the page's address, and open it."""
    result(address)
    say("Ctrl-C ends it")
    if opens:
        import threading
        import webbrowser

        # A browser in a terminal returns when it is left, and the page must be served by then.
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
