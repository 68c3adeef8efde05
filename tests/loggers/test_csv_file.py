"""The table of a training: a row a step, and columns that come later."""

import csv
from pathlib import Path

import pytest

from gancli.loggers import CSVFile, LoggedRun


def started(step: int = 0) -> CSVFile:
    logger = CSVFile()
    assert logger.start(LoggedRun("run", Path(), {}, step)) == -1  # it wants the whole history
    return logger


def rows() -> list[dict[str, str]]:
    with Path("losses.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_metrics_are_in_the_row_of_their_step_and_lazy_terms_are_empty_between() -> None:
    logger = started()
    logger.log(1, {"generator": 0.5, "seconds": 1.0})
    logger.log(2, {"generator": 0.25, "r1": 3.0, "seconds": 2.0})
    logger.log_metrics(2, {"FD": 17.5})
    logger.log(3, {"generator": 0.125, "seconds": 3.0})
    logger.close("finished")
    assert Path("losses.csv").read_text() == (
        "step,generator,seconds,r1,FD\n1,0.5,1.0,,\n2,0.25,2.0,3.0,17.5\n3,0.125,3.0,,\n"
    )


def test_it_is_written_anew_at_a_resume() -> None:
    for step in (0, 1):
        logger = started(step)
        logger.log(1, {"generator": 0.5})
        logger.close("stopped")
    assert rows() == [{"step": "1", "generator": "0.5"}]


def test_a_table_of_the_user_is_not_overwritten() -> None:
    Path("losses.csv").write_text("mine")
    with pytest.raises(FileExistsError, match="it is not overwritten"):
        started()
    assert Path("losses.csv").read_text() == "mine"
