"""The history of generated images (Shrivastava et al., 2017, https://arxiv.org/abs/1612.07828, section 2.3)."""

import torch
from torch import Tensor, nn

from gancli.shares import gathered, own


class ImagePool(nn.Module):
    """Images that a generator has made, old ones too, for the discriminator to see.

    Args:
        size: how many it holds; 0 for none.
        shape: of an image, (C, H, W).
    """

    is_alike = True  # in all processes, which need not send it to each other
    training_only = True  # no translation depends on it, so that gan export leaves it out

    def __init__(self, size: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.size = size
        self.images = nn.Buffer(torch.zeros(size, *shape))
        self.count = nn.Buffer(torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def forward(self, images: Tensor) -> Tensor:
        """Images for the discriminator, of the shape (N, C, H, W) of the new ones.

        While the pool is not full, each new image is put into it and returned. Then, with probability 0.5, an old image
        is returned, and the new one takes its place in the pool. Of many processes, each puts the images of all into
        its pool, so that the pools stay alike.
        """
        images = gathered(images)
        returned, count = images.clone(), int(self.count)  # a CPU-GPU sync point, the only one of a call
        for row in range(len(images) if self.size else 0):
            if count < self.size:
                self.images[count] = images[row]
                count += 1
            elif torch.rand(()) < 0.5:
                old = int(torch.randint(self.size, ()))
                returned[row] = self.images[old]
                self.images[old] = images[row]
        self.count.fill_(count)
        return own(returned)
