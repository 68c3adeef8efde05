"""Walks through the latent space: their stops, and the animations and videos that show them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import torch
from PIL import Image

import gancli
from gancli.errors import UsageError
from gancli.sampling.animation import write_animation
from gancli.sampling.classes import joined, separated
from gancli.sampling.route import route

Gan = Callable[..., Any]
FRAMES = np.linspace(40, 220, 7, dtype=np.uint8)[:, None, None].repeat(33, 1).repeat(20, 2)  # 7 of 33 × 20 pixels


def frames_of(path: Path) -> tuple[np.ndarray, float]:
    """The frames of an animation or a video, in grey, and how many are shown in a second."""
    if path.suffix in (".mp4", ".webm"):
        with av.open(str(path)) as video:
            rate = video.streams.video[0].average_rate
            return np.stack([frame.to_ndarray(format="gray") for frame in video.decode(video=0)]), float(rate)
    frames = []
    with Image.open(path) as image:
        for number in range(image.n_frames):
            image.seek(number)
            frames.append(np.asarray(image.convert("L")))
        return np.stack(frames), 1000 / image.info["duration"]


@pytest.mark.parametrize("is_loop", [False, True])
def test_every_stop_comes_once_and_in_its_turn(digits_run: Path, is_loop: bool) -> None:
    generator = gancli.load(digits_run)
    seeds, labels = [5, 6, 7], [3, 8, 3]
    walked = torch.cat(list(generator.walk(seeds, labels, 4, loop=is_loop)))
    assert len(walked) == len(route(seeds, labels, 4, is_loop=is_loop)) == (9 if is_loop else 7)
    stops = [generator.sample(1, seed=seed, labels=label) for seed, label in zip(seeds, labels, strict=True)]
    torch.testing.assert_close(walked[::3], torch.cat(stops).new_tensor(torch.cat(stops).tolist()))


def test_a_loop_has_no_jump_where_it_begins_again(digits_run: Path) -> None:
    walked = torch.cat(list(gancli.load(digits_run).walk([1, 2, 3], [4], 12, loop=True)))
    steps = (walked - walked.roll(1, 0)).flatten(1).norm(dim=1)  # the first one from the last sample
    assert steps[0] < 2 * steps[1:].mean()


def test_a_walk_of_two_stops_is_the_interpolation(digits_run: Path) -> None:
    generator = gancli.load(digits_run)
    walked = torch.cat(list(generator.walk([1, 2], ["3"], 70)))
    assert torch.equal(walked, generator.interpolate(70, label=3).tensor)


@pytest.mark.parametrize("ending", ["gif", "webp", "mp4", "webm"])
@pytest.mark.parametrize("there_and_back", [False, True])
def test_what_is_written_is_shown(ending: str, there_and_back: bool) -> None:
    path = Path("new", f"x.{ending}")
    write_animation(path, iter(FRAMES), 25, there_and_back=there_and_back)
    found, fps = frames_of(path)
    expected = np.concatenate([FRAMES, FRAMES[-2:0:-1]]) if there_and_back else FRAMES
    assert fps == 25
    assert len(found) == len(expected)
    assert found.shape[1:] == ((34, 20) if ending in ("mp4", "webm") else (33, 20))  # sides of a video are even
    assert np.abs(found[:, :33].astype(int) - expected).max() <= 6  # the codecs round


def test_a_video_is_complete_or_absent() -> None:
    def broken() -> Any:
        yield from FRAMES[:3]
        raise KeyboardInterrupt

    for ending in ("mp4", "webp"):
        with pytest.raises(KeyboardInterrupt):
            write_animation(Path(f"x.{ending}"), broken())
    assert list(Path().iterdir()) == []


def test_colours_are_kept_in_a_video() -> None:
    colours = np.zeros((3, 32, 32, 3), np.uint8)
    colours[..., 0], colours[..., 2] = 200, 60
    write_animation(Path("x.mp4"), colours)
    with av.open("x.mp4") as video:
        found = next(video.decode(video=0)).to_ndarray(format="rgb24")
    assert np.abs(found.reshape(-1, 3).mean(0) - [200, 0, 60]).max() < 6


def test_the_command_walks_in_a_loop(gan: Gan, digits_run: Path) -> None:
    command = ["interpolate", digits_run, "--seeds", "1,2,3", "--classes", "3,8,3", "--steps", 5, "--loop"]
    assert gan(*command, "--fps", 20, "--scale", 2, "--out", "x.mp4").exit_code == 0
    found, fps = frames_of(Path("x.mp4"))
    assert (found.shape, fps) == ((12, 56, 56), 20)
    assert gan(*command, "--out", "x.png").exit_code == 0
    with Image.open("x.png") as image:
        assert image.size == (8 * (4 * 30 + 2), 8 * (3 * 30 + 2))  # a row from every stop to the next
    assert gan(*command).stdout.endswith("interpolation-3-8-3-seed-1-2-3-loop-step-3.png\n")


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["3", "8"], "3,8"),
        (["coat", "shirt, long", 'the "best"'], 'coat,"shirt, long","the ""best"""'),
        (["", "a b"], ",a b"),
    ],
)
def test_names_of_classes_are_written_as_csv(names: list[str], text: str) -> None:
    assert joined(names) == text
    assert separated(text) == separated(text.replace(",c", ", c")) == names


def test_a_text_of_several_lines_is_no_list_of_names() -> None:
    with pytest.raises(UsageError, match="expected names that are separated by commas"):
        separated("a\nb")


def test_without_its_package_a_video_is_refused_before_anything_is_drawn(
    gan: Gan, digits_run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "av", None)
    result = gan("interpolate", digits_run, "--out", "x.mp4")
    assert result.exit_code == 2
    assert result.stderr == "gan: x.mp4: videos need PyAV: pip install 'gancli[video]'; or name a .gif or .webp\n"
    with pytest.raises(UsageError, match="videos need PyAV"):
        gancli.load(digits_run).interpolate(3).save("x.webm")
