"""MNIST, 28×28 handwritten digits (LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/)."""

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from gancli.data.idx import download, has_idx, load_held_out, load_idx
from gancli.data.images import ImageDataset
from gancli.data_folder import data_folder, offline
from gancli.errors import DataError

EMBEDDED = Path(__file__).with_name("mnist-5k.npz")
DIGITS = tuple("0123456789")
MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
}
HELD_OUT_MD5 = {
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}


class MNIST(ImageDataset):
    """The digits, labelled "0" to "9".

    Args:
        source: ``full`` for the 60,000 training digits, from the data folder or downloaded; ``embedded`` for the 5,000
            that come with the package; ``auto`` for the full set where it can be had, else the embedded one.

    Raises:
        DataError: ``full`` was asked for and cannot be had.
    """

    def __init__(self, *, source: Literal["auto", "full", "embedded"] = "auto") -> None:
        self._folder: Path | None = None  # None: the digits are the embedded ones
        if source != "embedded":
            try:
                folder = data_folder() / "mnist"
                folder = folder if has_idx(folder) else download("mnist", MIRROR, MD5)
                images, labels = load_idx(folder, "train")
                self._folder = folder
            except DataError as error:
                if source == "full":
                    raise DataError(
                        f"{error}; the full MNIST is also read from {data_folder() / 'mnist'} if you put its "
                        "files there, and 'dataset.source=embedded' trains on the 5,000 digits that come with gan"
                    ) from None
                way = "unset GAN_OFFLINE" if offline() else "connect to the network"
                self.notice = (
                    f"the digits are the 5,000 of MNIST that come with gan; for all 60,000, {way}, or put the files of "
                    f"MNIST into {data_folder() / 'mnist'} ({error})"
                )
                source = "embedded"
        if source == "embedded":
            images, labels = embedded_digits()
        super().__init__(images, labels, DIGITS)

    def held_out(self) -> ImageDataset | None:
        """The 10,000 test digits of the full set; None if they are neither beside the others nor to be downloaded."""
        found = load_held_out(self._folder, "mnist", MIRROR, HELD_OUT_MD5) if self._folder else None
        return ImageDataset(*found, DIGITS) if found else None


def embedded_digits() -> tuple[Tensor, Tensor]:
    """The 5,000 digits of the package: images of shape (5000, 1, 28, 28), uint8, and labels of shape (5000,)."""
    with np.load(EMBEDDED, allow_pickle=False) as arrays:
        return torch.from_numpy(arrays["images"]).unsqueeze(1), torch.from_numpy(arrays["labels"])
