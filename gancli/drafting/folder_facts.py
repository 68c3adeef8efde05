"""What a folder of images holds, from its names and from the first bytes of some of its files."""

from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from gancli.data.classes import check_folders, class_of
from gancli.data.finding import FoundImages, find_images, is_folder
from gancli.data.left_out import no_images
from gancli.data.root_folder import existing
from gancli.errors import DataError

MOST_OPENED = 200  # spread over the folder, so that a large one takes no longer


@dataclass(frozen=True)
class FolderFacts:
    """A folder of images.

    Attributes:
        classes: the number of images by the name of the class; empty without classes.
        side: the median of the shorter sides in pixels; 0 if no image could be read.
        same_size: all of those that were opened have one size.
        greys: whether none of them has colours; of A and of B, if these are in folders of their own.
        layout: ``pairs`` or ``domains`` for images to translate, else ``folder``.
    """

    root: Path
    count: int
    classes: dict[str, int]
    side: int
    same_size: bool
    greys: tuple[bool, ...]
    layout: str = "folder"

    @property
    def grey(self) -> bool:
        """No image has colours."""
        return all(self.greys)


def look_at(root: Path) -> FolderFacts:
    """The facts of a folder.

    Raises DataError if it is none, has no images, or its sub-folders are not classes.
    """
    folder = existing(root)
    if is_folder(folder / "trainA") and is_folder(folder / "trainB"):
        a, b = find_images(folder / "trainA"), find_images(folder / "trainB")
        layout = "pairs" if _stems(a) == _stems(b) else "domains"
        return _of_both(_facts(root, a, layout), _facts(root, b, layout))
    if is_folder(folder / "train"):
        facts = _facts(root, find_images(folder / "train"), "pairs", wide=True)
        if facts.layout == "pairs":
            return facts
    found = find_images(folder)
    check_folders(folder, found.listing.images)
    return _facts(root, found, "folder")


def _of_both(a: FolderFacts, b: FolderFacts) -> FolderFacts:
    same_size = a.same_size and b.same_size and a.side == b.side
    return replace(a, side=min(a.side, b.side), same_size=same_size, greys=a.greys + b.greys)


def _stems(found: FoundImages) -> set[str]:
    return {name.rpartition(".")[0] for name in found.listing.images}


def _facts(root: Path, there: FoundImages, layout: str, *, wide: bool = False) -> FolderFacts:
    """The facts of a listed folder; with ``wide``, it holds pairs only if its images are twice as wide as high."""
    listing = there.listing
    if not listing.images:
        raise DataError(f"{there.place}: {no_images(listing)}")
    step = -(-len(listing.images) // MOST_OPENED)
    opened = [found for name in listing.images[::step] if (found := _header(there, name))]
    sizes = [size for size, _ in opened]
    if wide and not (sizes and all(width == 2 * height for width, height in sizes)):
        layout = "folder"
    classes = Counter(map(class_of, listing.images))
    return FolderFacts(
        root=root,
        count=len(listing.images),
        classes={} if "" in classes else dict(classes),
        side=round(median(map(min, sizes))) if sizes else 0,
        same_size=len(set(sizes)) < 2,
        greys=(bool(opened) and all(grey for _, grey in opened),),
        layout=layout,
    )


def _header(there: FoundImages, name: str) -> tuple[tuple[int, int], bool] | None:
    """The width and the height of an image, and whether its file has no colours; None if it cannot be read."""
    from PIL import Image

    try:
        with there.images.open(name) as file, Image.open(file) as image:
            return image.size, image.mode in ("1", "L", "LA", "I", "F") or image.mode.startswith("I;16")
    except Exception:  # damaged: Pillow raises many kinds of errors, and the dataset names the file later
        return None
