"""Files of extractors: weights, and the record of how they were made."""

import io
from pathlib import Path

import safetensors.torch
import torch
from pydantic import ValidationError
from safetensors import SafetensorError

from gancli.errors import CheckpointError, printable
from gancli.extractors.frozen import Frozen
from gancli.extractors.networks import DIM, on_meta
from gancli.extractors.record import RECORD
from gancli.files import write_whole
from gancli.storage import header

MAX_EXTRACTOR_BYTES = 64 * 2**20  # ours have less than one MB
KEY = "gan-extractor"  # of the metadata


def save(extractor: Frozen, path: Path) -> None:
    """Write one safetensors file, completely or not at all."""
    metadata = {KEY: RECORD.dump_json(extractor.record, by_alias=True).decode(), "id": extractor.id}
    write_whole(path, safetensors.torch.save(extractor.tensors(), metadata))


def load(path: Path) -> Frozen:
    """Read and check a file that ``save`` wrote.

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


def _load(path: Path) -> Frozen:
    if not path.is_file() or path.stat().st_size > MAX_EXTRACTOR_BYTES:
        raise ValueError(f"expected a file of at most {MAX_EXTRACTOR_BYTES:,} bytes")
    raw = path.read_bytes()
    metadata = header.metadata(io.BytesIO(raw), len(raw), key=KEY)
    tensors = safetensors.torch.load(raw)
    record = RECORD.validate_json(metadata[KEY])
    record.data.check()
    weights = {name.removeprefix("network."): tensor for name, tensor in tensors.items() if name.startswith("network.")}
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
