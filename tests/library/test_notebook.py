"""The example notebook runs, and is stored with the outputs that it has when it runs."""

import json
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("nbclient", reason="nbclient is not here: pip install -e '.[dev]'")
pytest.importorskip("ipykernel", reason="ipykernel is not here: pip install -e '.[dev]'")
from tests.library import notebook

MOST_BYTES = 400_000


def kinds(cells: Any) -> list[list[list[str]]]:
    """Of every cell, the types of its outputs: a picture with its text, a table, printed lines."""
    return [
        [sorted(output.get("data", {output["output_type"]: 0})) for output in cell.get("outputs", [])] for cell in cells
    ]


def test_it_runs_and_its_outputs_are_those_that_are_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUPYTER_PLATFORM_DIRS", "1")
    stored = notebook.read()
    found = notebook.executed(notebook.read(), tmp_path)
    assert kinds(found.cells) == kinds(stored.cells)
    pictures = sum("image/png" in kind for outputs in kinds(stored.cells) for kind in outputs)
    tables = sum("text/html" in kind for outputs in kinds(stored.cells) for kind in outputs)
    assert (pictures >= 5, tables) == (True, 1)


def test_it_is_small_and_was_run_from_top_to_bottom() -> None:
    text = notebook.PLACE.read_text(encoding="utf-8")
    assert len(text) < MOST_BYTES
    code = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert "/home/" not in text
    assert "/tmp/" not in text
