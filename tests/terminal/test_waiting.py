"""What takes a while says what it is and how far it is; what is done by then says nothing."""

import itertools
import re
import sys
import time
from collections.abc import Callable

import pytest

from gancli.progress import listening, task
from gancli.terminal import waiting as shown
from gancli.terminal.waiting import counted, silent, waiting

OnTerminal = Callable[..., tuple[int, str]]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shown, "PLAIN_PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(shown, "TASK_LINE_SECONDS", 0.05)


def until_seen(capsys: pytest.CaptureFixture[str], text: str) -> str:
    seen = ""
    for _ in range(30_000):  # five minutes
        seen += capsys.readouterr().err
        if text in seen:
            return seen
        time.sleep(0.01)
    raise AssertionError(f"{text!r} was not shown; seen: {seen!r}")


def test_a_task_and_its_share_are_shown_in_lines(capsys: pytest.CaptureFixture[str], impatient: None) -> None:
    with waiting(), task("reading 900 images") as report:
        until_seen(capsys, "reading 900 images …")
        report(0.25)
        until_seen(capsys, "reading 900 images, 25% …")


def test_a_task_that_goes_on_says_how_long(capsys: pytest.CaptureFixture[str], impatient: None) -> None:
    with waiting(), task("reading"):
        seen = until_seen(capsys, "reading, 0 s …")
    assert seen.startswith("reading …\n")


def test_a_task_within_a_task_is_shown_in_its_place_and_the_outer_one_afterwards(
    capsys: pytest.CaptureFixture[str], impatient: None
) -> None:
    with waiting(), task("evaluating"):
        with task("making an extractor"):
            until_seen(capsys, "making an extractor …")
        until_seen(capsys, "evaluating …")


def test_what_is_quick_or_quiet_is_not_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "PLAIN_PATIENCE_SECONDS", 60.0)
    with waiting(), task("quick"):
        pass
    monkeypatch.setattr(shown, "PLAIN_PATIENCE_SECONDS", 0.0)
    with waiting(), silent(), silent(), task("quiet"):
        time.sleep(0.05)
    with task("nobody listens"):
        time.sleep(0.05)
    assert capsys.readouterr().err == ""


def test_counted_parts_are_the_parts_and_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, float | None]] = []
    monkeypatch.setattr(shown.TaskDisplay, "on_task", lambda self, *reported: seen.append(reported))
    with waiting(), counted([[0] * 3, [0]], 4, "drawing", len) as parts:
        assert list(parts) == [[0] * 3, [0]]
    assert seen == [("drawing", None), ("drawing", 0.75), ("drawing", 1.0), ("", None)]


def test_the_listener_of_a_block_is_its_own() -> None:
    outer, inner = [], []
    with listening(lambda *reported: outer.append(reported[0])):
        with listening(lambda *reported: inner.append(reported[0])), task("a"):
            pass
        with task("b"):
            pass
    assert (outer, inner) == (["b", ""], ["a", ""])


TERMINAL = """
from pathlib import Path
import time
import rich.console, rich.progress
from gancli.terminal import output, waiting
waiting.PATIENCE_SECONDS = {patience}
output.print_path(Path("\\x1b[31mred.png"))
with waiting.waiting(), waiting.counted(iter([[0] * 64] * 3), 192, "drawing", len) as blocks:
    for block in blocks:
        time.sleep(0.3)
"""


@pytest.mark.parametrize(("patience", "bar"), [(-1, True), (60, False)])
def test_a_terminal_sees_how_far_a_long_drawing_is_and_no_escapes_of_strangers(
    on_terminal: OnTerminal, patience: int, bar: bool
) -> None:
    code, seen = on_terminal(sys.executable, "-c", TERMINAL.format(patience=patience))
    assert code == 0
    assert seen.startswith("\\x1b[31mred.png")
    assert ("drawing" in seen) == bar


ON_TERMINAL = """
import time
import rich.console, rich.progress
from gancli.terminal import output, waiting
from gancli.progress import task
waiting.PATIENCE_SECONDS = 0.2
with waiting.waiting():
    time.sleep({seconds})
    output.say("said")
    with task("measuring"):
        time.sleep({seconds})
    with waiting.silent(), task("quiet"):
        time.sleep({seconds})
    time.sleep({seconds})
    output.result("result")
"""


def test_a_terminal_always_shows_something_which_makes_way_for_what_is_printed(on_terminal: OnTerminal) -> None:
    code, seen = on_terminal(sys.executable, "-c", ON_TERMINAL.format(seconds=1))
    assert code == 0
    assert "quiet" not in seen
    shown = re.findall(r"working|said|measuring|result", seen)
    assert [text for text, _ in itertools.groupby(shown)] == ["working", "said", "measuring", "working", "result"]
    assert [line.rpartition("\x1b[2K")[2] for line in seen.splitlines() if line.endswith(("said", "result"))] == [
        "said",
        "result",
    ]
