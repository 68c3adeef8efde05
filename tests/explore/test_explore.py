"""The command ``gan explore``."""

import json
import queue
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import gancli
from gancli.errors import UsageError
from gancli.explore.server import HOST, listening_socket
from tests.explore.explored import TUNABLE_RECIPE
from tests.explore.served import PATIENCE, served

Gan = Callable[..., Any]
JSON = {"Content-Type": "application/json"}
SLOW = """
import time
from pathlib import Path

import gancli


class Slow(gancli.VanillaGAN):
    def sampler(self, generator, *, hours: float = 0.0):
        def sample(inputs):
            if hours:
                Path("drawing").touch()
                time.sleep(3600 * hours)
            return self.generate(generator, inputs)

        return sample
"""


def test_a_package_that_is_missing_is_named_with_the_way_to_get_it(
    gan: Gan, digits_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.extras.find_spec", lambda name: None if name == "uvicorn" else find_spec(name))
    result = gan("explore", digits_run)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "gan: gan explore needs uvicorn: pip install 'gancli[web]'\n"


def test_a_port_that_is_taken(gan: Gan, digits_run: Path) -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"--port {port}: .*leave it out"):
            listening_socket(port)
        result = gan("explore", digits_run, "--port", port, "--no-open")
        assert (result.exit_code, f"--port {port}: " in result.stderr) == (2, True)


def test_only_this_machine_is_served() -> None:
    with listening_socket(0) as opened:
        assert opened.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("nowhere", 4, "nowhere: there is no such checkpoint or run"),
        ("{run} truncation=0.5", 2, "truncation: is not a sampling option of this model"),
        ("{run} x", 2, "expected OPTION=VALUE"),
        ("{run} --port 70000", 2, "--port"),
    ],
)
def test_mistakes(gan: Gan, digits_run: Path, words: str, code: int, message: str) -> None:
    result = gan("explore", *words.format(run=digits_run).split(), "--no-open")
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr


def test_it_says_where_the_page_is_and_ends_with_ctrl_c(digits_run: Path) -> None:
    """What ``served`` asserts: the address alone on stdout, and the exit code 130."""
    with served(digits_run) as address, urllib.request.urlopen(address) as page:
        assert b"<title>gan explore</title>" in page.read()


def test_ctrl_c_while_a_picture_is_drawn(
    install: Callable[..., None], write: Callable[..., Path], tmp_path: Path
) -> None:
    """Here one that takes an hour: nobody waits for it, and nothing is aborted."""
    install("gan-slow", "gancli.models", {"slow": "gan_slow:Slow"}, SLOW)
    for _ in gancli.train(write(TUNABLE_RECIPE), "model=slow", out="slow"):
        pass
    words = {"checkpoint": "step-0000002", "options": {"hours": 1}}
    with ThreadPoolExecutor() as pool:
        with served(Path("slow"), path=str(tmp_path / "site")) as address:
            request = urllib.request.Request(f"{address}api/samples", json.dumps(words).encode(), JSON)
            answer = pool.submit(urllib.request.urlopen, request)
            end = time.monotonic() + PATIENCE
            while not Path("drawing").exists():
                assert time.monotonic() < end
                time.sleep(0.05)
        with pytest.raises(urllib.error.HTTPError, match="409") as refused:
            answer.result()
        refused.value.close()


def test_the_address_is_opened_in_the_browser(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    from gancli.cli.explore import _announce

    opened: queue.SimpleQueue[str] = queue.SimpleQueue()
    monkeypatch.setattr("webbrowser.open", opened.put)
    _announce("http://127.0.0.1:1/x/", opens=True)
    assert opened.get(timeout=60) == "http://127.0.0.1:1/x/"
    _announce("http://127.0.0.1:2/x/", opens=False)
    assert opened.empty()
    assert capsys.readouterr().out == "http://127.0.0.1:1/x/\nhttp://127.0.0.1:2/x/\n"
