"""A checkpoint: one safetensors file that says of itself all that is needed to sample from it or to go on.

The tensors lie under ``generator.``, ``discriminator.``, ``model.`` (what belongs to no player), ``ema.``,
``discriminator_optimizer.``, ``generator_optimizer.`` and ``rng.``. The header's metadata is a JSON text under ``gan``
and, for safetensors itself neither waits for the disk nor notices a flipped bit, a digest of that text and of the
tensors under ``sha256``.
"""

import copy
import hashlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

import safetensors.torch
import torch
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from safetensors import SafetensorError
from torch import Tensor

from gancli.data import DataSpec
from gancli.errors import CheckpointError
from gancli.recipe import strict_yaml
from gancli.storage.files import write_whole
from gancli.storage.header import files_of, metadata, one_line, open_file, refusal, unique
from gancli.storage.header import in_order as in_order

FORMAT = 1
PARTS = ("generator", "discriminator", "model", "ema", "generator_optimizer", "discriminator_optimizer", "rng")
BEST = "best.safetensors"  # beside those of the last steps; it is not pruned, and no run goes on from it

State = dict[str, Tensor]
Word = Annotated[str, StringConstraints(max_length=255, pattern=r"^[\w .+!?-]*$")]  # a stranger's, and shown


@dataclass(frozen=True)
class Checkpoint:
    """What one file holds."""

    step: Annotated[int, Field(ge=0, lt=10**12)]
    name: Annotated[str, Field(max_length=255)]  # of the recipe
    recipe: dict[str, Any]  # resolved: every default filled in
    data: DataSpec
    fingerprint: str  # of the dataset
    tensors: State = field(default_factory=dict, repr=False)
    file: Path = Path()  # that it was read from
    plugins: dict[Word, Word] = field(
        default_factory=dict
    )  # third-party distributions that the recipe needs -> version
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.0  # of training so far
    torch: Word = torch.__version__
    cpu: Word = ""  # the instruction set that torch computed with
    threads: int = 1
    scalars: dict[str, dict[str, Any]] = field(default_factory=dict)  # optimizer state that is not a tensor
    health: dict[str, Any] = field(default_factory=dict)  # what the watch over the training remembers
    best: Annotated[float, Field(allow_inf_nan=False)] | None = None  # of what evaluations have found so far
    format: int = FORMAT

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", arbitrary_types_allowed=True, ser_json_inf_nan="constants"
    )

    def part(self, prefix: str) -> State:
        """The tensors under ``prefix.``, without it."""
        start = f"{prefix}."
        return {key.removeprefix(start): value for key, value in self.tensors.items() if key.startswith(start)}

    def save(self, path: Path) -> None:
        """Write the file so that it is either whole, on the disk and under its name, or not there at all.

        Raises CheckpointError for what ``load`` would refuse to read.
        """
        text = _HEADER.dump_json(self, exclude={"tensors", "file"}).decode()
        tensors = {key: value.detach().cpu().contiguous() for key, value in self.tensors.items()}
        raw = safetensors.torch.save(tensors, {"gan": text, "sha256": digest(tensors, text)})
        try:
            _header(metadata(io.BytesIO(raw), len(raw))["gan"])
        except ValueError as error:
            raise CheckpointError(f"{path}: is not written, for it could not be read: {one_line(str(error))}") from None
        write_whole(path, raw, durable=True)

    @staticmethod
    def load(path: Path) -> "Checkpoint":
        """Read and verify one file.

        Raises CheckpointError, with the file and the reason, if it is damaged, not ours, or from a newer version.
        """
        try:
            with open_file(path) as file:
                found = metadata(file, path.stat().st_size)
                header = _header(found["gan"])
                file.seek(0)
                tensors = safetensors.torch.load(file.read())
            if digest(tensors, found["gan"]) != found.get("sha256"):
                raise ValueError("it is not as it was saved; a disk or a transfer has damaged it")
            _check_tensors(tensors)
            return replace(header, tensors=tensors, file=path)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            reason = f"its header is wrong: {where[:100]}: {error.errors()[0]['msg']}"
        except OSError as error:
            reason = error.strerror or str(error)
        except (LookupError, TypeError, AttributeError, RuntimeError) as error:  # JSON, or tensors, of another make
            reason = f"its header is wrong: {type(error).__name__}: {error}"
        except (SafetensorError, ValueError) as error:
            reason = str(error)
        raise refusal(path, reason)


