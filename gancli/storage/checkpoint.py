"""A checkpoint: one safetensors file that holds all that is needed to sample from it or to resume from it.

The tensors lie under ``generator.``, ``discriminator.``, ``model.`` (what belongs to no player), ``ema.``,
``discriminator_optimizer.``, ``generator_optimizer.`` and ``rng.``. The header's metadata is a JSON text under ``gan``
and, for safetensors itself neither waits for the disk nor notices a flipped bit, a digest of that text and of the
tensors under ``sha256``.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar

import safetensors.torch
import torch
from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError
from safetensors import SafetensorError
from torch import Tensor

from gancli.data import DataSpec
from gancli.errors import CheckpointError, Warn, ignore
from gancli.files import write_whole
from gancli.recipe import strict_yaml
from gancli.storage import format_1
from gancli.storage.header import metadata, one_line, open_file, refusal, unique
from gancli.storage.optimizer_state import form as form
from gancli.storage.origin import Origin
from gancli.storage.run_folder import MAX_NAME, RunFolder, checkpoint_files

FORMAT = 2
PARTS = ("generator", "discriminator", "model", "ema", "generator_optimizer", "discriminator_optimizer", "rng")

GENERATOR_ALONE = ({"ema"}, {"generator"}, {"ema", "model"}, {"generator", "model"})  # parts of a file to be shared

State = dict[str, Tensor]
Word = Annotated[str, StringConstraints(max_length=255, pattern=r"^[\w .+!?-]*$")]  # a stranger's, and shown


@dataclass(frozen=True)
class Checkpoint:
    """The content of one file."""

    step: Annotated[int, Field(ge=0, lt=10**12)]
    name: Annotated[str, Field(max_length=MAX_NAME)]  # of the recipe
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
    processes: Annotated[int, Field(ge=1)] = 1  # that trained together
    scalars: dict[str, dict[str, Any]] = field(default_factory=dict)  # optimizer state that is not a tensor
    monitor: dict[str, Any] = field(default_factory=dict)  # the state of the training's monitor
    best: Annotated[float, Field(allow_inf_nan=False)] | None = None  # value of the selection metric so far
    ended: bool = False  # by train.patience, so that the best step is the result
    origin: Origin | None = None  # None: its networks were made new
    format: int = FORMAT

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(
        strict=True, extra="forbid", arbitrary_types_allowed=True, ser_json_inf_nan="constants"
    )

    @property
    def averaged(self) -> int:
        """Steps that its average of the generator goes over, those of its origin too; whether there is one or not."""
        return self.step + (self.origin.averaged if self.origin else 0)

    @property
    def generator_only(self) -> bool:
        """Whether it was made by gan export to be sampled from: nothing in it is needed by a training alone."""
        return {key.partition(".")[0] for key in self.tensors} in GENERATOR_ALONE

    def part(self, prefix: str) -> State:
        """The tensors under ``prefix.``, without it."""
        start = f"{prefix}."
        return {key.removeprefix(start): value for key, value in self.tensors.items() if key.startswith(start)}

    def refuse_generator_only(self, purpose: str) -> None:
        """Raises CheckpointError if it holds the generator alone, for a purpose that needs more."""
        if self.generator_only:
            raise CheckpointError(
                f"{self.file}: holds the generator alone, as 'gan export --to sample' writes it; {purpose} needs a "
                "whole checkpoint, with the discriminator and the optimizers"
            )

    def save(self, path: Path) -> None:
        """Write the file, which is then either complete and on the disk, or absent.

        Raises CheckpointError for what ``load`` would refuse or could not restore.
        """
        text = _HEADER.dump_json(self, exclude={"tensors", "file"}).decode()
        tensors = {key: value.detach().cpu().contiguous() for key, value in self.tensors.items()}
        raw = safetensors.torch.save(tensors, {"gan": text, "sha256": digest(tensors, text)})
        try:
            if _header(metadata(io.BytesIO(raw), len(raw))["gan"]).data != self.data:
                raise ValueError(f"the facts about the data of {type(self.data).__name__} would be lost in it")
        except ValueError as error:
            raise CheckpointError(
                f"{path}: could not be read back, so it is not written: {one_line(str(error))}"
            ) from None
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
                raise ValueError("it differs from what was saved; a disk or a transfer has damaged it")
            _check_tensors(tensors)
            return replace(header, tensors=tensors, file=path)
        except ValidationError as error:
            where = ".".join(map(str, error.errors()[0]["loc"]))
            reason = f"its header is wrong: {where[:100]}: {error.errors()[0]['msg']}"
        except OSError as error:
            reason = error.strerror or str(error)
        except (LookupError, TypeError, AttributeError, RuntimeError) as error:  # JSON, or tensors, of another program
            reason = f"its header is wrong: {type(error).__name__}: {error}"
        except (SafetensorError, ValueError) as error:
            reason = str(error)
        raise refusal(path, reason)


_HEADER = TypeAdapter(Checkpoint)


def _header(text: str) -> Checkpoint:
    """The header that a text holds; a later format may use other words, so the format is checked first."""
    values = json.loads(text, object_pairs_hook=unique)
    version = values.get("format")
    if type(version) is not int or version < 1:  # True is an int too
        raise ValueError(f"it has the format version {version!r}, which was never used")
    if version > FORMAT:
        raise ValueError(f"it has the format version {version}; this gan reads up to {FORMAT}, so upgrade gan")
    header = _HEADER.validate_json(text if version > 1 else json.dumps(format_1.migrate(values)))
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
            raise ValueError(f"it has the tensor {name[:80]!r}, which is not part of a checkpoint")
        if not tensor.isfinite().all():
            raise ValueError(f"the tensor {name!r} holds numbers that are not finite")


def digest(tensors: Mapping[str, Tensor], text: str = "") -> str:
    """A digest of a text and of the names, types, shapes and bytes of CPU tensors."""
    sha256 = hashlib.sha256(text.encode())
    for name, tensor in sorted(tensors.items()):
        sha256.update(f"\0{name}\0{tensor.dtype}\0{tuple(tensor.shape)}\0".encode())
        sha256.update(tensor.reshape(-1).view(torch.uint8).numpy().data if tensor.numel() else b"")
    return sha256.hexdigest()


def result(place: Path, warn: Warn = ignore) -> Checkpoint:
    """The checkpoint of a file, or of a run: its newest valid one, or its best one if ``train.patience`` ended it.

    Args:
        warn: gets a message for every damaged checkpoint that is skipped, and for a run whose best is used.

    Raises CheckpointError if there is no valid one.
    """
    found, best = newest(place, warn), RunFolder(place).best
    if not (place.is_dir() and found.ended and best.exists()):
        return found
    try:
        saved = Checkpoint.load(best)
    except CheckpointError as error:
        warn(f"{error}; the newest valid one is {found.file.name}")
        return found
    warn(f"{place}: ended at step {found.step:,} by train.patience; this is its best step, {saved.step:,}")
    return saved


def newest(place: Path, warn: Warn = ignore) -> Checkpoint:
    """The checkpoint of a file, or the newest valid one of a run.

    Args:
        warn: gets a message for every damaged checkpoint that is skipped for an older one.

    Raises CheckpointError if there is no valid one.
    """
    if not place.is_dir():
        return Checkpoint.load(*checkpoint_files(place))
    problems: list[str] = []
    for path in checkpoint_files(place):
        try:
            saved = Checkpoint.load(path)
        except CheckpointError as error:
            if path not in RunFolder(place).checkpoints():  # pruned since, by a training that has saved a newer one
                return newest(place, warn)
            problems.append(str(error))
        else:
            for problem in problems:
                warn(f"{problem}; the newest valid one is {path.name}")
            return saved
    raise CheckpointError("\n".join(problems))
