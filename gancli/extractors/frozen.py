"""An extractor that was made once, and the file that holds it: weights, and what is known of how they were made."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import safetensors.torch
import torch
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from safetensors import SafetensorError
from torch import Tensor

from gancli.data import DataSpec
from gancli.data.base import fingerprint
from gancli.errors import CheckpointError, UsageError, printable
from gancli.extractors.base import Extractor, as_pictures
from gancli.extractors.examples import Examples
from gancli.extractors.networks import DIM, LARGEST, ClassifierV1, Network, on_meta, reduced
from gancli.files import write_whole

BLOCK = 500  # images that go through the network together
MAX_BYTES = 64 * 2**20  # of a file; ours have less than one
FEW = 100  # held-out images, on which an accuracy is known to a few per cent at best
KEY = "gan-extractor"  # of the metadata
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Record:
    """How an extractor was made."""

    network: Literal["classifier-v1", "random-v1", "digits-v1", "patch-pca-v1"]
    data: DataSpec  # of the images that it takes
    dataset: str  # that it was made from, in words
    fingerprint: str  # of that dataset
    examples: int  # that it has learned from; the others were held out
    seed: int
    recipe: str  # of the training, in words
    looks: int = 0  # images that the training looked at, again and again
    held_out: int = 0  # examples that its accuracy was measured on
    accuracy: Share | None = None  # None: it knows no classes
    gate: Share = 0.0  # the accuracy that its features are trusted from
    torch: str = torch.__version__
    format: Literal[1] = 1

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(strict=True, extra="forbid")

    @property
    def caveat(self) -> str:
        """What a reader of numbers that it gives must know; empty if there is nothing."""
        notes = []
        if self.accuracy is None:
            notes.append("the features are random: they know no classes, and see less than trained ones")
        elif self.accuracy < self.gate:
            notes.append(
                f"it names the class of only {self.accuracy:.1%} of {self.held_out:,} held-out images, expected "
                f"{self.gate:.1%}: its distances and classes are rough"
            )
        elif self.held_out < FEW:
            notes.append(f"how well it knows the classes was measured on only {self.held_out} held-out images")
        if max(self.data.shape[1:]) > LARGEST:
            notes.append(f"it looks at images in {LARGEST}×{LARGEST}, and sees no finer detail")
        return "; ".join(notes)


_RECORD = TypeAdapter(Record)


class Frozen(Extractor):
    """A network that is trained no more, and the mean and deviation of its features over what it learned from.

    Args:
        network: with its weights; it is set to evaluation.
        mean: of the raw features, of shape (DIM,).
        deviation: likewise.
    """

    dim = DIM

    def __init__(self, network: Network, mean: Tensor, deviation: Tensor, record: Record) -> None:
        self.network = network.eval().requires_grad_(False)
        self.mean, self.deviation, self.record = mean, deviation, record
        self.id = f"{record.network}@sha256:{fingerprint(*_in_order(self.tensors()))[:8]}"
        self.caveat = record.caveat
        self.learns = record.examples > 0

    def tensors(self) -> dict[str, Tensor]:
        """What the file holds."""
        weights = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        return {**weights, "mean": self.mean, "deviation": self.deviation}

    @torch.no_grad()
    def features(self, images: Tensor) -> Tensor:
        raw = [self.network.embed(block) for block in self._blocks(images)]
        return (torch.cat(raw) - self.mean) / self.deviation

    @torch.no_grad()
    def classes(self, images: Tensor) -> Tensor | None:
        if not isinstance(self.network, ClassifierV1):
            return None
        return torch.cat([self.network(block).softmax(dim=1) for block in self._blocks(images)])

    def _blocks(self, images: Tensor) -> Iterator[Tensor]:
        if images.shape[1:] != self.record.data.shape:
            raise UsageError(
                f"{self.id} takes images of shape {self.record.data.shape}, found {tuple(images.shape[1:])}; "
                "choose an extractor that was made for such images"
            )
        for block in images.split(BLOCK):
            yield reduced(as_pictures(block))

    def save(self, path: Path) -> None:
        """Write one safetensors file, which is whole or not there at all."""
        metadata = {KEY: _RECORD.dump_json(self.record).decode(), "id": self.id}
        write_whole(path, safetensors.torch.save(self.tensors(), metadata))


def standardised(network: Network, learned: Examples, record: Record) -> Frozen:
    """An extractor of a network, whose raw features are measured over what it has learned from."""
    network.eval()
    with torch.no_grad():
        raw = torch.cat([network.embed(learned.images(it)) for it in torch.arange(len(learned)).split(BLOCK)]).double()
    deviation = raw.std(dim=0, correction=0)
    # A feature that is as good as constant stays so: divided by its deviation, rounding would be the largest of all.
    least = 1e-4 * float(deviation.max())
    deviation = torch.where(deviation > least, deviation, deviation.max()).clamp(min=1e-12)
    return Frozen(network, raw.mean(dim=0).float(), deviation.float(), record)


def load(path: Path) -> Frozen:
    """Read and verify a file that ``save`` wrote.

    Raises CheckpointError, with the file and the reason, if it is damaged or not ours.
    """
    try:
        return _load(path)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        reason = f"its record is wrong: {where[:100]}: {error.errors()[0]['msg']}"
    except OSError as error:
        reason = error.strerror or str(error)
    except (SafetensorError, ValueError, RuntimeError) as error:
        reason = str(error)
    raise CheckpointError(f"{path}: not an extractor that can be loaded: {printable(' '.join(reason.split()))[:300]}")


def _metadata(raw: bytes) -> dict[str, str]:
    """The metadata of a safetensors file that has been parsed before; its library reads them from files alone."""
    metadata = json.loads(raw[8 : 8 + int.from_bytes(raw[:8], "little")]).get("__metadata__") or {}
    if KEY not in metadata:
        raise ValueError("it is a safetensors file, but of no extractor that gan saved")
    return metadata


def _in_order(tensors: dict[str, Tensor]) -> list[Tensor]:
    return [tensors[name].contiguous() for name in sorted(tensors)]


def _load(path: Path) -> Frozen:
    if not path.is_file() or path.stat().st_size > MAX_BYTES:
        raise ValueError(f"expected a file of at most {MAX_BYTES:,} bytes")
    raw = path.read_bytes()
    tensors = safetensors.torch.load(raw)
    metadata = _metadata(raw)
    record = _RECORD.validate_json(metadata[KEY])
    record.data.check()
    weights = {name.removeprefix("network."): it for name, it in tensors.items() if name.startswith("network.")}
    network = on_meta(record.network, record.data.shape, record.data.num_classes)
    network.load_state_dict(weights, assign=True)
    mean, deviation = tensors.get("mean"), tensors.get("deviation")
    if mean is None or deviation is None or not mean.shape == deviation.shape == (DIM,):
        raise ValueError(f"expected the mean and the deviation of {DIM} features")
    for name, tensor in tensors.items():
        if tensor.dtype not in (torch.float32, torch.int64) or not tensor.isfinite().all():
            raise ValueError(f"{name} holds numbers that are not finite, or not of float32")
    frozen = Frozen(network, mean, deviation, record)
    if frozen.id != metadata.get("id"):
        raise ValueError(f"its weights are those of {frozen.id}, expected {metadata.get('id')}; it was damaged")
    return frozen
