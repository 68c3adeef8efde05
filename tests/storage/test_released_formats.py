"""The checkpoints of every earlier version load, give the samples that they gave, and can be resumed.

``python tests/released/make.py`` writes the files of the present format. After a release they stay as they are: if the
test of the format's fields fails, raise ``checkpoint.FORMAT``, read the older format too, and store files of the new.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli.storage import checkpoint
from gancli.storage.checkpoint import Checkpoint
from gancli.storage.history import read_history
from tests.released import make
from tests.reliability.forgeries import forged, read, says

FILES = sorted(make.HERE.glob("*.safetensors"))
FIELDS = {  # of format 2, and of its parts whose fields this package gives
    "": (
        "step name recipe data fingerprint plugins seconds torch cpu threads processes scalars monitor best ended "
        "origin format"
    ),
    "recipe": (
        "schema dataset model architecture loss penalties regularisers augmentation latent optimizer train device "
        "precision seed"
    ),
    "data": "shape num_classes class_names source",
    "scalars": "discriminator generator",
    "monitor": "warnings gradients recent first_level checks nearest best",
}
PARTS = "discriminator discriminator_optimizer ema generator generator_optimizer model rng"


def test_every_format_has_a_file() -> None:
    assert [path.stem for path in FILES] == [f"format-{number}" for number in range(1, checkpoint.FORMAT + 1)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_gives_what_it_gave(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    found = make.expectation(path)
    samples = torch.tensor(found.pop("samples"))
    # Another CPU may add up in another order.
    torch.testing.assert_close(samples, torch.tensor(expected.pop("samples")), atol=1e-4, rtol=1e-4)
    assert samples.std(dim=0).min() > 1e-3  # four different ones
    assert found == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_it_can_be_resumed(gan: Any, path: Path) -> None:
    make.write_pictures(Path("pictures"))
    before = Checkpoint.load(make.write_run(Path("run"), path))
    assert gan("sample", "run").exit_code == 0
    assert "found 16 training examples" in gan("evaluate", "run").stderr  # too few, and so said after it was loaded
    result = gan("train", "--resume", "run", f"train.steps={before.step + 5}")
    assert result.exit_code == 0, result.output
    after = checkpoint.newest(Path("run"))
    assert after.step == before.step + 5
    assert checkpoint.digest(after.part("generator")) != checkpoint.digest(before.part("generator"))
    assert after.fingerprint == before.fingerprint
    assert [line["step"] for line in read_history(Path("run")) if "generator" in line] == [before.step + 5]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_another_run_can_start_from_it(gan: Any, path: Path) -> None:
    make.write_pictures(Path("pictures"))
    result = gan("train", "--from", path, "train.steps=2", "--out", "run")
    assert result.exit_code == 0, result.output
    origin = checkpoint.newest(Path("run")).origin
    assert origin is not None
    assert origin.step == Checkpoint.load(path).step


def test_the_fields_are_those_of_the_format() -> None:
    """Of a file that is written now: a changed format has a number and a file of its own."""
    make.write_pictures(Path("pictures"))
    header, tensors = read(make.train())
    for part, names in FIELDS.items():
        assert list(header[part] if part else header) == names.split(), "raise FORMAT, and store a file of the new one"
    assert {name.partition(".")[0] for name in tensors} == set(PARTS.split())


@pytest.mark.parametrize("number", [checkpoint.FORMAT + 1, checkpoint.FORMAT + 100])
def test_a_later_format_asks_for_an_upgrade(gan: Any, number: int) -> None:
    Path("x.safetensors").write_bytes(forged(says(format=number, something="new")))
    result = gan("sample", "x.safetensors")
    assert result.exit_code == 4
    assert f"the format version {number}; this gan reads up to {checkpoint.FORMAT}, so upgrade gan" in result.stderr


@pytest.mark.parametrize("number", [-1, 0, "abc", "1", 1.0, True, None, [1], float("nan")])
def test_a_format_that_never_was_is_refused(gan: Any, number: object) -> None:
    Path("x.safetensors").write_bytes(forged(says(format=number)))
    result = gan("sample", "x.safetensors")
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("gan: x.safetensors: ")
    assert "which was never used" in result.stderr


@pytest.mark.parametrize("change", [lambda header, _: header.pop("format"), says(surprise=1), says(data__surprise=1)])
def test_a_field_too_few_or_too_many_is_refused(gan: Any, change: Any) -> None:
    Path("x.safetensors").write_bytes(forged(change))
    assert gan("sample", "x.safetensors").exit_code == 4
