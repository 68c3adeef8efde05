"""A latent that was found, and its file: what a generator draws one image from."""

import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from gancli.errors import DataError, UsageError, printable
from gancli.files import write_whole
from gancli.models import GAN, Inputs
from gancli.sampling import draw
from gancli.storage import header

ENDING = ".latent.safetensors"
KEY = "gan-latent"  # of the metadata
MAX_BYTES = 16 * 2**20


@dataclass(frozen=True)
class Latent:
    """The noise or the mapped noise, the class and the options from which a generator draws one image.

    Args:
        point: of shape (latent_dim,), or what the model maps it to.
        is_mapped: whether it is that.
        label: the number of the class; None for a model without.
        options: of the model's sampler.
        digest: of the weights that draw the image.
    """

    point: Tensor
    is_mapped: bool = False
    label: int | None = None
    options: dict[str, Any] = field(default_factory=dict)
    digest: str = ""

    @property
    def stop(self) -> draw.Stop:
        """The place on a walk."""
        return draw.Stop(None, self.label, self.point) if self.is_mapped else draw.Stop(self.point, self.label)

    def save(self, path: Path) -> None:
        """Write one safetensors file, completely or not at all."""
        about = {"label": self.label, "options": self.options, "generator": self.digest}
        tensors = {"w" if self.is_mapped else "z": self.point.contiguous()}
        write_whole(path, safetensors.torch.save(tensors, {KEY: json.dumps(about)}))

    @classmethod
    def load(cls, path: Path) -> "Latent":
        """Read a file that ``save`` wrote; raises DataError, with the file and the reason, for any other."""
        try:
            return _load(path)
        except OSError as error:
            reason = "there is no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        except (SafetensorError, ValueError, LookupError, TypeError, AttributeError, RuntimeError) as error:
            reason = str(error)
        raise DataError(f"{path}: not a latent that 'gan project' wrote: {header.one_line(' '.join(reason.split()))}")

    def check(self, digest: str, gan: GAN, generator: nn.Module) -> None:
        """Raises UsageError if it is not of the generator of ``gan`` with this digest."""
        if self.digest != digest:
            raise UsageError(
                f"this latent belongs to other weights: found the generator {printable(self.digest[:12])!r}, expected "
                f"{digest[:12]!r}; project the picture with this checkpoint"
            )
        has_class = (self.label is not None) == bool(gan.num_classes) and (self.label or 0) < max(1, gan.num_classes)
        if not has_class or (self.is_mapped, self.point.shape) != _expected(gan, generator):
            raise UsageError(
                f"this latent has the shape {tuple(self.point.shape)} and the class {self.label}, which do not fit its "
                "generator; it was changed after 'gan project' wrote it"
            )


@torch.no_grad()
def _expected(gan: GAN, generator: nn.Module) -> tuple[bool, torch.Size]:
    """Whether latents of a generator are mapped, and their shape."""
    y = torch.zeros(1, dtype=torch.long) if gan.num_classes else None
    noise = Inputs(draw.latents(gan.latent, 0, 1, seed=0), y)
    with draw.undisturbed(generator):
        known = gan.mapped(generator, noise.to(next(generator.parameters()).device))
    point = known.z if known.w is None else known.w
    assert point is not None
    return known.w is not None, point.shape[1:]


def _load(path: Path) -> Latent:
    with header.open_file(path) as file:
        raw = file.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES:,} bytes")
    about = json.loads(header.metadata(io.BytesIO(raw), len(raw), key=KEY)[KEY])
    ((name, point),) = safetensors.torch.load(raw).items()
    label, options = about["label"], about["options"]
    if name not in ("z", "w") or point.dtype != torch.float32 or not point.isfinite().all():
        raise ValueError(f"found {name!r} of {point.dtype}, expected z or w of finite float32")
    if not (label is None or (type(label) is int and label >= 0)) or not isinstance(options, dict):
        raise ValueError(f"found the class {label!r}, expected a number")
    return Latent(point, name == "w", label, options, str(about["generator"]))
