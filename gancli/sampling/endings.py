"""The format that an output's ending asks for, checked before anything is loaded."""

from pathlib import Path

from gancli.errors import UsageError

PICTURE_FORMATS = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
}  # endings of one picture, and Pillow's name of the format
ONE_PICTURE = ".png or .jpg"
VIDEOS = (".mp4", ".webm")  # which play once
ANIMATIONS = (".gif", ".webp", *VIDEOS)
FPS = 12.5  # frames a second: 80 ms each

GAP = 2  # pixels between the images of a grid
MAX_MEGAPIXELS = 50  # of a grid; viewers and Pillow itself refuse to open pictures not much larger
MAX_JPEG_SIDE = 65_500  # pixels of a JPEG's side


def is_picture(path: Path) -> bool:
    """Whether the ending is that of one picture."""
    return path.suffix.lower() in PICTURE_FORMATS


def is_animation(path: Path) -> bool:
    """Whether the ending is that of pictures that move."""
    return path.suffix.lower() in ANIMATIONS


def is_video(path: Path) -> bool:
    """Whether the ending is that of a video."""
    return path.suffix.lower() in VIDEOS


def refuse(path: Path, expected: str) -> UsageError:
    """The error for another ending."""
    return UsageError(f"{path}: the ending says what is written; expected {expected}")


def check_output(path: Path, n: int, shape: tuple[int, ...], columns: int | None = None) -> None:
    """Raise UsageError for a path that ``n`` samples of ``shape`` cannot be written to."""
    is_image = len(shape) == 3
    if is_picture(path):
        check_picture(path, n, shape, columns)
    elif path.suffix.lower() != ".npz" and not (is_image and (not path.suffix or path.is_dir())):
        arrays = ".npz for arrays, or no ending for a folder" if is_image else ".npz for arrays"
        raise refuse(path, f"{ONE_PICTURE} for a picture, {arrays}")


def check_picture(path: Path, n: int, shape: tuple[int, ...], columns: int | None = None) -> None:
    """Raise UsageError for a grid of ``n`` samples that is too large for one picture; points always fit."""
    if len(shape) != 3:
        return
    columns = columns or round(n**0.5)
    height, width = (shape[1] + GAP) * -(-n // columns), (shape[2] + GAP) * columns
    if (megapixels := n * (shape[1] + GAP) * (shape[2] + GAP) / 1e6) > MAX_MEGAPIXELS:
        problem = f"{megapixels:,.0f} megapixels, and {MAX_MEGAPIXELS} are the most"
    elif PICTURE_FORMATS.get(path.suffix.lower()) == "JPEG" and max(height, width) > MAX_JPEG_SIDE:
        problem = f"{width:,} × {height:,} pixels, and a JPEG has at most {MAX_JPEG_SIDE:,} on a side"
    else:
        return
    raise UsageError(
        f"{path}: a grid of {n:,} images would have {problem}; --out samples.npz (arrays) and --out samples (a folder) "
        "hold any number"
    )
