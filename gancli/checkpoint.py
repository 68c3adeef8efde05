"""A checkpoint: one safetensors file that says of itself all that is needed to sample from it or to go on.

The tensors lie under ``generator.``, ``discriminator.``, ``ema.``, ``discriminator_optimizer.``,
``generator_optimizer.`` and ``rng.``; the header's only metadata, under ``gan``, is a JSON text. safetensors itself
neither waits for the disk nor notices a flipped bit, so the file is synced before it gets its name, and a digest of the
tensors stands in the header.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from gancli.data import DataSpec
from gancli.errors import CheckpointError
from gancli.files import write_whole

FORMAT = 1
MAX_HEADER_BYTES = 16 * 2**20
NAME = re.compile(r"^step-(\d{7,12})\.safetensors$")

State = dict[str, Tensor]


@dataclass(frozen=True)
class Checkpoint:
    """What one file holds."""

    step: int
    name: str  # of the recipe
    recipe: dict[str, Any]  # resolved: every default filled in
    data: DataSpec
    fingerprint: str  # of the dataset
    tensors: State = field(repr=False)
    plugins: dict[str, str] = field(default_factory=dict)  # third-party distributions that the recipe needs -> version
    seconds: float = 0.0  # of training so far
    torch: str = torch.__version__
    threads: int = 1
    scalars: dict[str, Any] = field(default_factory=dict)  # optimizer state that is not a tensor
    format: int = FORMAT

    def part(self, prefix: str) -> State:
        """The tensors under ``prefix.``, without it."""
        start = f"{prefix}."
        return {key.removeprefix(start): value for key, value in self.tensors.items() if key.startswith(start)}

    def save(self, path: Path) -> None:
        """Write the file so that it is either whole, on the disk and under its name, or not there at all."""
        header = {key: value for key, value in self.__dict__.items() if key != "tensors"} | {"data": asdict(self.data)}
        tensors = {key: value.detach().cpu().contiguous() for key, value in self.tensors.items()}
        header["sha256"] = digest(tensors)
        write_whole(path, safetensors.torch.save(tensors, {"gan": json.dumps(header)}), durable=True)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read and verify one file.

        Raises CheckpointError, with the file and the reason, if it is damaged, not ours, or from a newer version.
        """
        try:
            raw = path.read_bytes()
            header = _header(raw)
            tensors = safetensors.torch.load(raw)
            found = digest(tensors)
            if found != header.pop("sha256"):
                raise ValueError("the tensors are not the ones that were saved; a disk or a transfer has damaged them")
            spec = header.pop("data")
            data = DataSpec(tuple(spec["shape"]), spec["num_classes"], tuple(spec["class_names"]))
            return cls(data=data, tensors=tensors, **header)
        except (OSError, SafetensorError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise CheckpointError(f"{path}: not a checkpoint that can be loaded: {reason}") from None


def _header(raw: bytes) -> dict[str, Any]:
    """Our JSON text in the header, before a tensor is touched."""
    # The length of a header may begin with the same bytes, but only a header's ninth byte is a brace.
    if raw[8:9] != b"{" and (raw[:2] == b"PK" or raw[:1] == b"\x80"):
        raise ValueError("it is a pickle of PyTorch, which can run code; gan reads safetensors only")
    size = int.from_bytes(raw[:8], "little")
    if len(raw) < 8 or size > len(raw) - 8:
        raise ValueError(f"it is truncated, or no safetensors file ({len(raw)} bytes)")
    if size > MAX_HEADER_BYTES:
        raise ValueError(f"its header has {size} bytes; at most {MAX_HEADER_BYTES} are read")
    if raw[8:9] != b"{":
        raise ValueError("it is no safetensors file")
    metadata = json.loads(raw[8 : 8 + size]).get("__metadata__")
    if not isinstance(metadata, dict) or "gan" not in metadata:
        raise ValueError("it is a safetensors file that gan did not write")
    header: dict[str, Any] = json.loads(metadata["gan"])
    if not isinstance(header.get("format"), int) or header["format"] < 1:
        raise ValueError(f"it has the format version {header.get('format')!r}, which was never used")
    if header["format"] > FORMAT:
        raise ValueError(f"it has the format version {header['format']}; this gan reads up to {FORMAT}, so upgrade gan")
    return header


def digest(tensors: Mapping[str, Tensor]) -> str:
    """A digest of the names, types, shapes and bytes of CPU tensors."""
    sha256 = hashlib.sha256()
    for name, tensor in sorted(tensors.items()):
        sha256.update(f"{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        sha256.update(tensor.reshape(-1).view(torch.uint8).numpy().data if tensor.numel() else b"")
    return sha256.hexdigest()


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where a run keeps the checkpoint of a step."""
    return folder / f"step-{step:07d}.safetensors"


def in_order(folder: Path) -> list[Path]:
    """The checkpoints of a folder, newest first; by the step in the name, never by time."""
    steps = {path: int(match[1]) for path in folder.glob("*.safetensors") if (match := NAME.match(path.name))}
    return sorted(steps, key=lambda path: steps[path], reverse=True)


def newest(place: Path) -> Checkpoint:
    """The checkpoint of a file, or the newest valid one of a run.

    Raises CheckpointError if there is none; a damaged newer one is passed over only if an older one is valid.
    """
    if not place.is_dir():
        if not place.is_file():
            raise CheckpointError(f"{place}: there is no such checkpoint or run")
        return Checkpoint.load(place)
    paths = in_order(place / "checkpoints")
    if not paths:
        raise CheckpointError(f"{place}: holds no checkpoints/step-….safetensors; is it a run, and has it saved yet?")
    problems = []
    for path in paths:
        try:
            return Checkpoint.load(path)
        except CheckpointError as error:
            problems.append(str(error))
    raise CheckpointError("\n".join(problems))


def flatten_optimizer(optimizer: torch.optim.Optimizer) -> tuple[State, dict[str, Any]]:
    """An optimizer's state as named tensors, and what is not a tensor; its settings belong to the recipe."""
    tensors: State = {}
    scalars: dict[str, Any] = {}
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            (tensors if isinstance(value, Tensor) else scalars)[f"{index}.{key}"] = value
    return tensors, scalars


def restore_optimizer(optimizer: torch.optim.Optimizer, tensors: State, scalars: Mapping[str, Any]) -> None:
    """Put back what ``flatten_optimizer`` took out."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for name, value in {**tensors, **scalars}.items():
        index, _, key = name.partition(".")
        if isinstance(value, Tensor) and value.shape == parameters[int(index)].shape:
            # In the parameter's memory format: a fused step pairs the two by their place in memory.
            value = torch.empty_like(parameters[int(index)], dtype=value.dtype).copy_(value)
        state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
