"""``gan translate``: files to files and folders to folders, with their names, and nothing of the user's is lost."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import gancli
from gancli.sampling.images import to_pixels
from gancli.storage.run_folder import RunFolder

Gan = Callable[..., Any]
Picture = Callable[..., Path]


@pytest.fixture
def run(translator: Callable[..., Path]) -> Path:
    """A run of a model that translates colour into grey, in one direction."""
    return translator()


def assert_refused(result: Any, code: int, message: str) -> None:
    assert (result.exit_code, result.stdout) == (code, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def pixels(path: Path | str) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture)


def files(folder: Path | str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file()}


def test_a_file_becomes_a_file_as_python_translates_it(gan: Gan, run: Path, picture: Picture) -> None:
    picture("a.png", mode="RGB", size=(30, 20))
    result = gan("translate", run, "a.png", "--out", "new/b.png")
    assert (result.exit_code, result.stdout) == (0, "new/b.png\n")
    assert (pixels("new/b.png") == to_pixels(gancli.load(run).translate("a.png"))[0]).all()
    gan("translate", run, "a.png", "--out", "b.jpg")
    with Image.open("b.jpg") as opened:
        assert (opened.format, opened.size) == ("JPEG", (16, 16))


def test_a_folder_keeps_its_names_and_no_neighbour_changes_a_byte(gan: Gan, run: Path, picture: Picture) -> None:
    for index, name in enumerate(("1.png", "deep/er/2.jpg", "deep/caf\u00e9 3.webp")):
        picture(f"photos/{name}", index, "RGB")
    assert gan("translate", run, "photos", "--out", "done").stdout == "done\n"
    assert files("done") == {"1.png", "deep/er/2.png", "deep/caf\u00e9 3.png"}
    gan("translate", run, "photos/deep/er/2.jpg", "--out", "alone.png")
    assert Path("alone.png").read_bytes() == Path("done/deep/er/2.png").read_bytes()


def test_a_list_of_files_goes_into_a_folder_and_each_file_once(gan: Gan, run: Path, picture: Picture) -> None:
    names = [picture(f"photos/{index}.png", index, "RGB") for index in range(3)]
    result = gan("translate", run, *names, "photos", "--out", "done", "--json")
    assert json.loads(result.stdout) == {"path": "done", "step": 2, "n": 3, "problems": []}
    assert files("done") == {"0.png", "1.png", "2.png"}


def test_names_that_differ_in_their_ending_keep_it(gan: Gan, run: Path, picture: Picture) -> None:
    for index, name in enumerate(("a.jpg", "a.png", "b.png")):
        picture(f"photos/{name}", index, "RGB")
    gan("translate", run, "photos", "--out", "done")
    assert files("done") == {"a.jpg.png", "a.png.png", "b.png"}


def test_two_pictures_never_share_a_file(gan: Gan, run: Path, picture: Picture) -> None:
    picture("x/a.png", 0, "RGB")
    picture("y/a.png", 1, "RGB")
    result = gan("translate", run, "x/a.png", "y/a.png", "--out", "done")
    assert_refused(
        result, 2, "x/a.png and y/a.png would both be written to done/a.png; rename one, or give them one after"
    )
    assert not Path("done").exists()


def test_nothing_is_overwritten_without_force(gan: Gan, run: Path, picture: Picture) -> None:
    for index in range(3):
        picture(f"photos/{index}.png", index, "RGB")
    Path("done").mkdir()
    Path("done/1.png").write_text("mine")
    result = gan("translate", run, "photos", "--out", "done")
    assert_refused(result, 2, "1 of 3 are there already, done/1.png among them; --force replaces them")
    alone = gan("translate", run, "photos/1.png", "--out", "done")
    assert_refused(alone, 2, "done/1.png: is there already; --force replaces it")
    assert files("done") == {"1.png"}
    assert Path("done/1.png").read_text() == "mine"
    assert gan("translate", run, "photos", "--out", "done", "--force").exit_code == 0
    assert pixels("done/1.png").shape == (16, 16)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ("nowhere.png other.png --out done", 3, "nowhere.png: there is no such file or folder\nother.png: there is no"),
        ("empty --out done", 3, "empty: holds no images"),
        ("photos --out done.png", 2, "done.png: is one picture; several need a folder"),
        ("photos/a.png photos/b.png --out done.png", 2, "done.png: is one picture"),
        ("photos/a.png --out done.bmp", 2, "done.bmp: the ending says what is written; expected .png or .jpg"),
        ("photos --out text", 2, "text: is a file; expected a folder"),
        ("photos --out photos/done", 2, "photos/done: lies in the input folder photos"),
        ("photos --out photos --force", 2, "photos: lies in the input folder photos"),
        ("photos/a.png --out photos/a.png --force", 2, "photos/a.png: is an input, which is not overwritten"),
        ("photos/a.png --out link.png --force", 2, "link.png: is an input"),
        ("photos/a.png --out -", 2, "--out -: translations are written to files"),
        ("photos/a.png --out x.png --keep-size gain=2", 2, "gain: is not a sampling option of this model"),
        ("photos/a.png --out x.png --noise 3", 2, "this model's generator has no dropout"),
        (
            "photos/a.png --out x.png --direction BtoA",
            2,
            "trained in one direction, AtoB. For the other one, train again",
        ),
        ("gain=2 --out x.png", 2, "found gain=2 and no picture"),
        ("photos/a.png", 2, "Missing option '--out'"),
    ],
)
def test_translate_refuses(gan: Gan, run: Path, picture: Picture, words: str, code: int, message: str) -> None:
    for name in ("a.png", "b.png"):
        picture(f"photos/{name}", 0, "RGB")
    Path("empty").mkdir()
    Path("text").touch()
    Path("link.png").symlink_to("photos/a.png")
    before = Path("photos/a.png").read_bytes()
    assert_refused(gan("translate", run, *words.split()), code, message)
    assert Path("photos/a.png").read_bytes() == before
    assert files("photos") == {"a.png", "b.png"}


def test_a_bad_picture_is_named_and_the_rest_is_done(gan: Gan, run: Path, picture: Picture) -> None:
    for index in range(3):
        picture(f"photos/{index}.png", index, "RGB")
    Path("photos/1.png").write_bytes(b"no picture")
    Path("photos/notes.txt").touch()
    result = gan("translate", run, "photos", "--out", "done")
    assert (result.exit_code, result.stdout) == (3, "done\n")
    assert "1 of 3 pictures could not be read; 2 are translated:\n  photos/1.png: is none of PNG" in result.stderr
    assert "left out: 1 file without the ending of an image (.txt 1)" in result.stderr
    assert files("done") == {"0.png", "2.png"}
    assert_refused(gan("translate", run, "photos/1.png", "--out", "x.png"), 3, "1 of 1 pictures could not be read:")
    assert not Path("x.png").exists()


def test_a_folder_that_cannot_be_read_is_named(gan: Gan, run: Path, picture: Picture) -> None:
    picture("photos/a.png", 0, "RGB")
    Path("photos/disk").symlink_to("/nowhere")
    result = gan("translate", run, "photos", "--out", "done", "--json")
    problem = "photos/disk: is a link to something that does not exist"
    assert result.exit_code == 3
    assert json.loads(result.stdout) == {"path": "done", "step": 2, "n": 1, "problems": [problem]}
    assert f"1 folder could not be read; 1 is translated:\n  {problem}" in result.stderr


def test_side_by_side_is_the_prepared_picture_and_its_translation(gan: Gan, run: Path, picture: Picture) -> None:
    picture("a.png", mode="RGB", size=(16, 16))
    gan("translate", run, "a.png", "--out", "x.png")
    gan("translate", run, "a.png", "--out", "both.png", "--side-by-side")
    both = pixels("both.png")
    assert (both[:, :16] == pixels("a.png")).all()
    assert (both[:, 16:] == pixels("x.png")[..., None]).all()


def test_show_draws_pictures_beside_their_translations(
    gan: Gan, run: Path, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index in range(18):
        picture(f"photos/{index:02}.png", index, "RGB", (16, 16))
    drawn: list[np.ndarray] = []
    monkeypatch.setattr("gancli.terminal.preview.show", drawn.append)
    result = gan("translate", run, "photos", "--out", "done", "--show")
    assert "--show draws the first 16 of 18 pictures" in result.stderr
    gan("translate", run, "photos", "--out", "both", "--side-by-side")
    for index, top, left in ((0, 2, 2), (1, 2, 36), (15, 128, 36)):
        assert (drawn[0][top : top + 16, left : left + 32] == pixels(f"both/{index:02}.png")).all()
    Image.new("RGB", (1000, 300)).save("large.png")
    gan("translate", run, "large.png", "photos/00.png", "--out", "large", "--show", "--keep-size")
    assert drawn[-1].shape == (
        77 + 4,
        2 * 512 + 6,
        3,
    )  # the large ones are shrunk to 512 by 77
    assert (drawn[-1][32:48, 516 + 240 : 516 + 272] == pixels("both/00.png")).all()


def test_pictures_of_any_size_keep_it(gan: Gan, run: Path, picture: Picture) -> None:
    for index, size in enumerate([(16, 16), (61, 5), (1, 33)]):
        picture(f"photos/{index}.png", index, "RGB", size)
    assert gan("translate", run, "photos", "--out", "done", "--keep-size").exit_code == 0
    assert [pixels(f"done/{index}.png").shape for index in range(3)] == [(16, 16), (5, 61), (33, 1)]
    gan("translate", run, "photos/0.png", "--out", "x.png")
    assert Path("x.png").read_bytes() == Path("done/0.png").read_bytes()


def test_a_network_of_one_size_cannot_keep_another(gan: Gan, translator: Any, picture: Picture) -> None:
    run = translator("architecture.multiple=0")
    picture("a.png", mode="RGB")
    result = gan("translate", run, "a.png", "--out", "x.png", "--keep-size")
    assert_refused(result, 2, "keep size: this model's generator takes 16×16 pixels and no other size")


def test_noise_is_a_function_of_the_seed_and_the_name(gan: Gan, translator: Any, picture: Picture) -> None:
    run = translator("architecture.dropout=0.5")
    for name in ("a.png", "b.png"):
        picture(f"photos/{name}", 0, "RGB")
    for out, flags in {"0": [], "1": ["--noise", 1], "again": ["--noise", 1], "2": ["--noise", 2]}.items():
        assert gan("translate", run, "photos", "--out", out, *flags).exit_code == 0
    gan("translate", run, "photos/b.png", "--out", "alone.png", "--noise", 1)
    assert Path("alone.png").read_bytes() == Path("1/b.png").read_bytes() == Path("again/b.png").read_bytes()
    assert (pixels("0/a.png") == pixels("0/b.png")).all()
    assert (pixels("1/a.png") != pixels("1/b.png")).any()
    assert (pixels("1/a.png") != pixels("2/a.png")).any()


def test_the_other_direction_starts_from_targets(gan: Gan, translator: Any, picture: Picture) -> None:
    run = translator("model=both-ways", "dataset.paired=false")
    picture("a.png", mode="RGB")
    for direction, mode in {"AtoB": "L", "BtoA": "RGB"}.items():
        result = gan("translate", run, "a.png", "--out", f"{direction}.png", "--direction", direction, "gain=0.5")
        assert result.exit_code == 0
        with Image.open(f"{direction}.png") as opened:
            assert opened.mode == mode
    gan("translate", run, "a.png", "--out", "x.png", "gain=0.5")
    assert Path("x.png").read_bytes() == Path("AtoB.png").read_bytes()


def test_directions_are_those_of_the_dataset_whichever_was_trained(gan: Gan, translator: Any, picture: Picture) -> None:
    run = translator("model=both-ways", "dataset.paired=false", "dataset.direction=BtoA")
    picture("a.png", mode="RGB")  # the source images, which this dataset calls B
    for direction, mode in {"BtoA": "L", "AtoB": "RGB"}.items():
        assert gan("translate", run, "a.png", "--out", f"{direction}.png", "--direction", direction).exit_code == 0
        with Image.open(f"{direction}.png") as opened:
            assert opened.mode == mode
    gan("translate", run, "a.png", "--out", "x.png")
    assert Path("x.png").read_bytes() == Path("BtoA.png").read_bytes()
    result = gan("translate", run, "a.png", "--out", "y.png", "--direction", "AtoB", "direction=BtoA")
    assert_refused(result, 2, "direction: found AtoB and BtoA; give one of them")


def test_a_model_that_was_trained_backwards_may_be_told_so(gan: Gan, translator: Any, picture: Picture) -> None:
    run = translator("dataset.direction=BtoA")
    picture("a.png", mode="RGB")
    assert gan("translate", run, "a.png", "--out", "x.png", "--direction", "BtoA").exit_code == 0
    result = gan("translate", run, "a.png", "--out", "y.png", "--direction", "AtoB")
    assert_refused(
        result, 2, "trained in one direction, BtoA. For the other one, train again with dataset.direction=AtoB"
    )


def test_a_picture_of_few_bits_is_said_to_be_dark(gan: Gan, run: Path) -> None:
    Image.fromarray(np.arange(0, 4096, 16, dtype=np.uint16).reshape(16, 16)).save("deep.png")
    result = gan("translate", run, "deep.png", "--out", "x.png")
    assert result.exit_code == 0
    assert "are dark: deep.png (12 bits)" in result.stderr


def test_a_lone_checkpoint_file_translates(gan: Gan, run: Path, picture: Picture) -> None:
    picture("a.png", mode="RGB")
    RunFolder(run).checkpoints()[0].rename("copied.safetensors")
    assert gan("translate", "copied.safetensors", "a.png", "--out", "x.png").exit_code == 0


KILLED = """
import os, signal
from pathlib import Path
from gancli.cli import app
give_a_name = Path.replace
def die_at_the_second(partial, path):
    if path.name == "b.png":
        os.kill(os.getpid(), signal.SIGKILL)
    give_a_name(partial, path)
Path.replace = die_at_the_second
app(["translate", "run", "photos", "--out", "done"])
"""


def test_a_killed_command_leaves_no_torn_file_and_the_next_one_cleans_up(
    gan: Gan, run: Path, picture: Picture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for index, name in enumerate("ab"):
        picture(f"photos/{name}.png", index, "RGB")
    monkeypatch.setenv("PYTHONPATH", str(Path("../site").resolve()), prepend=os.pathsep)
    killed = subprocess.run([sys.executable, "-c", KILLED], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert {name for name in files("done") if not name.endswith(".part")} == {"a.png"}
    whole = Path("done/a.png").read_bytes()
    assert gan("translate", run, "photos", "--out", "done", "--force").exit_code == 0
    assert files("done") == {"a.png", "b.png"}
    assert Path("done/a.png").read_bytes() == whole
