"""The server of the page, on 127.0.0.1 alone."""

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable

import uvicorn

from gancli.errors import UsageError
from gancli.explore.app import app
from gancli.explore.session import Session
from gancli.explore.worker import Worker

HOST = "127.0.0.1"
MAX_CONNECTIONS = 64
GRACE_SECONDS = 1  # for answers under way when it is stopped


def listening_socket(port: int) -> socket.socket:
    """A socket of this machine alone; port 0 is any free one. Raises UsageError for a port that is not free."""
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((HOST, port))
    except OSError as error:
        opened.close()
        raise UsageError(f"--port {port}: {error.strerror}; leave it out, and a free one is taken") from None
    return opened


def serve(session: Session, opened: socket.socket, ready: Callable[[str], None]) -> None:
    """Serve the page until Ctrl-C, which is raised as KeyboardInterrupt.

    Args:
        session: what is explored.
        opened: by ``listening_socket``.
        ready: gets the page's address, with its token, once it answers.
    """
    worker = Worker()
    token, port = secrets.token_urlsafe(24), opened.getsockname()[1]
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        app(session, worker, token, port),
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,  # an address has the token
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MAX_CONNECTIONS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    try:
        _Server(config, worker, lambda: ready(f"http://{HOST}:{port}/{token}/")).run(sockets=[opened])
    except KeyboardInterrupt:
        if not worker.has_ended(GRACE_SECONDS):
            os._exit(128 + signal.SIGINT)  # a thread that draws would abort the end of the process
        raise


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, worker: Worker, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._worker, self._ready = worker, ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._worker.stop()
        await super().shutdown(sockets)
