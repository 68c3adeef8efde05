"""The relativistic pairing loss and R3GAN's networks, for gan."""

from gan_relativistic.r3gan import R3GAN
from gan_relativistic.relativistic import Relativistic

__all__ = ["R3GAN", "Relativistic"]
