"""Inception's features are torch-fidelity's own, from a file that is checked, and that cannot run code."""

import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from gancli.data import DataSpec, ImageDataset
from gancli.errors import DataError, UsageError
from gancli.extractors import inception

NAME = "weights-inception-2015-12-05-6726825d.pth"


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """The architecture with random weights: those of papers are not here."""
    from torch_fidelity import feature_extractor_inceptionv3 as fidelity

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fidelity, "load_state_dict_from_url", lambda *arguments, **options: {})
        patch.setattr(fidelity.FeatureExtractorInceptionV3, "load_state_dict", lambda network, weights: None)
        made: nn.Module = fidelity.FeatureExtractorInceptionV3("inception", ["2048"])
    return made


@pytest.fixture(scope="module")
def weights(network: nn.Module, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / NAME
    torch.save(network.state_dict(), path)
    return path


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """Where the weights are looked for."""
    path = tmp_path / "data" / "inception" / NAME
    path.parent.mkdir(parents=True)
    return path


def expected_digest(patch: pytest.MonkeyPatch, path: Path) -> None:
    patch.setattr(inception, "SHA256", hashlib.sha256(path.read_bytes()).hexdigest()[:8])


def test_features_are_those_of_the_network_as_papers_feed_it(
    network: nn.Module, weights: Path, placed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed.symlink_to(weights)
    expected_digest(monkeypatch, placed)
    grey = torch.randint(256, (2, 1, 20, 30), dtype=torch.uint8)
    extractor = inception.pretrained(ImageDataset(grey))
    found = extractor.features(grey / 127.5 - 1)
    expected = network(grey.expand(-1, 3, -1, -1))[0]  # bytes in three channels; it resizes by itself
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
    assert found.shape == (2, extractor.dim)
    assert (found[0] - found[1]).abs().max() > 0
    assert extractor.id == f"inception-v3-compat@sha256:{inception.SHA256}"
    assert extractor.features(torch.empty(0, 1, 20, 30)).shape == (0, 2048)
    assert extractor.classes(grey / 127.5 - 1) is None


def test_a_file_of_another_digest_is_not_read(placed: Path) -> None:
    placed.write_bytes(b"other weights")
    with pytest.raises(DataError, match=rf"{NAME}: has the sha256 \w+…, expected 6726825d…; delete it to download"):
        inception.pretrained(ImageDataset(torch.zeros(1, 3, 8, 8, dtype=torch.uint8)))


@pytest.mark.parametrize("kind", ["code", "another network", "text"])
def test_a_file_of_the_right_digest_still_cannot_run_code(
    placed: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path("opened").touch, ()

    if kind == "text":
        placed.write_text("no weights")
    elif kind == "code":
        torch.save(Bomb(), placed)
    else:
        torch.save(nn.Linear(2, 2).state_dict(), placed)
    expected_digest(monkeypatch, placed)
    with pytest.raises(DataError, match=f"{NAME}: not the weights of Inception: "):
        inception.pretrained(ImageDataset(torch.zeros(1, 3, 8, 8, dtype=torch.uint8)))
    assert not Path("opened").exists()
    assert pickle.dumps(Bomb())  # it is a bomb that pickle takes


def test_without_weights_and_network_the_error_says_what_goes_where(gan: Callable[..., Any], digits_run: Path) -> None:
    done = gan("evaluate", digits_run, "--extractor", "inception", "--n", 20)
    assert (done.exit_code, done.stdout) == (3, "")
    for words in ("GAN_OFFLINE is set", "https://github.com/toshas/torch-fidelity/", f"data/inception/{NAME}", "91 MB"):
        assert words in done.stderr.replace("\n", "")


def test_a_download_that_fails_leaves_nothing(placed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAN_OFFLINE", "0")

    def refuse(*arguments: Any, **options: Any) -> None:
        assert options["hash_prefix"] == "6726825d"
        raise RuntimeError('invalid hash value (expected "6726825d", got "00")')

    monkeypatch.setattr("torch.hub.download_url_to_file", refuse)
    with pytest.raises(DataError, match=r"cannot be downloaded: invalid hash value .*; put the file of https://"):
        inception.pretrained(ImageDataset(torch.zeros(1, 3, 8, 8, dtype=torch.uint8)))
    assert list(placed.parent.iterdir()) == []


def test_points_have_no_inception_features() -> None:
    class Points(ImageDataset):
        def __init__(self) -> None:
            self.spec = DataSpec((2,))

    with pytest.raises(UsageError, match="inception takes images"):
        inception.pretrained(Points())
