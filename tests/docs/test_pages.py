"""The pages tell the truth: their links lead somewhere, and the code that they show is that of the package."""

import ast
import importlib
import inspect
import re
import textwrap
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from gancli.training import algorithm

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("plugins/*/README.md")])
FENCED = re.compile(r"^( *)```.*?^\1```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(?<=\]\()[^()\s]+(?=\))")
SHOWN = re.compile(r"<!-- the text of (\S+) -->\n```python\n(.*?)```", re.DOTALL)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def anchors(text: str) -> set[str]:
    """The names that the code host gives to the headings."""
    headings = re.findall(r"^#+ +(.+)$", FENCED.sub("", text), re.MULTILINE)
    plain = (re.sub(r"\[(.*?)\]\(.*?\)|[`*]", r"\1", heading).lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for link in LINK.findall(FENCED.sub("", read(page))):
        url = urlsplit(link)
        if url.scheme:
            continue
        target = page.parent / url.path if url.path else page
        assert target.exists(), link
        assert not url.fragment or url.fragment in anchors(read(target)), link


def find(name: str) -> Any:
    """The object of this full name, such as ``gancli.losses.minimax.Minimax.generator``."""
    module, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError:
        return getattr(find(module), attribute)


def test_the_code_that_pages_show_is_that_of_the_package() -> None:
    shown = [match for page in PAGES for match in SHOWN.findall(read(page))]
    assert {"gancli.training.algorithm.train", "gancli.training.algorithm.descend"} <= {name for name, _ in shown}
    for name, text in shown:
        assert text == textwrap.dedent(inspect.getsource(find(name))), name


def test_the_lines_beside_algorithm_1_are_those_of_the_loop() -> None:
    grid = read(ROOT / "docs" / "algorithm.md").partition('<div class="grid" markdown>')[2].partition("\n## ")[0]
    lines = "".join(re.findall(r"^```python\n(.*?)^```", grid, re.DOTALL | re.MULTILINE))
    (function,) = ast.parse(inspect.getsource(algorithm.train)).body
    assert isinstance(function, ast.FunctionDef)
    assert ast.dump(ast.parse(lines)) == ast.dump(ast.Module(body=function.body[1:], type_ignores=[]))
