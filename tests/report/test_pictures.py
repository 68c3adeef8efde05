"""Pictures of a report fit into its limit, and what was left out is known."""

from base64 import b64decode
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gancli.report.pictures import MOST_STEPS, series, single, spread


def pictures(n: int, side: int) -> dict[int, Path]:
    rng, found = np.random.default_rng(0), {}
    for step in range(n):
        found[step] = Path(f"{step}.png")
        Image.fromarray(rng.integers(0, 256, (side, side, 3), np.uint8)).save(found[step])
    return found


def test_what_fits_is_as_it_was() -> None:
    paths = pictures(3, 8)
    found = series(paths, 10_000)
    assert (list(found.pictures), found.side, found.found) == ([0, 1, 2], None, 3)
    assert b64decode(found.pictures[1].uri.partition(",")[2]) == paths[1].read_bytes()


def test_many_steps_are_thinned_and_the_ends_stay() -> None:
    found = series(pictures(3 * MOST_STEPS, 4), 10**6)
    steps = list(found.pictures)
    assert (len(steps), steps[0], steps[-1], found.found) == (MOST_STEPS, 0, 3 * MOST_STEPS - 1, 3 * MOST_STEPS)
    assert set(np.diff(steps)) <= {3, 4}


@pytest.mark.parametrize("limit", [150_000, 60_000, 20_000])
def test_large_pictures_are_shrunk_and_then_left_out_until_they_fit(limit: int) -> None:
    found = series(pictures(6, 300), limit)
    assert 0 < sum(one.size for one in found.pictures.values()) <= limit
    assert found.side is not None
    assert max(found.pictures) == 5
    for one in found.pictures.values():
        with Image.open(BytesIO(b64decode(one.uri.partition(",")[2]))) as image:
            assert image.format == "JPEG"
            assert image.size == (one.width, one.height)
            assert max(image.size) <= found.side


def test_nothing_is_shown_where_nothing_fits_or_is_whole() -> None:
    assert not series(pictures(2, 300), 100).pictures
    Path("torn.png").write_bytes(Path("0.png").read_bytes()[:-20])
    Path("other.png").write_bytes(b"<svg/>")
    for name in ("torn.png", "other.png", "nowhere.png"):
        assert single(Path(name), 10**6) is None


def test_spread_has_both_ends() -> None:
    assert spread(range(10), 3) == [0, 4, 9]
    assert spread(range(10), 1) == [9]
    assert spread([], 3) == []
