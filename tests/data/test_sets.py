"""The built-in sets: digits, clothes and mixtures."""

import gzip
import hashlib
import io
import re
import shutil
import socket
from collections.abc import Callable
from email.message import Message
from functools import partial
from http.client import RemoteDisconnected
from pathlib import Path
from urllib.error import HTTPError, URLError

import numpy as np
import pytest
import torch

from gancli.data import MNIST, FashionMNIST, Gaussian, GaussianMixture, Grid, Ring
from gancli.data.fashion_mnist import CLOTHES
from gancli.data.idx import download, load_idx
from gancli.errors import DataError
from gancli.progress import listening

SAMPLE = Path(__file__).parents[1] / "fashion-mnist"


def idx(array: np.ndarray) -> bytes:
    """An array of bytes in the IDX format."""
    return (
        bytes([0, 0, 8, array.ndim])
        + b"".join(side.to_bytes(4) for side in array.shape)
        + array.astype(np.uint8).tobytes()
    )


IMAGES, LABELS = np.arange(3 * 28 * 28).reshape(3, 28, 28) % 256, np.array([7, 0, 9])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three digits where the full MNIST would be."""
    folder = tmp_path / "data" / "mnist"
    folder.mkdir(parents=True)
    (folder / "train-images-idx3-ubyte").write_bytes(idx(IMAGES))
    (folder / "train-labels-idx1-ubyte.gz").write_bytes(gzip.compress(idx(LABELS)))
    return folder


def test_embedded_digits_are_balanced() -> None:
    mnist = MNIST(source="embedded")
    assert mnist.labels.bincount().tolist() == [500] * 10
    x, y = mnist.gather(torch.arange(5000), torch.Generator())
    assert x.shape == (5000, 1, 28, 28)
    assert y.shape == (5000,)
    assert (x.min(), x.max()) == (-1, 1)
    assert mnist.spec.class_names == tuple("0123456789")
    assert mnist.notice == ""


def test_embedded_digits_are_where_their_labels_say() -> None:
    """Seen without eyes: a one has the least ink, and a nought has none in its middle."""
    mnist = MNIST(source="embedded")
    ink = mnist.images.float().mean(dim=(1, 2, 3))
    by_digit = torch.stack([ink[mnist.labels == digit].mean() for digit in range(10)])
    assert by_digit.argmin() == 1
    middle = mnist.images[:, 0, 12:16, 12:16].float().mean(dim=(1, 2))
    assert torch.stack([middle[mnist.labels == digit].mean() for digit in range(10)]).argmin() == 0


def test_auto_falls_back_to_the_embedded_digits_and_says_so() -> None:
    mnist = MNIST()
    assert len(mnist) == 5000
    assert "5,000" in mnist.notice
    assert "GAN_OFFLINE" in mnist.notice
    assert mnist.fingerprint == MNIST(source="embedded").fingerprint


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (URLError(socket.gaierror(-2, "Name or service not known")), "cannot be found; is there a network\\?"),
        (URLError(ConnectionRefusedError(111, "Connection refused")), "cannot be reached: Connection refused"),
        (TimeoutError("timed out"), "did not answer in 10 seconds"),
        (URLError(TimeoutError("timed out")), "did not answer in 10 seconds"),
        (HTTPError("x", 503, "Service Unavailable", Message(), None), "answered with the status 503"),
        (ConnectionResetError(104, "Connection reset by peer"), "cannot be reached: Connection reset by peer"),
        (RemoteDisconnected("Remote end closed connection"), "cannot be reached: Remote end closed connection"),
    ],
)
def test_a_failed_download_is_reported_in_plain_words(
    error: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(url: str, timeout: float) -> None:
        raise error

    monkeypatch.delenv("GAN_OFFLINE")
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    notice = MNIST().notice
    assert notice.startswith("the digits are the 5,000 of MNIST that come with gan; for all 60,000, ")
    assert str(tmp_path / "data" / "mnist") in notice
    assert "ossci-datasets.s3.amazonaws.com" in notice
    assert re.search(said, notice)
    assert "Errno" not in notice
    monkeypatch.setattr("gancli.data.fashion_mnist.DEBIAN", tmp_path / "nowhere")
    with pytest.raises(DataError, match=f"{said}.*; Fashion-MNIST is also read from"):
        FashionMNIST()


def test_a_download_reports_its_progress_and_leaves_complete_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"images": bytes(range(256)) * 3000, "labels": b"labels"}
    md5 = {name: hashlib.md5(raw, usedforsecurity=False).hexdigest() for name, raw in files.items()}

    def answer(url: str, timeout: float) -> io.BytesIO:
        response = io.BytesIO(files[url.rpartition("/")[2]])
        response.headers = {"Content-Length": str(len(response.getvalue()))}  # type: ignore[attr-defined]
        return response

    monkeypatch.delenv("GAN_OFFLINE")
    monkeypatch.setattr("urllib.request.urlopen", answer)
    reports: list[tuple[str, float | None]] = []
    with listening(lambda doing, share: reports.append((doing, share))):
        folder = download("digits", "http://example.com/", md5)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    shares = [share for doing, share in reports if doing == "downloading images"]
    assert shares[0] is None
    assert shares[1:] == sorted(shares[1:])
    assert len(shares) > 2
    assert shares[-1] == 1
    with pytest.raises(DataError, match="not the ones expected"):
        download("other", "http://example.com/", md5 | {"labels": "0" * 32})
    assert not (tmp_path / "data" / "other" / "labels").exists()


def test_full_offline_names_the_ways_out(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        MNIST(source="full")
    assert "GAN_OFFLINE" in str(caught.value)
    assert str(tmp_path / "data" / "mnist") in str(caught.value)
    assert "dataset.source=embedded" in str(caught.value)


@pytest.mark.parametrize("source", ["auto", "full"])
def test_digits_of_the_data_folder_are_read_packed_or_not(folder: Path, source: str) -> None:
    mnist = MNIST(source=source)
    assert torch.equal(mnist.images, torch.from_numpy(IMAGES).byte().unsqueeze(1))
    assert mnist.labels.tolist() == [7, 0, 9]


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("train-images-idx3-ubyte", idx(IMAGES)[:-1], "cut short"),
        ("train-images-idx3-ubyte", idx(IMAGES) + b"\0", "too long"),
        ("train-images-idx3-ubyte", idx(IMAGES)[:9], "cut short"),
        ("train-images-idx3-ubyte", b"", "not an IDX file"),
        ("train-images-idx3-ubyte", b"<html>not found</html>", "not an IDX file"),
        ("train-images-idx3-ubyte", idx(IMAGES[:2]), "do not match"),
        ("train-images-idx3-ubyte", idx(LABELS), "do not match"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(LABELS), mtime=0)[:-9], "cannot be read"),
        ("train-labels-idx1-ubyte.gz", b"not gzip", "cannot be read"),
        ("train-labels-idx1-ubyte.gz", gzip.compress(idx(LABELS[:2]), mtime=0), "do not match"),
    ],
)
def test_damaged_files_are_refused_by_name(folder: Path, file: str, content: bytes, message: str) -> None:
    (folder / file).write_bytes(content)
    with pytest.raises(DataError, match=message) as caught:
        load_idx(folder, "train")
    assert (file if message != "do not match" else str(folder)) in str(caught.value)


def test_a_flipped_bit_inside_a_packed_file_is_refused(folder: Path) -> None:
    path = folder / "train-labels-idx1-ubyte.gz"
    raw = bytearray(path.read_bytes())
    raw[-8] ^= 1  # the checksum
    path.write_bytes(raw)
    with pytest.raises(DataError, match="cannot be read"):
        load_idx(folder, "train")


def test_a_sample_of_fashion_mnist_is_where_its_labels_say(clothes: FashionMNIST) -> None:
    assert clothes.images.shape == (300, 1, 28, 28)
    assert clothes.spec.class_names == CLOTHES
    # A trouser and a dress are narrow and leave the left columns empty; a bag is as wide as the picture.
    sides = clothes.images[:, 0, :, :5].float().mean(dim=(1, 2))
    by_class = torch.stack([sides[clothes.labels == index].mean() for index in range(10)])
    assert {CLOTHES[index] for index in by_class.argsort()[:2]} == {"trouser", "dress"}
    assert CLOTHES[by_class.argmax()] == "bag"


def test_all_of_fashion_mnist(clothes: FashionMNIST, all_clothes: FashionMNIST) -> None:
    assert all_clothes.images.shape == (60_000, 1, 28, 28)
    assert all_clothes.labels.bincount().tolist() == [6000] * 10
    assert torch.equal(all_clothes.images[:300], clothes.images)  # the sample is what it says
    assert torch.equal(all_clothes.labels[:300], clothes.labels)


def test_fashion_mnist_of_the_data_folder_comes_before_that_of_debian(tmp_path: Path, clothes: FashionMNIST) -> None:
    shutil.copytree(SAMPLE, tmp_path / "data" / "fashion-mnist")
    assert FashionMNIST().fingerprint == clothes.fingerprint


def test_fashion_mnist_offline_names_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancli.data.fashion_mnist.DEBIAN", tmp_path / "nowhere")
    with pytest.raises(DataError) as caught:
        FashionMNIST()
    assert "apt-get install dataset-fashion-mnist" in str(caught.value)
    assert str(tmp_path / "data" / "fashion-mnist") in str(caught.value)


def test_the_ring_has_eight_modes_at_its_radius() -> None:
    ring = Ring(radius=2.0)
    assert len(ring.modes) == 8
    distances = torch.cdist(ring.modes, ring.modes)
    nearest = distances.fill_diagonal_(torch.inf).min(dim=1).values
    torch.testing.assert_close(nearest, torch.full((8,), 2 * 2.0 * torch.tensor(torch.pi / 8).sin().item()))
    torch.testing.assert_close(ring.modes.norm(dim=1), torch.full((8,), 2.0))


def test_the_grid_has_twenty_five_modes_around_the_origin() -> None:
    grid = Grid()
    assert len(grid.modes.unique(dim=0)) == 25
    assert sorted(grid.modes[:, 0].unique().tolist()) == [-4, -2, 0, 2, 4]
    assert grid.modes.mean(dim=0).tolist() == [0, 0]


def test_the_defaults_are_the_settings_that_veegan_and_pacgan_report_on() -> None:
    ring, grid = Ring(), Grid()
    assert (len(ring), len(ring.modes), ring.sigma) == (100_000, 8, 0.01)
    torch.testing.assert_close(ring.modes.norm(dim=1), torch.ones(8))
    assert (len(grid), len(grid.modes), grid.sigma) == (100_000, 25, 0.05)
    for mixture in (ring, grid):  # within three sigma of a mode in the plane: 1 − e^−4.5 of all
        near = torch.cdist(mixture.points, mixture.modes).amin(1) < 3 * mixture.sigma
        assert near.float().mean().item() == pytest.approx(0.98889, abs=0.0015)


@pytest.mark.parametrize("mean", [0.0, -3.0])
@pytest.mark.parametrize("sigma", [0.0, 0.5, 2.0])
def test_a_gaussian_on_a_line_has_its_mean_and_its_spread(mean: float, sigma: float) -> None:
    gaussian = Gaussian(mean=mean, sigma=sigma)
    assert gaussian.spec.shape == (1,)
    assert gaussian.points.mean().item() == pytest.approx(mean, abs=0.015 * sigma)
    assert gaussian.points.std().item() == pytest.approx(sigma, rel=0.01)


@pytest.mark.parametrize("kind", [Ring, Grid, partial(Ring, modes=3, radius=5.0, sigma=0.2)])
def test_points_lie_around_all_modes_alike_with_the_spread_that_was_asked(kind: Callable[[], GaussianMixture]) -> None:
    mixture = kind()
    distances, nearest = torch.cdist(mixture.points, mixture.modes).min(dim=1)
    shares = nearest.bincount(minlength=len(mixture.modes)) / len(mixture)
    torch.testing.assert_close(shares, torch.full_like(shares, 1 / len(mixture.modes)), rtol=0.06, atol=0)
    # In the plane, E‖x − mode‖² = 2σ².
    assert (distances.square().mean() / 2).sqrt().item() == pytest.approx(mixture.sigma, rel=0.01)
    assert mixture.fingerprint == kind().fingerprint
