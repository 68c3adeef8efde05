"""Models: the games that are played, one published method a file."""

from gancli.data.base import Batch
from gancli.losses import Losses
from gancli.models.base import GAN
from gancli.models.conditional import ConditionalGAN
from gancli.models.inputs import Inputs
from gancli.models.latent import LatentPrior
from gancli.models.vanilla import VanillaGAN

__all__ = ["GAN", "Batch", "ConditionalGAN", "Inputs", "LatentPrior", "Losses", "VanillaGAN"]
