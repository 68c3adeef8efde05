"""What takes a while says what it is and how far it is; what is done by then says nothing."""

import time

import pytest

from gancli.cli import waiting as shown
from gancli.cli.waiting import counted, waiting
from gancli.progress import listening, task


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
    with waiting(quiet=True), task("quiet"):
        time.sleep(0.05)
    with task("nobody listens"):
        time.sleep(0.05)
    assert capsys.readouterr().err == ""


def test_counted_parts_are_the_parts_and_their_share(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, float | None]] = []
    monkeypatch.setattr(shown.TaskDisplay, "on_task", lambda self, *reported: seen.append(reported))
    with counted([[0] * 3, [0]], 4, "drawing", len) as parts:
        assert list(parts) == [[0] * 3, [0]]
    assert seen[:-1] == [("drawing", None), ("drawing", 0.75), ("drawing", 1.0), ("", None)]


def test_the_listener_of_a_block_is_its_own() -> None:
    outer, inner = [], []
    with listening(lambda *reported: outer.append(reported[0])):
        with listening(lambda *reported: inner.append(reported[0])), task("a"):
            pass
        with task("b"):
            pass
    assert (outer, inner) == (["b", ""], ["a", ""])
