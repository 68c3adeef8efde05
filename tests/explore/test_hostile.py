"""The page answers only itself: requests from elsewhere, and requests that it would never send, are refused."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from gancli.explore.app import app
from gancli.explore.session import Session
from gancli.explore.worker import Worker
from tests.explore.explored import HOME, PORT, TOKEN, client

JSON = {"content-type": "application/json"}
GOOD = {"checkpoint": "step-0000003", "n": 2}
STOPS = [{"noise": "1", "label": 0}, {"noise": "2", "label": 1}]
WALK = {"checkpoint": "step-0000003", "stops": STOPS, "steps": 2}


@pytest.fixture(scope="module")
def session(steps_run: Path) -> Session:
    return Session(steps_run, [], {})


@pytest.fixture(scope="module")
def pages(session: Session) -> TestClient:
    return client(session)


def refused(answer: Any, *statuses: int) -> None:
    """One sentence as JSON, with the headers that every answer has."""
    assert answer.status_code in statuses, (answer.status_code, answer.text)
    assert set(answer.json()) == {"error"}
    assert "Traceback" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


HOSTS = [
    *("evil.example", f"evil.example:{PORT}", "127.0.0.1", "127.0.0.1:80", f"127.0.0.1:{PORT}.evil.example"),
    *(f"127.0.0.2:{PORT}", f"0.0.0.0:{PORT}", f"[::1]:{PORT}", f"LOCALHOST.:{PORT}", f"user@127.0.0.1:{PORT}"),
    *("", " ", f"2130706433:{PORT}", f"127.1:{PORT}", "127.0.0.1:08000"),
]


@pytest.mark.parametrize("host", HOSTS)
def test_other_hosts(pages: TestClient, host: str) -> None:
    """A page elsewhere may give its own name this machine's address."""
    refused(pages.get("", headers={"host": host}), 403)
    refused(pages.post("api/samples", json=GOOD, headers={"host": host}), 403)


ORIGINS = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"origin": f"https://127.0.0.1:{PORT}"},
    {"origin": "http://127.0.0.1:9000"},
    {"origin": f"http://localhost:{PORT}"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
    {"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"},
]


@pytest.mark.parametrize("headers", ORIGINS, ids=str)
def test_other_pages(pages: TestClient, headers: dict[str, str]) -> None:
    refused(pages.post("api/samples", json=GOOD, headers=headers), 403)
    refused(pages.get("api/facts", headers=headers), 403)


def test_a_link_to_the_page_can_be_followed(pages: TestClient) -> None:
    """By who has it with its token; a form of another page cannot be sent."""
    link = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert pages.get("", headers=link).status_code == 200
    refused(pages.post("api/samples", json=GOOD, headers=link), 403)


TOKENS = ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "%00", "é", TOKEN[:-1] + "%00", "..", "api", "a" * 9000]


@pytest.mark.parametrize("token", TOKENS, ids=range(len(TOKENS)))
def test_wrong_tokens(session: Session, token: str) -> None:
    pages = TestClient(app(session, Worker(), TOKEN, PORT), base_url=HOME)
    for path in ("/", "/api/facts", "/main.js"):
        refused(pages.get(f"/{token}{path}"), 404)
    refused(pages.post(f"/{token}/api/samples", json=GOOD), 404)


PATHS = [
    *("../app.py", "..%2fapp.py", "%2e%2e/app.py", "%2e%2e%2fsecurity.py", "....//app.py", "static/../../app.py"),
    *("/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd", "file:///etc/passwd", "index.html%00.js", "index.html/"),
    *("..\\app.py", "main.js/../../app.py", "main.py", "__init__.py", ".", "api", "api/", "api/facts/x", "api/nothing"),
    *("MAIN.JS", "main.js%20", "~/.bashrc", "main.js;x", "recipe.yaml"),
]


@pytest.mark.parametrize("path", PATHS)
def test_paths_that_are_no_files_of_the_page(session: Session, path: str) -> None:
    """As they come over a socket, which no client has tidied up."""
    refused(raw(session, f"/{TOKEN}/{path}"), 404)


