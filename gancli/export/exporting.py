"""An export: the file is made, checked, and only then written."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gancli import build
from gancli.errors import UsageError
from gancli.export.checking import check, difference
from gancli.export.destination import Destination
from gancli.export.formats import Format
from gancli.export.needs import check_needs
from gancli.export.readme import readme
from gancli.export.subject import Subject
from gancli.files import make_ready, write_whole
from gancli.progress import task
from gancli.sampling.options import sampling_options
from gancli.storage.checkpoint import Checkpoint


@dataclass(frozen=True)
class Export:
    """A file that was written.

    Args:
        path: the file.
        readme: beside it, with the lines that use it; None for a format that needs none.
        bytes: of the file.
        difference: the largest from the generator's own output; images are in [0, 1].
        tolerance: the largest that is allowed.
        notes: for the user.
    """

    path: Path
    readme: Path | None
    bytes: int
    difference: float
    tolerance: float
    notes: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """The size and the check, in words."""
        found = "no number differs" if not self.difference else f"the largest difference is {self.difference:.1g}"
        allowed = f"at most {self.tolerance:.1g} is allowed"
        return f"{self.bytes / 1e6:.2f} MB; {found} from the generator's own output ({allowed})"

    def as_json(self) -> dict[str, Any]:
        """The same as plain values."""
        paths = {"path": str(self.path), "readme": str(self.readme) if self.readme else None}
        return paths | {"bytes": self.bytes, "difference": self.difference, "tolerance": self.tolerance}


def export(saved: Checkpoint, form: Format, place: Destination, options: Mapping[str, Any], *, force: bool) -> Export:
    """Write a generator in one of the formats, after a check that the file draws what the generator draws.

    Args:
        saved: the checkpoint.
        form: the format.
        place: the file to write.
        options: of the model's sampler, which are fixed in the file.
        force: whether files that are there are replaced.

    Raises UsageError for what cannot be exported, and for files that are there; ExportError if the check fails;
    CheckpointError, PluginError.
    """
    place.check(force=force)
    check_needs(form)
    subject = _subject(saved, form, options)
    with task(f"making {form.what}"):
        written = form.write(subject)
    with task(f"checking {form.what}"):
        found = difference(subject, written)
        check(found, written)
    make_ready(place.path.parent)
    write_whole(place.path, written.content, durable=True)
    if place.readme is not None:
        write_whole(place.readme, readme(subject, form, written, place.path.name).encode())
    return Export(place.path, place.readme, len(written.content), found, written.tolerance, tuple(written.notes))


def _subject(saved: Checkpoint, form: Format, options: Mapping[str, Any]) -> Subject:
    gan, network = build.from_checkpoint(saved, torch.device("cpu"))
    checked = sampling_options(gan, options)
    if checked and not form.takes_options:
        raise UsageError(
            f"{next(iter(checked))}: {form.what} fixes no sampling option; give it to whoever samples from the file"
        )
    network.requires_grad_(False).eval()
    return Subject(saved, gan, network, checked)
