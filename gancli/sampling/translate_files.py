"""Translating files: each is read, translated and written before the next; one that cannot be read is left out."""

from torch import Tensor

from gancli.data.pixel_values import values_of
from gancli.errors import DataError, is_out_of_memory, printable
from gancli.sampling.contact_sheet import ContactSheet
from gancli.sampling.destinations import Job
from gancli.sampling.images import Pixels, to_pixels, write_picture
from gancli.sampling.preparation import Preparation
from gancli.sampling.side_by_side import beside
from gancli.sampling.translate import Translator


class FileTranslator:
    """Translates one file after another.

    Args:
        prepare: reads a picture.
        translator: translates it.
        side_by_side: the picture, as it is translated, stands to the left of its translation.
        contact_sheet: gets pictures beside their translations until it is full.

    Attributes:
        done: pictures that were written.
        problems: the others, each with its reason.
        dark: pictures of 16 bits a value that use fewer, and how many.
    """

    def __init__(
        self,
        prepare: Preparation,
        translator: Translator,
        *,
        side_by_side: bool,
        contact_sheet: ContactSheet | None = None,
    ) -> None:
        self._prepare, self._translator, self._side_by_side = prepare, translator, side_by_side
        self._contact_sheet = contact_sheet
        self.done = 0
        self.problems: list[str] = []
        self.dark: list[str] = []

    def __call__(self, job: Job) -> None:
        """Translate one; raises StorageError or OSError if it cannot be written."""
        try:
            image = self._read(job)
            output = self._translator(image, job.source.name)
        except DataError as error:
            self.problems.append(str(error))
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            self.problems.append(f"{printable(str(job.source))}: needs more memory than there is; make it smaller")
        else:
            write_picture(job.destination, _pixels(beside(image, output) if self._side_by_side else output))
            if self._contact_sheet is not None and not self._contact_sheet.is_full:
                self._contact_sheet.add(_pixels(beside(image, output)))
            self.done += 1

    def _read(self, job: Job) -> Tensor:
        decoded = self._prepare(job.source)
        grey_bits = decoded.grey_bits if self._prepare.bits == 16 else 0  # else the white of the training is known
        if 0 < (bits := max(grey_bits, decoded.colour_bits)) < 16:
            self.dark.append(f"{job.source} ({bits} bits)")
        return values_of(decoded.pixels)


def _pixels(image: Tensor) -> Pixels:
    return to_pixels(image.unsqueeze(0))[0]
