"""The auxiliary classifier GAN, as a model for gan."""

from gan_acgan.acgan import ACGAN

__all__ = ["ACGAN"]
