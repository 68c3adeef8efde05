"""Weights & Biases (https://wandb.ai) as a logger for gan."""

from gan_wandb.weights_and_biases import WeightsAndBiases

__all__ = ["WeightsAndBiases"]
