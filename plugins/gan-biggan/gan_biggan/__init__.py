"""BigGAN, as an architecture and a model for gan (Brock et al., 2019, https://arxiv.org/abs/1809.11096)."""

from gan_biggan.architecture import BigGANArchitecture
from gan_biggan.model import BigGAN

__all__ = ["BigGAN", "BigGANArchitecture"]
