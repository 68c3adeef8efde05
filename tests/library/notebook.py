"""Executes the example notebook. A test does it, and ``python tests/library/notebook.py``, which stores the outputs."""

import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

PLACE = Path(__file__).parents[2] / "docs" / "notebook.ipynb"


def read() -> Any:
    """The notebook as it is stored."""
    return nbformat.read(PLACE, as_version=4)


def executed(notebook: Any, folder: Path) -> Any:
    """The notebook with the outputs of a new kernel that works in a folder; an error in a cell is raised."""
    client = NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}, record_timing=False
    )
    return client.execute()


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        notebook = executed(read(), Path(folder))
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    nbformat.write(notebook, PLACE)


if __name__ == "__main__":
    main()
