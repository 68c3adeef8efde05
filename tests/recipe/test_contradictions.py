"""Options that are right alone and wrong together: refused when building, at the recipe's line, with nothing left."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Gan = Callable[..., Any]
Write = Callable[..., Path]

POINTS = "dataset: ring\n"
DIGITS = "dataset: {name: mnist, source: embedded}\n"
MLP = "architecture: {name: mlp, generator_hidden: [8], discriminator_hidden: [8]}\n"
WIDE = ", ".join(["65536"] * 32)

CONTRADICTIONS = {
    "labels wanted, none there": (POINTS + MLP + "model: cgan\n", "3:1: model: ", "this dataset has no labels"),
    "points for a net of images": (POINTS + "architecture: dcgan\n", "2:1: architecture: ", "which mlp can draw"),
    "blocks beyond the image": (
        DIGITS + "architecture: {name: dcgan, blocks: 5}\n",
        "2:29: architecture.blocks: ",
        "5 are too many for 28 pixels",
    ),
    "a generator of 10¹¹ weights": (
        POINTS + f"architecture: {{name: mlp, generator_hidden: [{WIDE}]}}\n",
        "2:1: architecture: ",
        "at most 536,870,912 are built",
    ),
    "a discriminator of 10¹⁰ weights": (
        POINTS + "architecture: {name: mlp, discriminator_activation: maxout, discriminator_hidden: [65536, 65536]}\n",
        "2:1: architecture: ",
        "found a network of 21,",
    ),
    "wide noise into wide layers": (
        DIGITS + "architecture: {name: dcgan, width: 1024}\nlatent: {dim: 65536}\n",
        "2:1: architecture: ",
        "found a network of ",
    ),
    "a wide embedding of labels": (
        DIGITS + "model: cgan\narchitecture: {name: mlp, label_dim: 65536, generator_hidden: [65536]}\n",
        "3:1: architecture: ",
        "found a network of ",
    ),
    "betas of 1": (POINTS + MLP + "optimizer: {name: adam, betas: [1.0, 0.9]}\n", "3:1: optimizer: ", "1.0"),
    "a negative rate": (POINTS + MLP + "optimizer: {name: adam, lr: -1}\n", "3:1: optimizer: ", "-1"),
    "nesterov without momentum": (POINTS + MLP + "optimizer: {name: sgd, nesterov: true}\n", "3:1: opt", "momentum"),
    "fused and foreach": (POINTS + MLP + "optimizer: {name: adam, fused: true, foreach: true}\n", "3:1: opt", "fused"),
    "an optimizer of matrices alone": (POINTS + MLP + "optimizer: muon\n", "3:1: optimizer: ", "2D parameters"),
}


@pytest.mark.parametrize(("text", "begins", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
@pytest.mark.parametrize("arguments", [["--dry-run"], ["--quiet"]], ids=" ".join)
def test_what_does_not_fit_together_is_refused_before_training(
    gan: Gan, write: Write, text: str, begins: str, says: str, arguments: list[str]
) -> None:
    write(text + "device: cpu\n")
    result = gan("train", "r.yaml", *arguments)
    assert result.exit_code == 2, result.output
    assert result.output.startswith(f"r.yaml:{begins}")
    assert says in result.output
    assert [path.name for path in Path().iterdir()] == ["r.yaml"]


def test_images_of_another_size_than_the_nets(gan: Gan, write: Write, picture: Callable[..., Path]) -> None:
    picture("pictures/a.png")
    write("dataset: {name: folder, root: pictures, size: 12}\narchitecture: dcgan\ndevice: cpu\n")
    result = gan("train", "r.yaml", "--dry-run")
    assert result.exit_code == 2
    assert result.output.startswith(
        "r.yaml:2:1: architecture: dcgan draws images of 16 to 256 pixels in height and in width"
    )


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--quiet"]], ids=" ".join)
def test_too_few_images_to_evaluate_by(
    gan: Gan, write: Write, picture: Callable[..., Path], arguments: list[str]
) -> None:
    picture("pictures/a.png")
    folder = "dataset: {name: folder, root: pictures, size: 16}\n"
    write(folder + MLP + "train: {batch_size: 1, evaluate_every: 5}\ndevice: cpu\n")
    result = gan("train", "r.yaml", *arguments)
    assert result.exit_code == 2
    assert "r.yaml:3:24: train.evaluate_every: found 1 examples to compare with" in result.output
