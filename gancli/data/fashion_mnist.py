"""Fashion-MNIST, 28×28 photographs of clothes (Xiao, Rasul & Vollgraf, 2017, https://arxiv.org/abs/1708.07747)."""

from pathlib import Path

from gancli.data.idx import download, has_idx, load_held_out, load_idx
from gancli.data.images import ImageDataset
from gancli.data_folder import data_folder
from gancli.errors import DataError

DEBIAN = Path("/usr/share/datasets/fashion-mnist")
CLOTHES = ("t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot")
MIRROR = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"
MD5 = {
    "train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
}
HELD_OUT_MD5 = {
    "t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
}


class FashionMNIST(ImageDataset):
    """The 60,000 training photographs, labelled "t-shirt" to "ankle-boot".

    Raises:
        DataError: it is neither here nor to be downloaded; the message names both ways to get it.
    """

    def __init__(self) -> None:
        here = [folder for folder in (data_folder() / "fashion-mnist", DEBIAN) if has_idx(folder)]
        try:
            folder = here[0] if here else download("fashion-mnist", MIRROR, MD5)
        except DataError as error:
            own = data_folder() / "fashion-mnist"
            raise DataError(
                f"{error}; Fashion-MNIST is also read from {DEBIAN}, where Debian and Ubuntu put it with "
                f"'apt-get install dataset-fashion-mnist', or from {own}, if you put its files there"
            ) from None
        super().__init__(*load_idx(folder, "train"), CLOTHES)
        self._folder = folder

    def held_out(self) -> ImageDataset | None:
        """The 10,000 test photographs; None if they are neither beside the others nor to be downloaded."""
        found = load_held_out(self._folder, "fashion-mnist", MIRROR, HELD_OUT_MD5)
        return ImageDataset(*found, CLOTHES) if found else None
