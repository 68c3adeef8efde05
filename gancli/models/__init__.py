"""Models: the games that are played, one published method a file."""

from gancli.data.base import Batch
from gancli.models.base import GAN, LatentPrior
from gancli.models.conditional import ConditionalGAN
from gancli.models.vanilla import VanillaGAN
from gancli.training import Losses

__all__ = ["GAN", "Batch", "ConditionalGAN", "LatentPrior", "Losses", "VanillaGAN"]
