"""Colours of the page have the contrast that WCAG 2.1 asks for, in the light, in the dark, and on paper."""

import re
from importlib.resources import files

import pytest

STYLE = files("gancli.report").joinpath("report.css").read_text("utf-8")
PALETTES = [
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})", block))
    for block in re.findall(r":root \{(.*?)\}", STYLE, re.DOTALL)
]
TEXT, GRAPHICS = 4.5, 3.0  # contrasts of success criteria 1.4.3 and 1.4.11


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    channels = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", PALETTES, ids=["light", "dark", "paper"])
def test_texts_and_curves_are_told_from_what_is_behind_them(palette: dict[str, str]) -> None:
    for ground, words in (("ground", "ink pale accent"), ("panel", "ink pale"), ("warn-ground", "ink pale warn")):
        for name in words.split():
            assert contrast(palette[name], palette[ground]) >= TEXT, (name, ground)
    for name in ("warn", *(f"c{index}" for index in range(8))):
        assert contrast(palette[name], palette["ground"]) >= GRAPHICS, name


def test_black_on_white_has_the_largest_contrast() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert len(PALETTES) == 3
