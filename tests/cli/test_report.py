"""``gan report`` writes one file, over nothing that is there, and measures only when it is asked to."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder

Gan = Callable[..., Any]


@pytest.fixture
def run(points_run: Path) -> Path:
    """A run that may be written to."""
    return Path(shutil.copytree(points_run, "run"))


def test_a_file_that_is_there_is_replaced_only_by_force(gan: Gan, run: Path) -> None:
    result = gan("report", run)
    assert (result.exit_code, result.stdout) == (0, "run/report.html\n")
    page = (run / "report.html").read_bytes()
    (run / "report.html").write_text("mine")
    refused = gan("report", run)
    assert refused.exit_code == 2
    assert "run/report.html: is there already; --force replaces it, and another --out keeps it" in refused.stderr
    assert (run / "report.html").read_text() == "mine"
    assert gan("report", run, "--force").exit_code == 0
    assert (run / "report.html").read_bytes() == page  # the same run has the same report


def test_of_several_runs_it_goes_to_where_the_user_is(gan: Gan, run: Path) -> None:
    other = shutil.copytree(run, "a/run")
    result = gan("report", run, other, "--json")
    found = json.loads(result.stdout)
    assert found == {"path": "report.html", "bytes": len(Path("report.html").read_bytes()), "runs": ["run", "a/run"]}
    assert gan("report", run / "history.jsonl", "--out", "new/x.htm").stdout == "new/x.htm\n"


def test_mistakes_are_refused_with_the_way_out(gan: Gan, run: Path) -> None:
    Path("folder.html").mkdir()
    for words, code, message in (
        (["nowhere"], 4, "nowhere: there is no such run; expected a folder that 'gan train' has written"),
        ([run, "--out", "x.pdf"], 2, "x.pdf: the ending says what is written; expected .html or .htm"),
        (
            [run, "--out", "folder.html"],
            2,
            "folder.html: is a folder, where a file is to be written; choose another --out",
        ),
        ([run, run], 2, "the same run is named twice"),
    ):
        result = gan("report", *words)
        assert (result.exit_code, result.stdout) == (code, "")
        assert message in result.stderr
    assert not (run / "report.html").exists()


def test_it_measures_what_was_not_measured(gan: Gan, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.evaluation.evaluator.NUM_EVALUATED", 200)
    assert gan("report", run, "--evaluate").exit_code == 0
    measured = (run / "metrics.json").read_bytes()
    assert "modes ↑" in (run / "report.html").read_text()
    monkeypatch.setattr("gancli.library.evaluate", None)  # it is not called again
    assert gan("report", run, "--evaluate", "--force").exit_code == 0
    assert (run / "metrics.json").read_bytes() == measured


def test_of_a_training_that_patience_ended_the_best_step_is_the_measured_one(
    gan: Gan, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancli.evaluation.evaluator.NUM_EVALUATED", 200)
    saved = checkpoint.newest(run)
    replace(saved, ended=True).save(saved.file)
    replace(saved, step=3).save(RunFolder(run).best)
    assert gan("report", run, "--evaluate").exit_code == 0
    assert json.loads((run / "metrics.json").read_text())["step"] == 3
    assert "These are of step" not in (run / "report.html").read_text()
    monkeypatch.setattr("gancli.library.evaluate", None)  # it is not called again
    assert gan("report", run, "--evaluate", "--force").exit_code == 0
    RunFolder(run).best.unlink()
    assert gan("report", run, "--force").exit_code == 0
    assert "These are of step 3; &#x27;gan evaluate&#x27; measures step 6 now." in (run / "report.html").read_text()


def test_a_run_without_a_checkpoint_cannot_be_measured_and_has_a_report(gan: Gan, run: Path) -> None:
    shutil.rmtree(run / "checkpoints")
    result = gan("report", run, "--evaluate")
    assert result.exit_code == 0
    assert "run: has no checkpoint after a step, so there is nothing to measure" in result.stderr
    assert "There is no checkpoint yet to measure." in (run / "report.html").read_text()
