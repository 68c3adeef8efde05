"""The portraits of the package: how many, their Unicode, and how they are drawn, packed and laid over a background."""

import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from gan_emoji import packed, render
from gan_emoji.kinds import JOINER, KINDS, ROLES, TONES
from gan_emoji.packed import Packed, Pixels
from gan_emoji.pixels import flattened, overlaps
from PIL import ImageFont, features

WHITE, BLUE = (255, 255, 255), (0, 0, 255)
Colours = list[tuple[int, int, int, int]]


@pytest.fixture(scope="module")
def kinds() -> list[Packed]:
    return packed.read()


def kind_of(colours: Colours) -> Packed:
    """A kind in one skin tone whose pixels have some colours, drawn at random."""
    picture = np.random.default_rng(0).integers(len(colours), size=(128, 128)).astype(np.uint16)
    return Packed(picture, np.array(colours, np.uint8)[:, None])


def test_there_are_57_roles_and_161_kinds_in_six_skin_tones() -> None:
    assert (len(ROLES), len(KINDS), len(TONES)) == (57, 161, 6)
    assert len({(kind.role, kind.figure) for kind in KINDS}) == 161
    assert len({kind.sequence(tone) for kind in KINDS for tone in TONES}) == 966


@pytest.mark.parametrize("tone", TONES)
def test_a_sequence_is_a_person_a_skin_tone_and_what_is_joined(tone: str) -> None:
    cook = next(kind for kind in KINDS if (kind.role, kind.figure) == ("cook", "woman")).sequence(tone)
    names = [unicodedata.name(character) for character in cook]
    modifier = [name for name in names if name.startswith("EMOJI MODIFIER FITZPATRICK")]
    assert names == ["WOMAN", *modifier, "ZERO WIDTH JOINER", "COOKING"]
    assert len(modifier) == (tone != "yellow")


def test_a_sign_that_is_also_text_is_asked_for_as_a_picture() -> None:
    for kind in KINDS:
        joined = kind.sequence("dark").split(JOINER)[1:]
        assert all(part.endswith("\ufe0f") == (part[0] in "⚕⚖✈♂♀") for part in joined)


def test_966_portraits_of_128_pixels_are_all_different(kinds: list[Packed]) -> None:
    assert len(kinds) == len(KINDS)
    assert {kind.portraits.shape for kind in kinds} == {(6, 128, 128, 4)}
    assert len({portrait.tobytes() for kind in kinds for portrait in kind.portraits}) == 966


def test_skin_tones_darken_in_their_order(kinds: list[Packed]) -> None:
    # The hair of the others is black in the light tone.
    bald = [portraits for kind, portraits in zip(KINDS, kinds, strict=True) if kind.role == "bald"]
    seen = torch.stack([flattened(portraits, WHITE, 16) for portraits in bald]).float()
    light_to_dark = seen[:, 1:].mean((0, 2, 3, 4))
    assert (light_to_dark.diff() < 0).all()


def test_packing_loses_nothing_but_the_colour_of_transparent_pixels(tmp_path: Path) -> None:
    portraits: Pixels = np.random.default_rng(0).integers(1, 256, size=(2, 6, 9, 7, 4)).astype(np.uint8)
    portraits[0, :, 0, 0, 3] = 0
    packed.write(tmp_path / "p.npz", [packed.pack(kind) for kind in portraits])
    portraits[0, :, 0, 0] = 0
    for kind, expected in zip(packed.read(tmp_path / "p.npz"), portraits, strict=True):
        np.testing.assert_array_equal(kind.portraits, expected)


@pytest.mark.parametrize("size", [16, 48, 63, 64, 127, 128])
def test_every_old_pixel_is_shared_out_whole(size: int) -> None:
    area = overlaps(size)
    assert area.sum(1).eq(128).all()
    assert area.sum(0).eq(size).all()
    first = Fraction(128, size)  # old pixels that the first new one covers
    expected = [float(max(min(first - i, Fraction(1)), Fraction(0)) * size) for i in range(128)]
    assert area[0].tolist() == expected


