"""Every invalid recipe: exit code 2, the place and the key, no traceback, nothing written, nothing heavy imported."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import tests.recipe.invalid_values
import tests.recipe.invalid_yaml  # noqa: F401 - both fill CASES
from tests.recipe.invalid import CASES, LEAST, Invalid

Gan = Callable[..., Any]
Write = Callable[..., Path]
NAMES = [f"{case.kind}-{number}" for number, case in enumerate(CASES)]

LOAD_ALL = """
import json, sys
from pathlib import Path
from gancli.errors import RecipeError
from gancli.recipe import load
accepted = []
for path in Path().glob("*.yaml"):
    try:
        load(path)
        accepted.append(path.name)
    except RecipeError:
        pass
print(json.dumps([accepted, "torch" in sys.modules]))
"""


def test_there_are_two_hundred_of_thirty_kinds() -> None:
    assert len(CASES) >= 200
    assert len({case.kind for case in CASES}) >= 30


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_it_is_refused_with_its_place(gan: Gan, write: Write, case: Invalid) -> None:
    write(case.text)
    result = gan("recipe", "check", "r.yaml")
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert re.match(r"r\.yaml:\d+:\d+: .+", result.output)
    assert result.output.startswith(f"r.yaml:{case.place}")
    assert case.says in result.output
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]


def test_what_is_no_mapping_is_refused_without_torch(write: Write) -> None:
    structural = [case for case in CASES if case.structural]
    for number, case in enumerate(structural):
        write(case.text, f"{number}.yaml")
    done = subprocess.run([sys.executable, "-c", LOAD_ALL], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], False]
    assert len(list(Path().iterdir())) == len(structural) >= 100


@pytest.mark.parametrize("lines", ["tarin: {}", "seed: -1", "train: {steps: 0}", "latent: {prior: x}"])
def test_what_the_schema_refuses_needs_no_torch_either(write: Write, lines: str) -> None:
    write(LEAST + lines)
    done = subprocess.run([sys.executable, "-c", LOAD_ALL], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], False]


def test_five_problems_are_five_lines_in_reading_order(gan: Gan, write: Write) -> None:
    write("seed: -1\ndataset: rign\ntrain: {stesp: 3, ema: 1}\narchitecture: {name: mlp, label_dim: 0}\nnonsense: 1\n")
    result = gan("recipe", "check", "r.yaml")
    assert result.exit_code == 2
    assert [line.split(" ")[0] + line.split(" ")[1] for line in result.output.splitlines()] == [
        "r.yaml:1:1:seed:",
        "r.yaml:2:1:dataset.name:",
        "r.yaml:3:9:train.stesp:",
        "r.yaml:3:19:train.ema:",
        "r.yaml:4:27:architecture.label_dim:",
        "r.yaml:5:1:nonsense:",
    ]


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        (LEAST + "optimizer: {name: adam, lr: 2e-4}\n", "optimizer", {"name": "adam", "lr": 2e-4}),
        (b"\xef\xbb\xbf" + LEAST.encode(), "seed", 0),
        (LEAST.replace("\n", "\r\n") + "seed: 3\r\n", "seed", 3),
        ("\n\n# a remark\n\n" + LEAST + "\n\nseed: 3\n\n", "seed", 3),
        ("---\n" + LEAST + "seed: 3\n...\n", "seed", 3),
        (LEAST.replace("ring", '"ring"') + "seed: 007\n", "seed", 7),
        ('{"dataset": "ring", "architecture": "mlp", "seed": 3}', "seed", 3),
    ],
)
def test_what_looks_odd_and_is_right_is_read(gan: Gan, write: Write, text: str | bytes, key: str, value: Any) -> None:
    write(text)
    result = gan("recipe", "check", "r.yaml", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)[key]
    assert (found if not isinstance(value, dict) else {key: found[key] for key in value}) == value


@pytest.mark.parametrize("word", ["yes", "no", "on", "off", "2024-01-01", "0x10", "1_000", "12:30"])
def test_a_word_stays_a_word(gan: Gan, write: Write, word: str) -> None:
    write(f"dataset: {{name: folder, root: {word}}}\narchitecture: mlp\n")
    result = gan("recipe", "check", "r.yaml", "--json")
    assert json.loads(result.output)["dataset"]["root"] == word
