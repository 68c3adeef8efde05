"""StyleGAN2 (Karras et al., 2020, https://arxiv.org/abs/1912.04958), for gan."""

from gan_stylegan2.architecture import StyleGAN2Architecture
from gan_stylegan2.model import StyleGAN2

__all__ = ["StyleGAN2", "StyleGAN2Architecture"]
