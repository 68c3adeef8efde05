"""Options in words: types, ranges, and values as a recipe writes them."""

from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field

from gancli.data import Dataset
from gancli.explanation.options import type_in_words, written


@pytest.mark.parametrize(
    ("annotation", "words"),
    [
        (float, "a number"),
        (bool, "true or false"),
        (str, "a text"),
        (Path, "a path"),
        (Annotated[float, Field(ge=0)], "a number, 0 or more"),
        (Annotated[float, Field(gt=0)], "a number above 0"),
        (Annotated[float, Field(gt=0, le=1)], "a number above 0 and up to 1"),
        (Annotated[float, Field(ge=0, lt=0.5)], "a number from 0 to below 0.5"),
        (Annotated[int, Field(ge=8, le=4096, multiple_of=8)], "an integer from 8 to 4,096, a multiple of 8"),
        (Annotated[int, Field(le=9)], "an integer up to 9"),
        (Literal["batch", "spectral", "none"], "batch, spectral or none"),
        (Literal[1, 3] | None, "1 or 3 or null"),
        (tuple[float, float], "a list of 2: each a number"),
        (tuple[Literal["a", "b"], ...], "a list, each a or b"),
        (dict[str, int], "a mapping"),
        (Dataset, "Dataset"),
        (Any, "any value"),
    ],
)
def test_a_type_in_words(annotation: Any, words: str) -> None:
    assert type_in_words(annotation) == words


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (0.5, "0.5"),
        (["a", "b"], "[a, b]"),
        ({"name": "folder", "root": "…"}, "{name: folder, root: …}"),
    ],
)
def test_a_value_as_a_recipe_writes_it(value: Any, text: str) -> None:
    assert written(value) == text
