"""Your own images: a folder, with a sub-folder a class if there are classes."""

import hashlib
import os
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Literal, Self

import torch
from pydantic import Field
from torch import Tensor

from gancli.data.base import ImageDataset
from gancli.data.decoding import ENDINGS, decode, explain, read_file
from gancli.data.listing import Listing, list_images
from gancli.data.manifest import some
from gancli.errors import DataError, printable
from gancli.progress import task

SHOWN = 20  # bad files in an error


class ImageFolder(ImageDataset):
    """The images below a folder, cropped to a centred square and scaled.

    What has the ending of an image must be one; hidden files and folders, and all others, are not looked at.

    Args:
        root: the folder; relative to where ``gan`` is called.
        size: the side, in pixels.
        channels: 3 for colour, 1 for grey.
        flip: mirror every second image, at random.
        memory_mb: megabytes of decoded images that are kept; if all of them take more, they are read anew every time.
        workers: processes that read them then.
        on_bad_image: ``skip`` leaves out images that cannot be read, as long as they are one in a hundred at most, or
            a single one, and no class loses its last image.

    Raises:
        DataError: the folder is missing or has no images, or some cannot be read; all of these are named.
    """

    def __init__(
        self,
        *,
        root: Path,
        size: Annotated[int, Field(ge=8, le=1024)] = 32,
        channels: Literal[1, 3] = 3,
        flip: bool = False,
        memory_mb: Annotated[int, Field(ge=0)] = 1024,
        workers: Annotated[int, Field(ge=0, le=64)] = 2,
        on_bad_image: Literal["error", "skip"] = "error",
    ) -> None:
        folder = _existing(root)
        listing = list_images(folder)
        if not listing.images and not listing.unreadable:
            raise DataError(f"{folder}: holds no images; the endings read are {', '.join(ENDINGS)}")
        keep = len(listing.images) * channels * size * size <= memory_mb * 2**20
        digests, images, bad = _scan(folder, listing.images, size, channels, keep=keep)
        _refuse(folder, listing, bad, skip=on_bad_image == "skip")
        labels, names = _classes(list(digests))
        files = ImageFiles(folder, digests, size, channels)
        super().__init__(files if images is None else images, labels, names, flip=flip)
        self.manifest: Mapping[str, str] = digests
        self.fingerprint = _fingerprint(files.shape, digests)
        self.notice = _notice(listing, bad, names)
        self.workers = 0 if keep else workers


class ImageFiles:
    """Images by index that are read from their files when asked for.

    Args:
        digests: of the files, by their names below ``folder``.

    Raises:
        DataError: a file that is asked for has gone, or is not the one it was.
    """

    device = torch.device("cpu")

    def __init__(self, folder: Path, digests: Mapping[str, str], size: int, channels: int) -> None:
        self.folder, self.names, self.digests = folder, list(digests), list(digests.values())
        self.shape = (len(digests), channels, size, size)

    def __len__(self) -> int:
        return len(self.names)

    def __getitem__(self, indices: Tensor) -> Tensor:
        with _warnings_ignored():
            return torch.stack([self._read(int(index)) for index in indices])  # (N, C, H, W)

    def to(self, device: torch.device) -> Self:
        return self

    def _read(self, index: int) -> Tensor:
        try:
            raw = read_file(self.folder / self.names[index])
            if hashlib.sha256(raw).hexdigest() != self.digests[index]:
                raise ValueError("is not the file that it was")
            return decode(raw, self.shape[-1], self.shape[1])
        except Exception as error:
            raise DataError(
                f"{self.folder / printable(self.names[index])}: {explain(error)}; it was changed during the training: "
                "bring it back and resume, or start a new run"
            ) from None


def _existing(root: Path) -> Path:
    try:
        folder = Path(root).expanduser()
        there = folder.is_dir()
    except (OSError, RuntimeError) as error:  # a folder that may not be entered; the home of nobody
        raise DataError(f"{root}: {explain(error)}; expected a folder of images") from None
    if not there:
        raise DataError(f"{folder}: there is no such folder of images")
    return folder


