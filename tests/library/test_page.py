"""The code of docs/library.md runs, from top to bottom, in one folder."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def test_the_code_of_the_page_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(BLOCKS) == PAGE.read_text(encoding="utf-8").count("```python") > 8
    names: dict[str, object] = {"__name__": "page"}
    for block in BLOCKS:
        exec(compile(block, PAGE.name, "exec"), names)
    assert {"threes.png", "three-to-eight.gif", "digits", "points"} <= {path.name for path in Path().iterdir()}
    printed = capsys.readouterr().out
    assert re.search(r"^30 \d\.\d+$", printed, re.MULTILINE)
    assert "mean ± sd of 2 seeds  real data" in printed
