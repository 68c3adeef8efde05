"""A checkpoint that was cut short, or in which any one bit has changed, is not loaded."""

import random
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import DataSpec
from gancli.errors import CheckpointError
from gancli.storage.checkpoint import Checkpoint
from tests.released import make
from tests.reliability.forgeries import REAL


@pytest.fixture
def small() -> Path:
    """A checkpoint of less than a kilobyte."""
    path = Path("small.safetensors")
    Checkpoint(7, "é", {}, DataSpec((2,), 1, ("a",)), "abc", {"generator.weight": torch.randn(3, 4)}).save(path)
    return path


def header_bytes(raw: bytes) -> int:
    return 8 + int.from_bytes(raw[:8], "little")


def refusal(path: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        Checkpoint.load(path)
    assert str(caught.value).startswith(f"{path}: not a checkpoint that can be loaded: ")
    return str(caught.value)


def test_every_truncation_is_named(small: Path) -> None:
    raw = small.read_bytes()
    for length in range(len(raw)):
        small.write_bytes(raw[:length])
        assert "truncated" in refusal(small), length
    small.write_bytes(raw)
    assert Checkpoint.load(small).step == 7


def test_both_commands_refuse_a_truncated_file(gan: Any) -> None:
    raw, rng = REAL.read_bytes(), random.Random(0)
    header = header_bytes(raw)
    make.write_pictures(Path("pictures"))
    path = make.write_run(Path("run"))
    lengths = [0, 1, 7, 8, 9, header - 1, header, header + 1, len(raw) - 1]
    for length in [*lengths, *rng.sample(range(len(raw)), 11)]:
        path.write_bytes(raw[:length])
        for command in (["sample", path], ["sample", "run"], ["train", "--resume", "run", "train.steps=45"]):
            result = gan(*command)
            assert (result.exit_code, result.stdout) == (4, "")
            assert result.stderr.startswith(f"gan: {path}: ")
            assert "truncated" in result.stderr
            assert len(result.stderr.splitlines()) == 1


def test_every_flipped_bit_of_a_header_is_refused(small: Path) -> None:
    raw = small.read_bytes()
    for bit in range(8 * header_bytes(raw)):
        flip(small, raw, bit)
        refusal(small)


@pytest.mark.parametrize(
    "flips",
    [
        64,
        pytest.param(512, marks=pytest.mark.full),
        pytest.param(20_000, marks=pytest.mark.night),
    ],
)
def test_flipped_bits_anywhere_are_refused(flips: int) -> None:
    """Half of them in the header, half in the tensors."""
    path, raw, rng = Path("real.safetensors"), REAL.read_bytes(), random.Random(0)
    header, size = 8 * header_bytes(raw), 8 * len(raw)
    for number in range(flips):
        flip(path, raw, rng.randrange(header) if number % 2 else rng.randrange(header, size))
        refusal(path)


def flip(path: Path, raw: bytes, bit: int) -> None:
    """Write the bytes with one bit changed."""
    damaged = bytearray(raw)
    damaged[bit // 8] ^= 1 << bit % 8
    path.write_bytes(damaged)
