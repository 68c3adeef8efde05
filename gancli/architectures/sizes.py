"""Sizes of an image on its way through convolutions that halve or double it, and the kernels that lead to them.

Each side is halved until it has about 4 pixels. The shorter side of an image is there first, and stays as it is while
the longer one is halved further.
"""

from gancli.data import DataSpec

Size = tuple[int, int]  # height, width
MIN_SIDE, MAX_SIDE = 16, 256  # pixels of a side


def image_sizes(data: DataSpec, blocks: int | None, architecture: str = "dcgan") -> list[Size]:
    """The sizes of an image on its way down, ``[(28, 28), (14, 14), (7, 7), (4, 4)]``: one more than there are blocks.

    Raises ValueError, which names the architecture, if the data is not an image of a size that fits, or has not enough
    pixels for so many blocks.
    """
    if not data.is_image:
        points = f"points of shape {data.shape}, which mlp can draw"
        raise ValueError(f"{architecture} draws images; this dataset has {points}")
    _, height, width = data.shape
    if not all(MIN_SIDE <= side <= MAX_SIDE for side in (height, width)):
        expected = f"images of {MIN_SIDE} to {MAX_SIDE} pixels in height and in width"
        raise ValueError(f"{architecture} draws {expected}; this dataset has {height}×{width}")
    sizes = [(height, width)]
    while max(sizes[-1]) > 5 and len(sizes) - 1 != blocks:
        sizes.append((_half(sizes[-1][0]), _half(sizes[-1][1])))
    if blocks is not None and len(sizes) - 1 != blocks:
        pixels = f"{height}" if height == width else f"{height}×{width}"
        raise ValueError(
            f"blocks: {blocks} are too many for {pixels} pixels; at most {len(sizes) - 1} lead to 4 pixels"
        )
    return sizes


def _half(side: int) -> int:
    """Half of a side, rounded up; a side of about 4 pixels stays."""
    return (side + 1) // 2 if side > 5 else side


def doubling(smaller: Size, larger: Size) -> tuple[Size, Size]:
    """The kernel and the stride of the transposed convolution, padded by 1, from one size to the other.

    Along a side of n pixels, a kernel of 4 gives 2n, one of 3 gives 2n − 1, and one of 3 with a stride of 1 gives n.
    """
    tall, wide = zip(smaller, larger, strict=True)
    return (_doubling_kernel(*tall), _doubling_kernel(*wide)), strides(larger, smaller)


def halving(larger: Size, smaller: Size) -> tuple[Size, Size]:
    """The kernel and the stride of the convolution, padded by 1, that halves the sides which differ, rounded down."""
    stride = strides(larger, smaller)
    return (2 + stride[0], 2 + stride[1]), stride


def doubling_channels(width: int, number: int, most: int | None = None) -> list[int]:
    """The channels of so many sizes, the largest size first: they double with every halving of it.

    Args:
        width: at the largest size.
        number: of sizes.
        most: the largest number of channels; by default they double three times.
    """
    return [min(width * 2**halvings, most or 8 * width) for halvings in range(number)]


def strides(larger: Size, smaller: Size) -> Size:
    """Along each side, 2 if it is halved and 1 if it stays."""
    return _stride(smaller[0], larger[0]), _stride(smaller[1], larger[1])


def discriminator_size(sizes: list[Size]) -> Size:
    """The discriminator's last size: it rounds down where the generator's sizes are rounded up."""
    halvings = [len(set(sides)) - 1 for sides in zip(*sizes, strict=True)]
    return sizes[0][0] // 2 ** halvings[0], sizes[0][1] // 2 ** halvings[1]


def _doubling_kernel(small: int, large: int) -> int:
    return 4 if large == 2 * small else 3


def _stride(small: int, large: int) -> int:
    return 1 if large == small else 2
