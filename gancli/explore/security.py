"""The guard in front of the page: only this machine, only who knows the token, only what the page itself would send."""

from secrets import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY = 24 * 2**20  # bytes: a picture of 16 MB, in base64
POLICY = (  # of a page that loads nothing from elsewhere, runs no text as code, and stands in nobody's frame
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address has the token
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """Lets through only requests of the page, and takes the token off their path.

    Args:
        app: gets them.
        token: the first part of every path.
        port: that the server listens on.
    """

    def __init__(self, app: ASGIApp, token: str, port: int) -> None:
        self._app, self._token = app, token
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # no websockets
            return
        problem = self._problem(scope)
        answer: ASGIApp = self._app if problem is None else JSONResponse({"error": problem[1]}, problem[0])

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        inner = {**scope, "path": self._rest(scope["path"]), "root_path": ""} if problem is None else scope
        await answer(inner, receive, send_safely)

    def _problem(self, scope: Scope) -> tuple[int, str] | None:
        """The status and the reason of a refusal; None if there is none."""
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0] not in self._hosts:  # another name may be that of a page elsewhere, rebound
            return 403, "this page is for 127.0.0.1 alone"
        if any(origin != f"http://{hosts[0]}" for origin in headers.getlist("origin")):
            return 403, "this request comes from another page"
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not _is_link(
            scope["method"], headers
        ):
            return 403, "this request comes from another page"
        if not self._knows_token(scope["path"]):
            return 404, "there is nothing here; the address that gan explore printed has a token"
        return _problem_of_body(scope["method"], headers)

    def _knows_token(self, path: str) -> bool:
        given = (*path.split("/", 2), "")[1].encode("utf-8", "surrogatepass")
        return compare_digest(given, self._token.encode())

    def _rest(self, path: str) -> str:
        return path[len(self._token) + 1 :]


def _is_link(method: str, headers: Headers) -> bool:
    """Whether somebody has followed a link, such as the address in a terminal that is itself a page."""
    kind = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    return method == "GET" and kind == ("navigate", "document")


def _problem_of_body(method: str, headers: Headers) -> tuple[int, str] | None:
    if method != "POST":
        return None
    if headers.get("content-type", "").lower() not in ("application/json", "application/json; charset=utf-8"):
        return 415, "expected the content type application/json"
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdecimal()):
        return 411, "expected a Content-Length"
    if len(length) > 12 or int(length) > MAX_BODY:
        return 413, f"the body is too large; at most {MAX_BODY:,} bytes are read"
    return None