class Answer:
    def __init__(self, sent: list[dict[str, Any]]) -> None:
        self.status_code = sent[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.text = b"".join(message.get("body", b"") for message in sent[1:]).decode()

    def json(self) -> Any:
        return json.loads(self.text)


def raw(session: Session, path: str, method: str = "GET") -> Answer:
    """The answer to a path that is given as it is, with its %-escapes decoded as uvicorn does it."""
    from urllib.parse import unquote

    scope = {"type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(), "root_path": ""}
    scope |= {"query_string": b"", "headers": [(b"host", f"127.0.0.1:{PORT}".encode())], "http_version": "1.1"}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(session, Worker(), TOKEN, PORT)(scope, receive, send))
    return Answer(sent)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get"])
@pytest.mark.parametrize("path", ["", "api/facts", "api/samples"])
def test_other_methods(session: Session, method: str, path: str) -> None:
    refused(raw(session, f"/{TOKEN}/{path}", method), 405)


def test_the_wrong_one_of_two_methods(pages: TestClient) -> None:
    refused(pages.get("api/samples"), 404, 405)
    refused(pages.post("api/facts", json={}), 405)
    refused(pages.post("", json={}), 405)


CONTENT_TYPES = [
    *("text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "*/*"),
    *("application/json; charset=utf-16", "application/json, text/plain", "application/xml", "application/jsonp"),
]


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_other_content_types(pages: TestClient, content_type: str) -> None:
    """Those that a form of another page can send without asking are among them."""
    refused(pages.post("api/samples", content=json.dumps(GOOD), headers={"content-type": content_type}), 415)


def test_bodies_that_are_too_large_or_do_not_say_how_large_they_are(pages: TestClient) -> None:
    big = json.dumps(GOOD | {"options": {"x": "y" * 70_000}})
    refused(pages.post("api/samples", content=big, headers=JSON), 413)
    refused(pages.post("api/walk", content=" " * 70_000 + json.dumps(WALK), headers=JSON), 413)
    refused(pages.post("api/translation", content=b" " * (25 * 2**20), headers=JSON), 413)
    for length in ("25165825", "9" * 30):
        refused(pages.post("api/samples", content=b"{}", headers={**JSON, "content-length": length}), 413)
    for length in ("-1", "1e3", "x", "٣", ""):
        headers = {"content-type": b"application/json", "content-length": length.encode()}
        refused(pages.post("api/samples", content=b"{}", headers=headers), 411)
    refused(pages.post("api/samples", content=iter([b"{", b"}"]), headers=JSON), 411)


BODIES = [
    *("", "nonsense", "{", "[]", "null", "1", '"text"', "[" * 60_000, '{"a":' * 9_000, "\x00", "{}", "\ufeff{}"),
    '{"checkpoint": "step-0000003", "n": NaN}',
    '{"checkpoint": "step-0000003", "n": Infinity}',
    '{"checkpoint": "step-0000003", "n": -Infinity}',
    '{"checkpoint": "step-0000003", "n": 2, "n": 3}',
    '{"checkpoint": "step-0000003", "seed": ' + "9" * 5000 + "}",
    '{"checkpoint": "step-0000003", "options": {"gain": 1e999}}',
    '{"checkpoint": "step-0000003", "options": {"gain": ' + "[" * 20 + "]" * 20 + "}}",
]


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
def test_bodies_that_are_no_request(pages: TestClient, body: str) -> None:
    refused(pages.post("api/samples", content=body.encode(), headers=JSON), 400)


def test_a_body_that_is_not_text(pages: TestClient) -> None:
    refused(pages.post("api/samples", content=b"\xff\xfe{\x00}\x00", headers=JSON), 400)


VALUES: list[tuple[str, Any]] = [
    *(("n", value) for value in (0, -1, 1.5, "2", True, None, [2], {}, 513, 100_001, 2**63)),
    *(("seed", value) for value in (-1, 0.5, "0", None, 2**53, [0], True)),
    *(("label", value) for value in (-1, 10, "3", 1.5, [1], 2**31, {})),
    *(("form", value) for value in ("gif", "PNG", "svg", "", None, 1, ["png"], "../x.png")),
    *(("options", value) for value in ([], "x", None, {"truncation": 0.5}, {"generator": None}, {"self": 1})),
    *(("options", value) for value in ({"__class__": 1}, {"x" * 65: 1}, {str(i): 1 for i in range(33)})),
    *(("unknown", value) for value in (1, None)),
]


@pytest.mark.parametrize(("key", "value"), VALUES, ids=str)
def test_values_of_the_wrong_type_or_size(pages: TestClient, key: str, value: Any) -> None:
    refused(pages.post("api/samples", json=GOOD | {key: value}), 400)


CHECKPOINTS = [
    *("step-0000009", "", "../run/checkpoints/step-0000003", "/etc/passwd", "step-0000003.safetensors", "best"),
    *("recipe.yaml", ".", "step-0000003\x00", "*", "STEP-0000003"),
]


@pytest.mark.parametrize("name", CHECKPOINTS)
def test_checkpoints_that_are_not_of_the_list(pages: TestClient, name: str) -> None:
    refused(pages.post("api/samples", json=GOOD | {"checkpoint": name}), 404)


def test_names_of_checkpoints_that_are_no_names(pages: TestClient) -> None:
    for name in (None, 3, ["step-0000003"], "x" * 65):
        refused(pages.post("api/samples", json=GOOD | {"checkpoint": name}), 400)


WALKS: list[dict[str, Any]] = [
    *({"stops": stops} for stops in ([], STOPS[:1], STOPS * 5, "1,2", None, [1, 2], [STOPS, STOPS])),
    *({"stops": [STOPS[0], {"noise": noise}]} for noise in ("", "x", "-1", "1:", ":1", "1--2", "1e9", "1+" * 9 + "1")),
    *({"stops": [STOPS[0], {"noise": noise}]} for noise in (1, None, "9" * 20, "1:" + "9" * 10, "1" * 201, "١", "1;2")),
    *({"stops": [STOPS[0], {"noise": "1", "label": label}]} for label in (10, -1, "3", 0.5)),
    {"stops": [STOPS[0], {"noise": "1", "extra": 1}]},
    *({"steps": steps} for steps in (1, 0, -1, 65, 2.5, "8", None)),
    *({"loop": loop} for loop in (1, "yes", None)),
    {"stops": STOPS * 4 + STOPS[:1], "steps": 64, "form": "mp4"},
    {"stops": STOPS * 4 + STOPS[:1], "steps": 64, "loop": True},  # 567 pictures
]


@pytest.mark.parametrize("wrong", WALKS, ids=range(len(WALKS)))
def test_walks_that_lead_nowhere(pages: TestClient, wrong: dict[str, Any]) -> None:
    refused(pages.post("api/walk", json=WALK | wrong), 400)


def test_nothing_of_this_has_ended_the_server(pages: TestClient) -> None:
    assert pages.get("api/facts").status_code == 200
    assert pages.post("api/samples", json=GOOD).status_code == 200
    assert pages.post("api/walk", json=WALK).status_code == 200


def test_there_are_a_hundred() -> None:
    lists: list[list[Any]] = [HOSTS, ORIGINS, TOKENS, PATHS, CONTENT_TYPES, BODIES, VALUES, CHECKPOINTS, WALKS]
    assert sum(map(len, lists)) >= 100
