"""``inception``: the features of FID, those of the Inception network that papers use (Heusel et al., 2017,
https://arxiv.org/abs/1706.08500), as torch-fidelity has it: TensorFlow's weights of 2015, and TensorFlow's resizing.
"""

import hashlib
import http.client
import io
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gancli.data import Dataset
from gancli.data_folder import data_folder, offline
from gancli.errors import DataError, UsageError
from gancli.extractors.base import Extractor, as_pictures
from gancli.files import make_ready
from gancli.metrics.fidelity import fidelity_module
from gancli.progress import task
from gancli.training.device import choose_device

SHA256 = "6726825d"  # how the digest of the weights begins; torch-fidelity has it in the name of the file
IMAGES_AT_ONCE = 32  # of 299 × 299 pixels, whose activations take 20 MB each


class Inception(Extractor):
    """Inception's 2,048 features before its last layer, not standardised: so papers compare them.

    Grey images are shown in three equal channels. Any size is resized to 299 × 299 by the network itself.

    Args:
        network: torch-fidelity's, with its weights.
        digest: the sha256 of the file of the weights.
    """

    dim = 2048
    learns = False
    is_standard = True

    def __init__(self, network: nn.Module, digest: str) -> None:
        self.device = choose_device("auto")
        self.network = network.to(self.device)
        self.id = f"inception-v3-compat@sha256:{digest[:8]}"

    @torch.no_grad()
    def features(self, images: Tensor) -> Tensor:
        found = [self._features(block) for block in images.split(IMAGES_AT_ONCE) if len(block)]
        return torch.cat([torch.empty(0, self.dim), *found])

    def _features(self, images: Tensor) -> Tensor:
        pictures = as_pictures(images).add(1).mul(127.5).round().byte().expand(-1, 3, -1, -1)
        (features,) = self.network(pictures.to(self.device))  # (N, 2048)
        return features.cpu()


def pretrained(dataset: Dataset) -> Inception:
    """Inception with the weights that papers use; nothing of the dataset is used but that it has images.

    Raises:
        UsageError: torch-fidelity cannot be imported.
        DataError: the weights are neither here nor to be downloaded, or are not the ones expected.
    """
    if not dataset.spec.is_image:
        raise UsageError(f"inception takes images, and these data have the shape {dataset.spec.shape}")
    fidelity = fidelity_module("feature_extractor_inceptionv3")
    path = _weights(fidelity.URL_INCEPTION_V3)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if not digest.startswith(SHA256):
        raise DataError(
            f"{path}: has the sha256 {digest[:8]}…, expected {SHA256}…; delete it to download it again from "
            f"{fidelity.URL_INCEPTION_V3}"
        )
    try:
        return Inception(_network(fidelity, path), digest)
    except Exception as error:  # of a damaged file, torch raises almost anything
        raise DataError(f"{path}: not the weights of Inception: {str(error).strip()[:200]}") from None


def _network(fidelity: Any, path: Path) -> nn.Module:
    """The network of a file, which is read as data alone.

    torch-fidelity's constructor would run what is pickled in a file, so it gets one that was written here.
    """
    weights = torch.hub.load_state_dict_from_url(path.name, str(path.parent), map_location="cpu", weights_only=True)
    rewritten = io.BytesIO()
    torch.save(weights, rewritten)
    rewritten.seek(0)
    made: nn.Module = fidelity.FeatureExtractorInceptionV3(
        "inception", ["2048"], feature_extractor_weights_path=rewritten
    )
    return made


def _weights(url: str) -> Path:
    """The file of the weights in the data folder, downloaded if it is not there."""
    path = data_folder() / "inception" / Path(url).name
    if path.exists():
        return path
    way_out = f"put the file of {url} at {path}, or evaluate without --extractor inception"
    if offline():
        raise DataError(
            "FID needs the weights of Inception, 91 MB, which are not here; GAN_OFFLINE is set, so nothing is "
            f"downloaded: unset it, or {way_out}"
        )
    try:
        make_ready(path.parent)
        with task("downloading the weights of Inception, 91 MB"):
            torch.hub.download_url_to_file(url, str(path), hash_prefix=SHA256, progress=False)
    except (OSError, http.client.HTTPException, RuntimeError) as error:  # RuntimeError: of another digest
        reason = getattr(error, "reason", None) or error
        raise DataError(f"the weights of Inception cannot be downloaded: {reason}; {way_out}") from None
    return path
