"""A user's script with the whole public API, which mypy checks in its strict mode, and which nobody runs.

Every name of ``gancli.__all__`` is used, and every type that a user meets is written down.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, assert_type

import numpy as np
import torch
from torch import Tensor, nn

import gancli
from gancli import errors


def draw(run: Path) -> None:
    generator = gancli.load(run, "dataset.root=photos", device="cpu", warn=print)
    assert_type(generator, gancli.Generator)
    samples = generator.sample(64, seed=1, labels=3, truncation=0.7)
    assert_type(samples, gancli.Samples)
    generator.sample(64, labels="cat")
    generator.sample(2, labels=["cat", 3])
    generator.sample(64, labels=torch.arange(64))
    generator.sample(64, labels=np.arange(64))
    generator.sample(64, labels=range(64))
    tensor: Tensor = samples
    plain: Tensor = samples.clamp(0, 1) + tensor
    rows: Tensor = torch.cat([samples[:8], plain])
    array: np.ndarray = np.asarray(rows)
    assert_type(samples.labels, Tensor | None)
    assert_type(samples[:8], gancli.Samples)
    assert_type([image.labels for image in samples], list[Tensor | None])
    assert_type(samples.class_names, tuple[str, ...])
    samples.picture().resize((64, 64)).save("grid.png")
    path: Path = samples.save("samples.npz")
    print(array.shape, samples.pixels.shape, len(samples), path, generator.step, generator.shape, generator.class_names)
    generator.interpolate(8, from_seed=1, to_seed=2, label="cat", to_label="dog").save("way.gif")
    translated = generator.translate(["a.png", Path("b.png")], direction="BtoA", keep_size=True, noise=3)
    assert_type(translated, gancli.Samples)
    print(generator.translates, generator.recipe.dataset.name)


def train() -> Path:
    run = gancli.train("mnist_cgan", "train.steps=100", out="run")
    assert_type(run, gancli.Run)
    for step in run:
        assert_type(step, gancli.Step)
        assert_type(step.losses, dict[str, float])
        assert_type(step.metrics, Mapping[str, float])
        assert_type(step.checkpoint, Path | None)
        assert_type(step.warnings, tuple[str, ...])
        assert_type(step.samples(), gancli.Samples)
        loss: Tensor = step["generator"]
        if step.number == 50 or step.losses["generator"] > 10 or step.seconds > 60 or loss.isnan():
            print(step.steps_per_second, step.directory, step.run.notices, *step.warnings)
            break
    with gancli.train("train.steps=200", resume=run.directory) as resumed:
        names = [name for step in resumed for name, value in step.items() if value.item() > 0]
    more = gancli.train("optimizer.lr=1e-4", start_from=run.directory)
    print(names, more.metrics, more.is_done, more.closing(), more.samples())
    return run.directory


def evaluate(run: Path) -> float | None:
    try:
        report = gancli.evaluate(run, metrics=["coverage"], n=1000, seeds=2, options={"truncation": 0.7})
    except (gancli.DataError, errors.CheckpointError) as error:
        raise SystemExit(error.exit_code) from error
    except gancli.GanError as error:
        raise SystemExit(str(error)) from error
    assert_type(report, gancli.Report)
    score = report.scores["coverage"]
    assert_type(score, gancli.Score)
    print(report, report.to_json(), score.real, score.deviation, report.protocol, report.caveats)
    return score.mean


class Logistic(gancli.AdversarialLoss):
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return nn.functional.softplus(-real_logits).mean() + nn.functional.softplus(fake_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return nn.functional.softplus(-fake_logits).mean()


class Flat(gancli.Penalty):
    def __init__(self, gamma: float = 1.0) -> None:
        self.gamma = gamma

    def __call__(self, critic: gancli.Critic, real: Tensor, fake: Tensor) -> Tensor:
        return self.gamma / 2 * gancli.squared_gradient_norm(critic, real).mean()


class Small(gancli.Regulariser):
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        drawn: Tensor = generator(z)
        return drawn.square().mean()


class Mirrored(gancli.Augmentation):
    def forward(self, x: Tensor) -> Tensor:
        gancli.check_images("mirrored", x)
        return x.flip(-1)

    def observe(self, real_logits: Tensor) -> None:
        print(real_logits.mean().item())


class Remembered(gancli.Logger):
    def start(self, run: gancli.LoggedRun) -> int:
        self.numbers: dict[int, float] = {}
        return run.step

    def log(self, step: int, values: Mapping[str, float]) -> None:
        self.numbers[step] = values["generator"]


class Linear(gancli.Architecture):
    @gancli.bounded
    def generator(self, data: gancli.DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        gancli.refuse_sources(data)
        embedding = gancli.LabelEmbedding(num_classes, latent_dim)
        return nn.Sequential(embedding, nn.Linear(latent_dim, data.shape[0]))

    @gancli.bounded
    def discriminator(self, data: gancli.DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        gancli.check_shape(torch.zeros(1, *data.shape), data)
        return nn.Linear(data.shape[0], outputs)


class Game(gancli.GAN):
    conditional = True

    def __init__(self, *, weight: float = 1.0, **game: Any) -> None:
        super().__init__(**game)
        self.weight = weight

    def discriminator_losses(self, batch: gancli.Batch) -> gancli.Losses:
        real, labels = batch
        return self.discriminator_loss(self.discriminator, real, self.sample_fakes(len(real), labels))

    def generator_losses(self, batch: gancli.Batch) -> gancli.Losses:
        fake = self.generate(self.generator, gancli.Inputs(z=self.latent.sample(len(batch[0]))))
        return {"generator": self.weight * self.discriminator(fake).mean()}


class Numbers(gancli.Dataset):
    spec = gancli.DataSpec((3, 8, 8), source=gancli.Source((3, 8, 8)))
    fingerprint = gancli.fingerprint(torch.arange(10))

    def __len__(self) -> int:
        return 10

    def gather(self, indices: Tensor, rng: torch.Generator) -> gancli.Batch:
        x = torch.rand(len(indices), 3, 8, 8, generator=rng)
        return x, -x


def components() -> list[type[gancli.GAN]]:
    pixels = gancli.ImageDataset(torch.zeros(4, 1, 8, 8, dtype=torch.uint8), torch.arange(4), ("a", "b", "c", "d"))
    print(gancli.CONTRACT + 1, pixels.spec, gancli.LatentPrior(4).sample(2), Numbers().amount())
    return [gancli.VanillaGAN, gancli.ConditionalGAN, Game]