_HEADER = TypeAdapter(Checkpoint)


def _header(text: str) -> Checkpoint:
    """What the file says of itself; a later format may say it in other words, so the format is looked at first."""
    version = json.loads(text, object_pairs_hook=unique).get("format")
    if type(version) is not int or version < 1:  # True is an int too
        raise ValueError(f"it has the format version {version!r}, which was never used")
    if version > FORMAT:
        raise ValueError(f"it has the format version {version}; this gan reads up to {FORMAT}, so upgrade gan")
    header = _HEADER.validate_json(text)
    header.data.check()
    if _count(header.recipe) > 2 * strict_yaml.MAX_NODES:  # with every default filled in
        raise ValueError("its recipe has more values than a recipe can have")
    return header


def _count(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(_count, inner))


def _check_tensors(tensors: State) -> None:
    for name, tensor in tensors.items():
        if name.partition(".")[0] not in PARTS or not name.isprintable() or len(name) > 255:
            raise ValueError(f"it has the tensor {name[:80]!r}, which is no part of a checkpoint")
        if not tensor.isfinite().all():
            raise ValueError(f"the tensor {name!r} holds numbers that are not finite")


def digest(tensors: Mapping[str, Tensor], text: str = "") -> str:
    """A digest of a text and of the names, types, shapes and bytes of CPU tensors."""
    sha256 = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        sha256.update(f"\0{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        sha256.update(tensor.reshape(-1).view(torch.uint8).numpy().data if tensor.numel() else b"")
    return sha256.hexdigest()


def checkpoint_path(folder: Path, step: int) -> Path:
    """Where a run keeps the checkpoint of a step."""
    return folder / f"step-{step:07d}.safetensors"


def newest(place: Path, tell: Callable[[str], None] = lambda notice: None) -> Checkpoint:
    """The checkpoint of a file, or the newest valid one of a run.

    A damaged one is passed over if an older one is valid, and ``tell`` is told of it. Raises CheckpointError if there
    is none.
    """
    if not place.is_dir():
        return Checkpoint.load(*files_of(place))
    paths = in_order(place / "checkpoints") or files_of(place)  # which says that there are none
    problems: list[str] = []
    for path in paths:
        try:
            saved = Checkpoint.load(path)
        except CheckpointError as error:
            if path not in in_order(path.parent):  # pruned since, by a training that has saved a newer one
                return newest(place, tell)
            problems.append(str(error))
        else:
            for problem in problems:
                tell(f"{problem}; the newest valid one is {path.name}")
            return saved
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
    """Put back what ``flatten_optimizer`` took out.

    Raises CheckpointError if it is not the state of this optimizer.
    """
    found, expected = {**tensors, **scalars}, _first_state(optimizer)
    indices = {name.partition(".")[0] for name in found}
    for name in expected.keys() - found.keys():
        if name.partition(".")[0] in indices:  # a parameter that was never trained has no state
            raise CheckpointError(f"it lacks the optimizer state {name!r}")
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
    state: dict[int, dict[str, Any]] = {}
    for name, value in found.items():
        if name not in expected:
            raise CheckpointError(f"it has the optimizer state {name!r}, which belongs to no parameter")
        # A fused step takes the shape for granted, and writes behind the end of a state that is smaller.
        if form(value) != form(expected[name]):
            shapes = f"{form(value)}, expected {form(expected[name])}"
            raise CheckpointError(f"it has the optimizer state {name!r} {shapes}")
        index, _, key = name.partition(".")
        like = parameters[int(index)]
        if isinstance(value, Tensor) and value.shape == like.shape:
            # In the parameter's memory format: a fused step pairs the two by their place in memory.
            value = torch.empty_like(like, dtype=value.dtype).copy_(value)
        state.setdefault(int(index), {})[key] = value
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})


def _first_state(optimizer: torch.optim.Optimizer) -> dict[str, Any]:
    """The state that an optimizer has after a step, under the names of ``flatten_optimizer``."""
    trial = copy.deepcopy(optimizer)
    for group in trial.param_groups:
        for parameter in group["params"]:
            parameter.grad = torch.zeros_like(parameter)
    trial.step()
    tensors, scalars = flatten_optimizer(trial)
    return {**tensors, **scalars}


def form(value: object) -> str:
    """The type and shape of a tensor, as ``float32[3, 4]``; the type of anything else."""
    if isinstance(value, Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    return type(value).__name__