def _scan(
    folder: Path, names: list[str], size: int, channels: int, *, keep: bool
) -> tuple[dict[str, str], Tensor | None, dict[str, str]]:
    """Read every image once, so that a bad one is met before training.

    Returns the digests of the good files by their names, their pixels of shape (N, C, H, W) if they are to be kept,
    and what is wrong with the bad ones by their names.
    """
    images = torch.empty((len(names), channels, size, size), dtype=torch.uint8) if keep else None

    def look(index: int) -> tuple[str, str]:
        try:
            raw = read_file(folder / names[index])
            image = decode(raw, size, channels)
        except Exception as error:  # Pillow raises almost anything on a damaged file
            return "", explain(error)
        if images is not None:
            images[index] = image
        return hashlib.sha256(raw).hexdigest(), ""

    # Pillow decodes outside the interpreter's lock. Warnings are ignored out here: their filters belong to all threads.
    with _warnings_ignored(), _threads() as pool, task(f"reading {len(names):,} images") as tell:
        looked = {}
        for name, found in zip(names, pool.map(look, range(len(names))), strict=True):
            looked[name] = found
            tell(len(looked) / len(names))
    digests = {name: digest for name, (digest, problem) in looked.items() if not problem}
    bad = {name: problem for name, (_, problem) in looked.items() if problem}
    if images is not None and bad:
        images = images[torch.tensor([not problem for _, problem in looked.values()])]
    return digests, images, bad


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    """One a core; if the block fails, what they have not begun is left undone, lest Ctrl-C waits for all of it."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            yield pool
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _warnings_ignored() -> Iterator[None]:
    """Pillow warns of what does no harm, and of many pixels, which are counted here anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _refuse(folder: Path, listing: Listing, bad: dict[str, str], *, skip: bool) -> None:
    """Raises DataError with all that cannot be read, unless it may be left out."""
    problems = listing.unreadable | bad
    objection = _objection(listing, bad) if skip else "on_bad_image=skip would leave a few out"
    if not problems or (not listing.unreadable and not objection):
        return
    counted = [f"{len(bad)} of {len(listing.images)} images"] if bad else []
    if listing.unreadable:
        counted, objection = [*counted, f"{len(listing.unreadable)} folders"], ""
    lines = [f"{printable(name)}: {printable(problem)}" for name, problem in problems.items()][:SHOWN]
    lines += [f"… and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
    ways_out = "; ".join(filter(None, ["mend or remove them", objection]))
    raise DataError("\n  ".join([f"{folder}: {' and '.join(counted)} cannot be read; {ways_out}:", *lines]))


def _objection(listing: Listing, bad: Mapping[str, str]) -> str:
    """Why the bad images cannot be left out: they are too many, or it would change what is learned."""
    allowed = max(1, len(listing.images) // 100)
    if len(bad) > allowed:
        return f"on_bad_image=skip leaves out 1 % at most, or a single one: here {allowed}"
    kept = {_class(name) for name in listing.images if name not in bad}
    lost = {_class(name) for name in bad} - kept
    if lost and (lost != {""} or not kept):
        return f"without them, no image of {some(sorted(lost - {''})) or 'any kind'} is left"
    return ""


def _notice(listing: Listing, bad: Mapping[str, str], classes: tuple[str, ...]) -> str:
    notes = []
    if bad:
        notes.append(f"{len(bad)} of {len(listing.images)} images cannot be read and are left out: {some(bad)}")
    if listing.repeated:
        pairs = [f"{again} is {first or 'the folder itself'}" for again, first in listing.repeated.items()]
        notes.append(f"folders that are linked to again are read once: {some(pairs)}")
    empty = [name for name in listing.classes if name not in classes and name not in listing.repeated]
    if classes and empty:
        notes.append(f"folders without images are no classes: {some(empty)}")
    return "; ".join(notes)


def _fingerprint(shape: tuple[int, ...], digests: Mapping[str, str]) -> str:
    digest = hashlib.sha256(str(shape).encode())
    for name, of_file in digests.items():
        digest.update(os.fsencode(name) + f"\0{of_file}\n".encode())
    return digest.hexdigest()


def _classes(names: list[str]) -> tuple[Tensor | None, tuple[str, ...]]:
    """Labels of shape (N,), and the classes: there are none if images lie right in the folder."""
    of_image = [_class(name) for name in names]
    classes = tuple(sorted(set(of_image)))
    if "" in classes:
        return None, ()
    unfit = [name for name in classes if not name.isprintable()]
    if unfit:
        raise DataError(f"the names of classes are shown and saved, and these are no text: {some(unfit)}; rename them")
    index = {name: number for number, name in enumerate(classes)}
    return torch.tensor([index[name] for name in of_image]), classes


def _class(name: str) -> str:
    """The first folder on the way to an image."""
    return name.partition("/")[0] if "/" in name else ""
