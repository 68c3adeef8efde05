"""Draw the portraits with the font Noto Color Emoji, and write the file that the package ships.

python -m gan_emoji.render [--font FILE] [--out FILE]
"""

import argparse
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

from gan_emoji import packed
from gan_emoji.kinds import KINDS, TONES, Kind

FONT = Path("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf")  # Debian's and Ubuntu's place
FONT_SIZE = 109  # the only one of its bitmaps
WIDTH, HEIGHT = 136, 128  # of a bitmap
MARGIN = (WIDTH - HEIGHT) // 2  # columns on the left and on the right, transparent in every portrait


def load_font(path: Path) -> ImageFont.FreeTypeFont:
    """The font, laid out by raqm, which joins the characters of a sequence.

    Raises:
        ValueError: this Pillow lacks raqm, or the font is not there, or is none; the message says what to install.
    """
    if not features.check("raqm"):
        raise ValueError(
            "this Pillow lacks raqm, which joins the characters of a sequence into one picture; the wheels of Pillow "
            "have it: 'pip install --force-reinstall --only-binary :all: pillow'"
        )
    if not path.is_file():
        raise ValueError(
            f"{path} is not there; install the font with 'apt-get install fonts-noto-color-emoji', or name the file of "
            "Noto Color Emoji with --font"
        )
    try:
        return ImageFont.truetype(path, FONT_SIZE, layout_engine=ImageFont.Layout.RAQM)
    except OSError as error:  # not a font, or one without bitmaps of this size
        raise ValueError(f"{path}: {error}; expected Noto Color Emoji with bitmaps") from None


def draw(font: ImageFont.FreeTypeFont, kind: Kind, tone: str) -> packed.Pixels:
    """One portrait, of shape (128, 128, 4), RGBA.

    Raises:
        ValueError: the font draws the sequence as several pictures, as one that is too old for it does.
    """
    sequence = kind.sequence(tone)
    if round(font.getlength(sequence)) != WIDTH:
        raise ValueError(
            f"the font does not draw {kind.role}, {kind.figure}, {tone} as one picture of {WIDTH} pixels; "
            "expected Noto Color Emoji 2.042 or newer with bitmaps"
        )
    image = Image.new("RGBA", (WIDTH, HEIGHT))
    ImageDraw.Draw(image).text((0, 0), sequence, font=font, embedded_color=True)
    return np.asarray(image)[:, MARGIN:-MARGIN]


def draw_all(font: ImageFont.FreeTypeFont) -> packed.Pixels:
    """All portraits, of shape (kinds, tones, 128, 128, 4), RGBA.

    Raises:
        ValueError: a sequence is drawn as several pictures, or two as the same.
    """
    portraits = np.stack([[draw(font, kind, tone) for tone in TONES] for kind in KINDS])
    different = len({portrait.tobytes() for tones in portraits for portrait in tones})
    if different != (expected := len(KINDS) * len(TONES)):
        raise ValueError(f"the font draws {different} different portraits; expected {expected}")
    return portraits


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser("python -m gan_emoji.render", description="Draw the portraits with the font.")
    parser.add_argument("--font", type=Path, default=FONT, help="the file of Noto Color Emoji; by default Debian's")
    parser.add_argument("--out", type=Path, default=packed.FILE, help="by default the file of this package")
    options = parser.parse_args()
    try:
        if not options.out.parent.is_dir():  # not after all the drawing
            raise ValueError(f"{options.out.parent} is not there; make this folder, or name another with --out")
        packed.write(options.out, [packed.pack(portraits) for portraits in draw_all(load_font(options.font))])
    except (OSError, ValueError) as error:
        sys.exit(f"error: {error}")
    print(options.out)


if __name__ == "__main__":
    main()
