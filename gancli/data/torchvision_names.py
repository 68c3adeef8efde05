"""The classification sets of torchvision by name, and the reasons why others are none."""

import inspect
from importlib import import_module
from typing import Any

from gancli.errors import UsageError, printable
from gancli.names import suggestion

# Said before gigabytes are downloaded; what is not listed here is recognised by its first example.
NO_CLASSES = {
    "attributes, and not one class an image": ["CelebA"],
    "boxes": ["CocoDetection", "Kitti", "VOCDetection", "WIDERFace"],
    "masks": ["Cityscapes", "SBDataset", "VOCSegmentation"],
    "captions": ["CocoCaptions", "Flickr8k", "Flickr30k", "SBU"],
    "videos": ["HMDB51", "Kinetics", "MovingMNIST", "UCF101"],
    "pairs of images": ["LFWPairs", "PhotoTour"],
    "random numbers": ["FakeData"],
    "files that can run code, and that torchvision does not check": ["LSUN", "LSUNClass"],
    "your own images": ["DatasetFolder", "ImageFolder", "VisionDataset"],
}  # fmt: skip
# These take ``download``, but refuse it: their files are no longer where they were.
NO_DOWNLOAD = {"LFWPeople", "StanfordCars"}
REASONS = {name: reason for reason, names in NO_CLASSES.items() for name in names}


def check_name(name: str) -> None:
    """Raises ValueError for what is not the name of a classification set, with those that are."""
    if name in REASONS:
        own = "; for images of your own, and for images without labels, use dataset: {name: folder, root: …}"
        raise ValueError(f"torchvision's {name} holds {REASONS[name]}; expected a set of images with classes{own}")
    if name not in names():
        raise ValueError(f"found {name!r}, which is not a set of torchvision with classes{hint(name, names())}")


def names() -> list[str]:
    """The classification sets of this torchvision; stereo and flow, which are pairs, are in modules of their own."""
    known = [name for name in _datasets().__all__ if name not in REASONS and inspect.isclass(vision_class(name))]
    return sorted(name for name in known if not vision_class(name).__module__.startswith("torchvision.datasets._"))


def vision_class(name: str) -> Any:
    """The class of a name in ``torchvision.datasets``; UsageError where torchvision cannot be imported."""
    return getattr(_datasets(), name)


def _datasets() -> Any:
    try:
        return import_module("torchvision.datasets")  # takes as long as importing torch
    except (ImportError, OSError, RuntimeError) as error:  # torchvision of another build of torch: RuntimeError
        reinstall = "pip install --force-reinstall torch torchvision"
        raise UsageError(f"torchvision cannot be imported: {first_line(error)}; {reinstall}") from None


def hint(wrong: str, known: list[str], none: str = "none") -> str:
    """The name that was meant, if one is near, and all that there are."""
    return f"{suggestion(wrong, known, str.lower)}; available: {', '.join(known) or none}"


def first_line(error: Exception) -> str:
    """The first line of an error's text, or its kind; without the number that the system has for it."""
    text = getattr(error, "reason", "") or error
    if isinstance(error, OSError) and error.strerror and error.filename:
        text = f"{error.strerror}: {error.filename}"
    lines = str(text).strip().splitlines() or [type(error).__name__]
    # Its own advice is Python, and ours is at hand.
    return printable(lines[0].partition(" You can use download=True")[0]).rstrip(".")[:200]
