"""Properties of a discriminator that hold whatever its architecture: whether it mixes a batch, its augmentation."""

from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gancli.augmentations import Augmentation, alike
from gancli.modules import modules


def mixes_batch(network: nn.Module) -> bool:
    """Whether a layer mixes the samples of a batch: BatchNorm, or one with ``mixes_batch = True``."""
    return any(map(mixes, modules(network)))


def mixes(part: object) -> bool:
    """Whether a layer or a term of the losses looks across the samples of a batch."""
    return isinstance(part, _BatchNorm) or bool(getattr(part, "mixes_batch", False))


class _Augmented:
    """A forward pre-hook that sends a discriminator's samples through the augmentation while it is in training.

    An object and not a closure, so that a deep copy of the model has a hook with its own copy of the augmentation.
    """

    def __init__(self, augmentation: Augmentation, joined_channels: tuple[int, ...]) -> None:
        self.augmentation, self.joined_channels = augmentation, joined_channels

    def __call__(self, network: nn.Module, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        if not network.training:
            return arguments
        return (alike(self.augmentation, arguments[0], self.joined_channels), *arguments[1:])


def augment(discriminator: nn.Module, augmentation: Augmentation, joined_channels: tuple[int, ...] = ()) -> None:
    """Bind an augmentation to a discriminator, or to each of several in a ModuleDict, where no model can forget it.

    Args:
        joined_channels: those of each image that it sees joined in one sample; empty if it sees one.
    """
    networks = discriminator.values() if isinstance(discriminator, nn.ModuleDict) else (discriminator,)
    for network in networks:
        network.register_forward_pre_hook(_Augmented(augmentation, joined_channels))
