"""MNIST, 28×28 handwritten digits (LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/)."""

from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from gancli.data.base import ImageDataset
from gancli.data.folders import data_folder
from gancli.data.idx import download, has_idx, load_idx
from gancli.errors import DataError

EMBEDDED = Path(__file__).with_name("mnist-5k.npz")
DIGITS = tuple("0123456789")
MIRROR = "https://ossci-datasets.s3.amazonaws.com/mnist/"
MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
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
        if source != "embedded":
            try:
                folder = data_folder() / "mnist"
                images, labels = load_idx(folder if has_idx(folder) else download("mnist", MIRROR, MD5), "train")
            except DataError as error:
                if source == "full":
                    raise DataError(
                        f"{error}; the full MNIST is also read from {data_folder() / 'mnist'} if you put its "
                        "files there, and 'dataset.source=embedded' trains on the 5,000 digits that come with gan"
                    ) from None
                self.notice = f"training on the 5,000 MNIST digits that come with gan ({error})"
                source = "embedded"
        if source == "embedded":
            images, labels = embedded_digits()
        super().__init__(images, labels, DIGITS)


def embedded_digits() -> tuple[Tensor, Tensor]:
    """The 5,000 digits of the package: images of shape (5000, 1, 28, 28), uint8, and labels of shape (5000,)."""
    with np.load(EMBEDDED, allow_pickle=False) as arrays:
        return torch.from_numpy(arrays["images"]).unsqueeze(1), torch.from_numpy(arrays["labels"])
