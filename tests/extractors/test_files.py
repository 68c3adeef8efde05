"""The file of an extractor brings back the same features, and a damaged or foreign one is refused by name."""

from collections.abc import Callable
from pathlib import Path

import pytest
import safetensors.torch
import torch

from gancli.data import ImageDataset
from gancli.errors import CheckpointError
from gancli.extractors import Frozen, Record, load, save
from gancli.extractors.files import KEY
from gancli.extractors.networks import NETWORK_CLASSES


@pytest.fixture
def path(extractor: Frozen, tmp_path: Path) -> Path:
    save(extractor, tmp_path / "x.safetensors")
    return tmp_path / "x.safetensors"


def test_what_was_saved_is_what_is_loaded(extractor: Frozen, path: Path) -> None:
    loaded = load(path)
    assert (loaded.id, loaded.caveat, loaded.record) == (extractor.id, extractor.caveat, extractor.record)
    images = torch.rand(9, 1, 12, 12) * 2 - 1
    assert torch.equal(loaded.features(images), extractor.features(images))


def rewrite(path: Path, change: Callable[[dict[str, torch.Tensor], dict[str, str]], object]) -> None:
    """Save the file with other contents, well formed."""
    with safetensors.safe_open(path, "pt") as file:
        metadata = file.metadata()
    tensors = safetensors.torch.load_file(path)
    change(tensors, metadata)
    safetensors.torch.save_file(tensors, path, metadata)


def flip_a_bit(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[-50] ^= 1
    path.write_bytes(raw)


WRONGS: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), ""),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:-100]), ""),
    "a text": (lambda path: path.write_text("<html>not found</html>"), ""),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "expected a file"),
    "missing": (lambda path: path.unlink(), "expected a file"),
    "a flipped bit": (flip_a_bit, "damaged"),
    "no record": (lambda path: rewrite(path, lambda _, metadata: metadata.pop(KEY)), "gan did not write"),
    "a record of text": (lambda path: rewrite(path, lambda _, it: it.update({KEY: "x"})), "its record is wrong"),
    "another network": (
        lambda path: rewrite(path, lambda _, it: it.update({KEY: it[KEY].replace("-v1", "-v9")})),
        "network",
    ),
    "a tensor less": (lambda path: rewrite(path, lambda it, _: it.pop(next(iter(it)))), ""),
    "a tensor more": (lambda path: rewrite(path, lambda it, _: it.update({"network.x": torch.ones(1)})), "network|x"),
    "no mean": (lambda path: rewrite(path, lambda it, _: it.pop("mean")), "the mean and the deviation"),
    "another size": (lambda path: rewrite(path, lambda it, _: it.update(mean=torch.zeros(3))), "64 features"),
    "no numbers": (lambda path: rewrite(path, lambda it, _: it["deviation"].fill_(torch.nan)), "not finite"),
    "other numbers": (lambda path: rewrite(path, lambda it, _: it["deviation"].mul_(2)), "damaged"),
    "half numbers": (lambda path: rewrite(path, lambda it, _: it.update(mean=it["mean"].half())), "float32"),
    "other images": (
        lambda path: rewrite(path, lambda _, it: it.update({KEY: it[KEY].replace("[1,12,12]", "[3,12,12]")})),
        "size mismatch",
    ),
}


@pytest.mark.parametrize("wrong", WRONGS)
def test_a_wrong_file_is_refused_by_name(path: Path, wrong: str) -> None:
    damage, message = WRONGS[wrong]
    damage(path)
    with pytest.raises(CheckpointError, match=f"(?s)x.safetensors: not an extractor.*({message})") as caught:
        load(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["digits-v1", "patch-pca-v1"])
def test_files_of_the_old_names_are_loaded_as_they_are(data: ImageDataset, tmp_path: Path, name: str) -> None:
    torch.manual_seed(0)
    network = NETWORK_CLASSES[name](data.spec.shape, data.spec.num_classes)
    facts = {"dataset": "", "fingerprint": data.fingerprint, "examples": 400, "seed": 0, "recipe": ""}
    record = Record(network=name, data=data.spec, **facts)  # type: ignore[arg-type]
    made = Frozen(network, torch.zeros(64), torch.ones(64), record)
    save(made, tmp_path / "old.safetensors")
    loaded = load(tmp_path / "old.safetensors")
    assert loaded.id == made.id
    assert loaded.id.startswith(f"{name}@sha256:")
    images = torch.rand(3, 1, 12, 12)
    assert torch.equal(loaded.features(images), made.features(images))
    assert (loaded.classes(images) is not None) == (name == "digits-v1")


def test_a_checkpoint_is_no_extractor(digits_run: Path) -> None:
    checkpoint = next((digits_run / "checkpoints").iterdir())
    with pytest.raises(CheckpointError, match="gan did not write"):
        load(checkpoint)
