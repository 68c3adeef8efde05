"""Pix2Pix (Isola et al., 2017) and CycleGAN (Zhu et al., 2017), for gan."""

from gan_translate.cyclegan import CycleGAN
from gan_translate.pix2pix import Pix2Pix
from gan_translate.resnet import ResNet
from gan_translate.unet import UNet

__all__ = ["CycleGAN", "Pix2Pix", "ResNet", "UNet"]
