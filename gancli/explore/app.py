"""The addresses of the page: its files, the facts about the model, and the pictures."""

from pathlib import Path
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from gancli.errors import CheckpointError, GanError, is_out_of_memory
from gancli.explore import requests
from gancli.explore.answers import Answers
from gancli.explore.security import Guard
from gancli.explore.session import Session
from gancli.explore.worker import SupersededError, Worker

STATIC = Path(__file__).with_name("static")
TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
FILES = {"": "index.html"} | {path.name: path.name for path in STATIC.iterdir() if path.suffix in TYPES}
MEDIA = {"png": "image/png", "gif": "image/gif", "webp": "image/webp"}
SMALL_BODY = 64 * 2**10  # bytes of a request without a picture

Kind = TypeVar("Kind", bound=requests.Asked)


def app(session: Session, worker: Worker, token: str, port: int) -> ASGIApp:
    """The application, behind its guard.

    Args:
        session: what is explored.
        worker: draws.
        token: the first part of every path.
        port: that it is served on.
    """
    pages = Pages(Answers(session), worker)
    routes = [
        Route("/", static, methods=["GET"]),
        Route("/api/facts", pages.facts, methods=["GET"]),
        Route("/api/samples", pages.samples, methods=["POST"]),
        Route("/api/walk", pages.walk, methods=["POST"]),
        Route("/api/translation", pages.translation, methods=["POST"]),
        Route("/{name}", static, methods=["GET"]),
    ]
    handlers: dict[Any, Any] = {
        GanError: _refused,
        SupersededError: _superseded,
        HTTPException: _plain,
        Exception: _failed,
    }
    inner = Starlette(routes=routes, exception_handlers=handlers)
    inner.router.redirect_slashes = False  # the address would be one without the token
    return Guard(inner, token, port)


async def static(request: Request) -> Response:
    """A file of the page, by its name among those that there are: no path of the client's is ever opened."""
    name = FILES.get(request.path_params.get("name", ""))
    if name is None:
        raise HTTPException(404)
    path = STATIC / name
    return Response(path.read_bytes(), media_type=TYPES[path.suffix])


class Pages:
    """The answers to the page's requests, drawn by one thread."""

    def __init__(self, answers: Answers, worker: Worker) -> None:
        self._answers, self._worker = answers, worker

    async def facts(self, request: Request) -> Response:
        return JSONResponse(await self._worker("facts", lambda job: self._answers.facts()))

    async def samples(self, request: Request) -> Response:
        asked = await _read(request, requests.Samples)
        return _response(asked, await self._worker(_kind(request), lambda job: self._answers.samples(asked, job.check)))

    async def walk(self, request: Request) -> Response:
        asked = await _read(request, requests.Walk)
        return _response(asked, await self._worker(_kind(request), lambda job: self._answers.walk(asked, job.check)))

    async def translation(self, request: Request) -> Response:
        asked = await _read(request, requests.Translation)
        return _response(asked, await self._worker(_kind(request), lambda job: self._answers.translation(asked)))


async def _read(request: Request, kind: type[Kind]) -> Kind:
    """The checked request; its body is no longer than it says, which the guard has checked."""
    if kind is not requests.Translation and int(request.headers["content-length"]) > SMALL_BODY:
        raise HTTPException(413)
    return requests.read(kind, await request.body())


def _kind(request: Request) -> str:
    """What is superseded by the next of its kind: the page names its parts, such as the pinned pictures."""
    return f"{request.url.path} {request.headers.get('x-part', '')[:32]}"


def _response(asked: Any, drawn: bytes | dict[str, Any]) -> Response:
    if isinstance(drawn, bytes):
        return Response(drawn, media_type=MEDIA[asked.form])
    return JSONResponse(drawn)


async def _refused(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": str(error)}, 404 if isinstance(error, CheckpointError) else 400)


async def _superseded(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "a newer request has come"}, 409)


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, headers=error.headers)


async def _failed(request: Request, error: Exception) -> Response:
    reason = "out of memory; ask for fewer pictures" if is_out_of_memory(error) else f"{type(error).__name__}: {error}"
    return JSONResponse({"error": reason}, 500)
