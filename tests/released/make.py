"""Writes the checkpoint of this version that every later one must read: ``python tests/released/make.py``.

Once a version has been released, its files stay as they are: a new format brings files of its own.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from gancli import build, recipe
from gancli.run.run import Run
from gancli.sampling import draw
from gancli.storage import checkpoint
from gancli.storage.run_folder import RunFolder

HERE = Path(__file__).resolve().parent
RECIPE = """\
dataset: {name: folder, root: pictures, size: 8, channels: 1}
model: cgan
architecture: {name: mlp, generator_hidden: [8], discriminator_hidden: [8], label_dim: 2}
penalties: [{name: r1, gamma: 0.1, every: 2}]
regularisers: [orthogonal]
augmentation: ada
latent: {dim: 4}
optimizer: {name: adam, lr: {from: 1e-2, to: 1e-3}, betas: [0.5, 0.99]}
train: {steps: 40, batch_size: 8, log_every: 5, sample_every: 20, checkpoint_every: 40, ema: 0.9}
device: cpu
"""


def write_pictures(folder: Path) -> None:
    """The dataset: dark and light pictures, eight of each."""
    for index in range(16):
        kind, level = ("light", 160) if index % 2 else ("dark", 0)
        path = folder / kind / f"{index:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        ramp = np.arange(64, dtype=np.uint8).reshape(8, 8)
        Image.fromarray(level + np.roll(ramp, index, axis=index % 4 // 2)).save(path)


def train() -> Path:
    """Train where we are; returns the last checkpoint."""
    write_pictures(Path("pictures"))
    Path("tiny.yaml").write_text(RECIPE)
    with Run.create(recipe.load("tiny.yaml"), Path("run")) as run:
        for _ in run:
            pass
    return RunFolder(Path("run")).checkpoints()[0]


def write_run(place: Path, checkpoint_file: Path = HERE / f"format-{checkpoint.FORMAT}.safetensors") -> Path:
    """A run's directory that is made again from one checkpoint; returns where that now is."""
    saved = checkpoint.Checkpoint.load(checkpoint_file)
    path = RunFolder(place).checkpoint(saved.step)
    path.parent.mkdir(parents=True)
    shutil.copy(checkpoint_file, path)
    RunFolder(place).recipe.write_text(build.recipe_of(saved).to_yaml())
    return path


def expectation(path: Path) -> dict[str, object]:
    """What a checkpoint must give: its tensors' digest, and four samples."""
    saved = checkpoint.Checkpoint.load(path)
    game, generator = build.from_checkpoint(saved, torch.device("cpu"))
    samples = draw.sample(game, generator, 4, seed=0, labels=torch.arange(4) % 2)
    return {
        "step": saved.step,
        "tensors": checkpoint.digest(saved.tensors),
        "samples": [[round(value, 6) for value in row] for row in samples.flatten(1).tolist()],
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        name = f"format-{checkpoint.FORMAT}"
        shutil.copy(train(), HERE / f"{name}.safetensors")
        (HERE / f"{name}.json").write_text(json.dumps(expectation(HERE / f"{name}.safetensors")) + "\n")
        os.chdir(HERE)