@pytest.mark.parametrize("size", [16, 64, 100, 128])
def test_a_smaller_portrait_is_the_mean_of_what_is_seen(size: int) -> None:
    kind = kind_of([(200, 10, 30, 255), (0, 0, 0, 0), (90, 250, 0, 77)])
    rgba = torch.from_numpy(kind.portraits).double()  # (1, 128, 128, 4)
    alpha = rgba[..., 3:] / 255
    seen = (rgba[..., :3] * alpha + torch.tensor(BLUE) * (1 - alpha))[0].permute(2, 0, 1)
    # Every old pixel as ``size`` of them, in one direction and then in the other: a new one holds 128 whole ones.
    rows = seen.repeat_interleave(size, 1).unflatten(1, (size, 128)).mean(2)
    expected = rows.repeat_interleave(size, 2).unflatten(2, (size, 128)).mean(3)[None]
    torch.testing.assert_close(flattened(kind, BLUE, size).double(), expected, rtol=0, atol=0.5001)


@pytest.mark.parametrize("size", [16, 50, 64, 128])
@pytest.mark.parametrize("background", [WHITE, BLUE, (200, 30, 30)])
def test_edges_are_blends_of_the_portrait_and_the_background(size: int, background: tuple[int, int, int]) -> None:
    red = (200, 30, 30)
    kind = kind_of([(*red, 255), (*red, 100), (0, 0, 0, 0)])  # transparent black would show as a dark fringe
    x = flattened(kind, background, size)[0].double().flatten(1)  # (3, size²)
    behind, front = torch.tensor(background)[:, None].double(), torch.tensor(red)[:, None].double()
    span = (behind - front).norm().clamp(min=1)
    share = ((x - front) * (behind - front)).sum(0) / span**2  # of the background, by projection
    torch.testing.assert_close(x, front + share * (behind - front), rtol=0, atol=1.0)
    assert share.min() >= -0.01
    assert share.max() <= 1.01


def test_the_margin_of_every_portrait_is_the_background(kinds: list[Packed]) -> None:
    for background in (WHITE, BLUE):
        corners = torch.stack([flattened(kind, background, 64)[..., :1, :1].flatten(2) for kind in kinds[::20]])
        assert corners.eq(torch.tensor(background)[:, None]).all()


def test_rendering_without_raqm_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: name != "raqm")
    with pytest.raises(ValueError, match=r"lacks raqm.*pip install .*pillow"):
        render.load_font(render.FONT)


def test_rendering_without_the_font_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: True)
    monkeypatch.setattr("sys.argv", ["render", "--font", str(tmp_path / "none.ttf"), "--out", str(tmp_path / "p.npz")])
    with pytest.raises(SystemExit, match=r"^error: .*none\.ttf is not there; .*apt-get install fonts-noto-color-emoji"):
        render.main()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_font_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: True)
    (tmp_path / "text.ttf").write_text("no font")
    with pytest.raises(ValueError, match=r"text\.ttf: .*; expected Noto Color Emoji"):
        render.load_font(tmp_path / "text.ttf")


def test_a_missing_folder_is_said_before_anything_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "load_font", pytest.fail)
    monkeypatch.setattr("sys.argv", ["render", "--out", str(tmp_path / "none" / "p.npz")])
    with pytest.raises(SystemExit, match=r"none is not there; make this folder, or name another with --out"):
        render.main()


def test_a_font_that_does_not_join_the_sequence_is_refused() -> None:
    font = ImageFont.load_default(render.FONT_SIZE)
    assert isinstance(font, ImageFont.FreeTypeFont)
    with pytest.raises(ValueError, match=r"doctor, person, light as one picture of 136 pixels; expected Noto"):
        render.draw(font, KINDS[0], "light")
