"""Tiny models that translate, as plugins: in one direction, with pairs or without, and in both; and their images."""

CODE = """
from typing import Annotated, Literal

import torch
from pydantic import Field
from torch import nn
from torch.nn import functional

import gancli

Direction = Literal["AtoB", "BtoA"]


class Images(gancli.Dataset):
    fingerprint = "images"

    def __init__(self, *, size: int = 16, fit: Literal["crop", "pad", "stretch"] = "crop", channels: int = 1,
                 source_channels: int = 3, paired: bool = True, direction: Direction = "AtoB") -> None:
        source = gancli.Source((source_channels, size, size), ("drawing", "photo"), paired)
        self.spec = gancli.DataSpec((channels, size, size), source=source)

    def __len__(self):
        return 20

    def gather(self, indices, rng):
        levels = indices.reshape(-1, 1, 1, 1) / 20
        return tuple((sign * levels).expand(-1, *shape).float() for sign, shape in
                     ((1, self.spec.shape), (-1, self.spec.source.shape)))


class Network(nn.Module):
    def __init__(self, before, after, multiple, dropout):
        super().__init__()
        if multiple:
            self.size_multiple = multiple
        self.multiple = multiple or 16
        self.near = nn.Conv2d(before, after, 3, padding=1, padding_mode="reflect")
        self.dropout = nn.Dropout(dropout)

    def forward(self, x):
        coarse = functional.avg_pool2d(x, self.multiple)
        assert coarse.shape[2] * self.multiple == x.shape[2], "a side is no multiple"
        assert coarse.shape[3] * self.multiple == x.shape[3], "a side is no multiple"
        wide = functional.interpolate(coarse, scale_factor=self.multiple).mean(1, keepdim=True)
        return torch.tanh(self.dropout(self.near(x)) + 0.1 * wide)


class Convolutional(gancli.Architecture):
    def __init__(self, *, multiple: int = 4, dropout: Annotated[float, Field(ge=0, lt=1)] = 0.0) -> None:
        self.settings = (multiple, dropout)

    def generator(self, data, latent_dim, num_classes=0):
        return Network(data.source.shape[0], data.shape[0], *self.settings)

    def discriminator(self, data, num_classes=0, outputs=1):
        return nn.Sequential(nn.AdaptiveAvgPool2d(4), nn.Flatten(), nn.Linear(16 * data.shape[0], 1), nn.Flatten(0))


class OneWay(gancli.GAN):
    translates = "pairs"

    def fake(self, batch):
        return self.generate(self.generator, gancli.Inputs(x=batch[1]))

    def discriminator_losses(self, batch):
        return self.discriminator_loss(self.discriminator, batch[0], self.fake(batch).detach())

    def generator_losses(self, batch):
        return self.generator_loss(self.discriminator, batch[0], self.fake(batch))


class Unpaired(OneWay):
    translates = "domains"


class BothWays(Unpaired):
    def make_generator(self, architecture):
        both = {"A": self.data, "B": self.data.reversed()}
        return nn.ModuleDict({name: architecture.generator(data, 0) for name, data in both.items()})

    def fake(self, batch):  # each network learns from the other's
        return self.generator["A"](self.generator["B"](batch[0]))

    def sampler(self, generator, *, direction: Direction = "AtoB", gain: float = 1.0):
        return lambda inputs: gain * generator[direction[0]](inputs.x)
"""
RECIPE = """\
dataset: {name: images, size: 16}
model: one-way
architecture: convolutional
latent: {dim: 4}
train: {steps: 2, batch_size: 4, log_every: 1, sample_every: 1, ema: 0.9}
device: cpu
"""
MODELS = {"one-way": "OneWay", "unpaired": "Unpaired", "both-ways": "BothWays"}
PLUGINS = {
    "gancli.datasets": {"images": "gan_images:Images"},
    "gancli.architectures": {"convolutional": "gan_images:Convolutional"},
    "gancli.models": {name: f"gan_images:{model}" for name, model in MODELS.items()},
}
