"""The file of the portraits: every kind is one picture of numbers, and a palette of what they are in six skin tones.

The six portraits of a kind differ in their colours alone, and have about 600 sextuples of them. So this is lossless,
and takes 1.4 MB; the same portraits take 2.8 MB as lossless WebP, and 7.5 MB as PNG.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
FILE = Path(__file__).with_name("portraits.npz")


class Packed(NamedTuple):
    """The portraits of a kind: numbers of shape (H, W), and what they are, RGBA, of shape (colours, tones, 4)."""

    picture: NDArray[np.uint16]
    palette: Pixels

    @property
    def portraits(self) -> Pixels:
        """The pixels, of shape (tones, H, W, 4), RGBA."""
        return self.palette[self.picture].transpose(2, 0, 1, 3)


def pack(portraits: Pixels) -> Packed:
    """Portraits of shape (tones, H, W, 4), RGBA; the colour of a transparent pixel is not kept."""
    tones, height, width, _ = portraits.shape
    seen = np.where(portraits[..., 3:] > 0, portraits, np.uint8(0))
    palette, picture = np.unique(seen.transpose(1, 2, 0, 3).reshape(-1, tones * 4), axis=0, return_inverse=True)
    return Packed(picture.reshape(height, width).astype(np.uint16), palette.reshape(-1, tones, 4))


def write(path: Path, kinds: list[Packed]) -> None:
    """Write the portraits of all kinds."""
    pictures = np.stack([kind.picture for kind in kinds])
    palettes, sizes = np.concatenate([kind.palette for kind in kinds]), [len(kind.palette) for kind in kinds]
    with path.open("wb") as file:
        np.savez_compressed(file, pictures=pictures, palettes=palettes, sizes=np.array(sizes, np.uint16))


def read(path: Path = FILE) -> list[Packed]:
    """The portraits of all kinds."""
    with np.load(path, allow_pickle=False) as arrays:
        pictures, palettes, sizes = arrays["pictures"], arrays["palettes"], arrays["sizes"]
    return list(map(Packed, pictures, np.split(palettes, sizes.cumsum()[:-1])))
