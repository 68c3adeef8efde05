"""Stdout carries results and nothing else, whatever a plugin prints, and whenever."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOISY = """
import os
import gancli
from gancli.losses import NonSaturating
from gancli.models.vanilla import VanillaGAN

print("noise at import")

class Loss(NonSaturating):
    def __init__(self):
        super().__init__()
        print("noise at construction")
    def discriminator(self, real_logits, fake_logits):
        print("noise in a step")
        os.write(1, b"noise of a C library\\n")
        return super().discriminator(real_logits, fake_logits)

class Model(VanillaGAN):
    def generate(self, generator, inputs):
        print("noise at sampling")
        os.write(1, b"noise of a C library\\n")
        return super().generate(generator, inputs)
"""
GAN = [sys.executable, "-m", "gancli"]


@pytest.fixture
def noisy(install: Any, write: Any, points: str) -> list[str]:
    install("gan-noisy", "gancli.losses", {"noisy": "gan_noisy:Loss"}, NOISY)
    install("gan-noisy-model", "gancli.models", {"noisy": "gan_noisy:Model"})
    return ["train", str(write(points)), "loss=noisy", "model=noisy", "--quiet"]


def test_the_result_of_a_training_is_its_path(gan: Any, noisy: list[str]) -> None:
    result = gan(*noisy)
    assert result.exit_code == 0, result.output
    assert result.stdout == "runs/r\n"
    for moment in ("at import", "at construction", "in a step", "at sampling"):
        assert f"noise {moment}" in result.stderr
    result = gan("sample", "runs/r", "--n", 4, "--out", "x.png")
    assert (result.exit_code, result.stdout) == (0, "x.png\n")
    for command in (["recipe", "check", *noisy[1:-1]], [*noisy, "--dry-run"]):
        assert "noise" not in gan(*command).stdout


def test_what_a_c_library_prints_goes_to_stderr_too(noisy: list[str], tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": f"{tmp_path / 'site'}:{os.environ.get('PYTHONPATH', '')}"}
    train = subprocess.run([*GAN, *noisy], env=environment, capture_output=True, text=True, check=False)
    assert (train.returncode, train.stdout) == (0, "runs/r\n")
    assert "noise of a C library" in train.stderr
    sample = [*GAN, "sample", "runs/r", "--n", "4", "--out", "-"]
    picture = subprocess.run(sample, env=environment, capture_output=True, check=False)
    assert picture.returncode == 0
    assert picture.stdout.startswith(b"\x89PNG")


def test_help_is_a_result(gan: Any) -> None:
    result = gan("train", "--help")
    assert "Usage: " in result.stdout
    assert result.stderr == ""
