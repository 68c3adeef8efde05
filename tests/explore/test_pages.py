"""Every request of the page draws what ``gan sample``, ``gan interpolate`` and ``gan translate`` draw, to the bit."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pytest
import torch
from pydantic import Field
from starlette.testclient import TestClient

import gancli
from gancli.explore import drawing
from gancli.explore.controls import controls
from gancli.explore.session import Session
from gancli.registry import Option
from gancli.sampling.images import to_pixels
from tests.explore.explored import OPTIONS, ask, client, cut, encoded, pixels, words_of

LAST = "step-0000003"
Gan = Callable[..., Any]


@pytest.fixture
def pages(steps_run: Path) -> TestClient:
    return client(Session(steps_run, [], {}))


def made_by(gan: Gan, command: str, ending: str = "png") -> bytes:
    """What the command line that the page shows writes."""
    words = words_of(command)
    words = words[: words.index("--out")] if "--out" in words else words
    Path(f"made.{ending}").unlink(missing_ok=True)
    result = gan(*words, "--out", f"made.{ending}")
    assert result.exit_code == 0, result.output
    return Path(f"made.{ending}").read_bytes()


def test_the_facts(pages: TestClient, steps_run: Path) -> None:
    found = pages.get("api/facts").json()
    assert found["name"] == steps_run.name
    assert (found["kind"], found["shape"]) == ("images", [1, 28, 28])
    assert found["classes"] == list("0123456789")
    assert [saved["step"] for saved in found["steps"]] == [1, 2, 3]
    assert (found["start"], found["controls"]) == (LAST, [])


def test_the_files_of_the_page_are_there_and_load_nothing_from_elsewhere(pages: TestClient) -> None:
    page = pages.get("")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for word in page.text.split('"'):
        if word.endswith((".css", ".js", ".svg")):
            assert pages.get(word).status_code == 200
    from gancli.explore.app import STATIC

    for path in STATIC.iterdir():
        assert "//" not in path.read_text().replace("// ", "").replace("http://www.w3.org/2000/svg", ""), path


@pytest.mark.parametrize("checkpoint", ["step-0000001", LAST])
@pytest.mark.parametrize(("seed", "n", "label"), [(0, 20, None), (7, 5, None), (7, 66, 3)])
def test_samples(
    gan: Gan, pages: TestClient, steps_run: Path, checkpoint: str, seed: int, n: int, label: int | None
) -> None:
    asked = {"checkpoint": checkpoint, "seed": seed, "n": n, "label": label}
    answer = ask(pages, "samples", **asked)
    file = steps_run / "checkpoints" / f"{checkpoint}.safetensors"
    expected = gancli.load(file).sample(n, seed=seed, labels=label)
    assert np.array_equal(cut(answer), to_pixels(expected.tensor))
    assert answer["labels"] == expected.labels.tolist()  # type: ignore[union-attr]
    saved = pages.post("api/samples", json=asked | {"form": "png"})
    assert saved.headers["content-type"] == "image/png"
    assert saved.content == made_by(gan, answer["command"])


def test_every_setting_changes_the_picture(pages: TestClient) -> None:
    asked = {"checkpoint": LAST, "seed": 0, "n": 4, "label": 3}
    before = ask(pages, "samples", **asked)["picture"]
    for key, value in {"checkpoint": "step-0000001", "seed": 1, "n": 5, "label": 4}.items():
        assert ask(pages, "samples", **{**asked, key: value})["picture"] != before, key
    assert ask(pages, "samples", **asked)["picture"] == before


@pytest.mark.parametrize("form", ["png", "gif", "webp"])
@pytest.mark.parametrize("loop", [False, True])
def test_walks(gan: Gan, pages: TestClient, form: str, loop: bool) -> None:
    stops = [{"noise": "5", "label": 3}, {"noise": "5:70", "label": 8}, {"noise": "1:2-3+4:1", "label": 3}]
    asked = {"checkpoint": LAST, "stops": stops, "steps": 4, "loop": loop}
    answer = ask(pages, "walk", **asked)
    assert answer["count"] == (9 if loop else 7)
    saved = pages.post("api/walk", json=asked | {"form": form})
    assert saved.headers["content-type"] == f"image/{form}"
    assert saved.content == made_by(gan, answer["command"], form)
    if form == "png":
        small = pixels(saved.content)[::8, ::8]  # each pixel was repeated
        assert np.array_equal(small[2:30, 2:30], cut(answer)[0])


def test_a_stop_is_the_picture_of_the_grid(pages: TestClient) -> None:
    """A picture that is pinned is the one that was chosen, up to the rounding of classes as weights."""
    grid = cut(ask(pages, "samples", checkpoint=LAST, seed=2, n=14))
    stops = [{"noise": "2:13", "label": 3}, {"noise": "2", "label": 0}]
    pinned = cut(ask(pages, "walk", checkpoint=LAST, stops=stops, steps=2))
    difference = np.abs(pinned.astype(int) - grid[[13, 0]].astype(int))
    assert difference.max() <= 1


@pytest.mark.parametrize(("name", "value"), OPTIONS)
def test_options(gan: Gan, tunable_run: Path, name: str, value: Any) -> None:
    pages = client(Session(tunable_run, [], {}))
    start = pages.get("api/facts").json()["start"]
    answer = ask(pages, "samples", checkpoint=start, n=9, options={name: value})
    assert answer["picture"] != ask(pages, "samples", checkpoint=start, n=9)["picture"]
    assert np.array_equal(cut(answer), to_pixels(gancli.load(tunable_run).sample(9, **{name: value}).tensor))
    saved = pages.post("api/samples", json={"checkpoint": start, "n": 9, "options": {name: value}, "form": "png"})
    assert saved.content == made_by(gan, answer["command"])
    stops = [{"noise": "1"}, {"noise": "2"}]
    walked = ask(pages, "walk", checkpoint=start, stops=stops, steps=3, options={name: value})
    assert walked["picture"] != ask(pages, "walk", checkpoint=start, stops=stops, steps=3)["picture"]


@pytest.mark.parametrize(
    "options",
    [
        *({"gain": 2.5}, {"gain": "1"}, {"gain": None}, {"inverted": 1}, {"mirrored": "down"}, {"shades": 1.5}),
        *({"limit": 0}, {"limit": "x"}, {"offsets": 1}, {"offsets": [[1]]}, {"gian": 1}),
    ],
)
def test_options_are_checked_as_those_of_the_command_line(tunable_run: Path, options: dict[str, Any]) -> None:
    pages = client(Session(tunable_run, [], {}))
    answer = pages.post("api/samples", json={"checkpoint": "step-0000002", "n": 1, "options": options})
    assert answer.status_code == 400
    assert next(iter(options)) in answer.json()["error"]


def test_controls_are_what_the_types_of_the_options_ask_for(tunable_run: Path) -> None:
    found = client(Session(tunable_run, [], {"gain": 0.5})).get("api/facts").json()["controls"]
    controls = {control.pop("name"): control for control in found}
    bounded = {"min": 0, "max": 2, "step": 0.05, "slides": True, "whole": False}
    gain = {"about": "a factor of all values.", "value": 0.5, "default": 1.0, "optional": False, "kind": "number"}
    assert controls["gain"] == gain | bounded
    assert controls["inverted"]["kind"] == "switch"
    assert controls["mirrored"]["choices"] == ["no", "left", "up"]
    assert {**controls["shades"]} | {"whole": True, "max": 8, "step": 1} == controls["shades"]
    assert {**controls["limit"]} | {"optional": True, "value": None, "min": 0.05} == controls["limit"]
    assert controls["offsets"]["kind"] == "text"


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (
            Annotated[int, Field(ge=0, le=10_000)],
            {"kind": "number", "whole": True, "slides": False},
        ),  # a number of rounds
        (Annotated[int, Field(gt=0, lt=9)], {"slides": True, "min": 1, "max": 8, "step": 1}),
        (int, {"kind": "number", "whole": True, "slides": False}),
        (float, {"whole": False, "slides": True, "min": 0, "max": 2}),
        (Annotated[float, Field(ge=5)], {"slides": True, "min": 5, "max": 7}),
        (Literal["a", "b"] | None, {"kind": "choice", "choices": ["a", "b"], "optional": True}),
        (bool | None, {"kind": "switch", "optional": True}),
        (str, {"kind": "text"}),
        (int | str, {"kind": "text"}),
        (dict[str, float], {"kind": "text"}),
    ],
    ids=str,
)
def test_the_kind_of_a_control(annotation: Any, expected: dict[str, Any]) -> None:
    (found,) = controls(lambda: None, {"x": Option(annotation, None, required=False)}, {})
    assert found | expected == found


def test_points_are_one_picture(gan: Gan, points_run: Path) -> None:
    pages = client(Session(points_run, [], {}))
    found = pages.get("api/facts").json()
    assert (found["kind"], found["first"]) == ("points", 2500)
    answer = ask(pages, "samples", checkpoint=found["start"], seed=3, n=300)
    expected = made_by(gan, answer["command"])
    assert np.array_equal(cut(answer)[0], pixels(expected))
    asked = {"checkpoint": found["start"], "seed": 3, "n": 300, "form": "png"}
    assert pages.post("api/samples", json=asked).content == expected
    generator = gancli.load(points_run)
    assert np.allclose(answer["points"], generator.sample(300, seed=3).tensor, atol=1e-5)
    assert answer["extent"] == pytest.approx(1.25 * np.quantile(np.abs(answer["points"]), 0.99), rel=1e-5)
    walk = {"checkpoint": found["start"], "stops": [{"noise": "3"}, {"noise": "3:7"}, {"noise": "5"}], "steps": 4}
    answer = ask(pages, "walk", **walk)
    assert np.allclose(answer["points"], torch.cat(list(generator.walk(["3", "3:7", "5"], [None] * 3, 4))), atol=1e-5)
    assert pages.post("api/walk", json=walk | {"form": "png"}).content == made_by(gan, answer["command"])


def test_points_that_are_no_numbers_are_left_out() -> None:
    answer = drawing._points([torch.tensor([[1.0, 2.0]]), torch.tensor([[float("nan"), 0.0], [-2.0, -4.0]])])
    assert answer["points"] == [[1.0, 2.0], None, [-2.0, -4.0]]
    assert answer["extent"] < 5


def test_the_direction_of_the_page_is_first_that_of_the_training(translator: Callable[..., Path]) -> None:
    run = translator("model=both-ways", "dataset.paired=false", "dataset.direction=BtoA")
    found = client(Session(run, [], {})).get("api/facts").json()["controls"]
    assert [control["default"] for control in found if control["name"] == "direction"] == ["BtoA"]


@pytest.mark.parametrize("words", [[], ["model=both-ways", "dataset.paired=false"]])
def test_translations(
    gan: Gan, translator: Callable[..., Path], picture: Callable[..., Path], words: list[str]
) -> None:
    run, drawing = translator(*words), picture("a drawing.png", 3, "RGB", (40, 30))
    pages = client(Session(run, [], {}))
    found = pages.get("api/facts").json()
    assert found["kind"] == "translation"
    options = [{}, {"direction": "BtoA"}, {"gain": 0.5}] if words else [{}]
    seen = []
    for chosen in options:
        asked = {"checkpoint": found["start"], "picture": encoded(drawing), "name": drawing.name, "options": chosen}
        answer = ask(pages, "translation", **asked)
        saved = pages.post("api/translation", json=asked | {"form": "png"}).content
        assert saved == made_by(gan, answer["command"])
        assert np.array_equal(cut(answer)[0], pixels(saved))
        assert pixels(answer["source"]).shape[:2] == (16, 16)
        seen.append(saved)
    assert len(set(seen)) == len(options)


PICTURES = ["", "x", "!!!!", "/etc/passwd", "AAAA", "iVBORw0KGgo=", "file:///etc/passwd", "R0lGODlh", "é"]


@pytest.mark.parametrize("content", PICTURES)
def test_what_is_no_picture_is_refused(translator: Callable[..., Path], content: str) -> None:
    pages = client(Session(translator(), [], {}))
    answer = pages.post("api/translation", json={"checkpoint": "step-0000002", "picture": content})
    assert answer.status_code == 400
    assert "picture" in answer.json()["error"]


def test_a_model_is_asked_only_for_what_it_does(pages: TestClient, translator: Callable[..., Path]) -> None:
    answer = pages.post("api/translation", json={"checkpoint": LAST, "picture": ""})
    assert (answer.status_code, "draws from noise" in answer.json()["error"]) == (400, True)
    others = client(Session(translator(), [], {}))
    answer = others.post("api/samples", json={"checkpoint": "step-0000002"})
    assert (answer.status_code, "translates images" in answer.json()["error"]) == (400, True)


def test_names_that_a_shell_would_read(
    gan: Gan, install: Callable[..., None], translator: Callable[..., Path], picture: Callable[..., Path]
) -> None:
    """The command line is one that can be pasted, whatever the name of a picture."""
    pages = client(Session(translator(), [], {}))
    for name in ("-rf.png", "a; rm -rf x.png", "$(x).png", "`x`.png", "it's.png", "a\nb.png", "x=1.png"):
        asked = {"checkpoint": "step-0000002", "picture": encoded(picture(name, 1, "RGB")), "name": name}
        answer = ask(pages, "translation", **asked)
        saved = pages.post("api/translation", json=asked | {"form": "png"}).content
        assert saved == made_by(gan, answer["command"])


def test_a_checkpoint_that_was_pruned_is_reported(steps_run: Path) -> None:
    import shutil

    shutil.copytree(steps_run, "copy")
    pages = client(Session(Path("copy"), [], {}))
    Path("copy/checkpoints/step-0000001.safetensors").unlink()
    assert [saved["step"] for saved in pages.get("api/facts").json()["steps"]] == [2, 3]
    Path("copy/checkpoints/step-0000003.safetensors").rename("copy/checkpoints/step-0000004.safetensors")
    assert pages.get("api/facts").json()["start"] == "step-0000004"
    answer = pages.post("api/samples", json={"checkpoint": "step-0000001"})
    assert (answer.status_code, "load the page again" in answer.json()["error"]) == (404, True)


def test_the_best_checkpoint_stands_at_its_step_and_a_new_one_is_loaded_anew(steps_run: Path) -> None:
    import shutil

    shutil.copytree(steps_run, "copy")
    pages = client(Session(Path("copy"), [], {}))
    best, drawn = Path("copy/checkpoints/best.safetensors"), []
    for step in (2, 1):
        shutil.copy(f"copy/checkpoints/step-000000{step}.safetensors", best)
        saved = pages.get("api/facts").json()["steps"]
        assert saved.index({"name": "best", "step": step}) == step
        drawn.append(ask(pages, "samples", checkpoint="best", n=2)["picture"])
        assert drawn[-1] == ask(pages, "samples", checkpoint=f"step-000000{step}", n=2)["picture"]
    assert drawn[0] != drawn[1]
    best.write_text("damaged")
    assert len(pages.get("api/facts").json()["steps"]) == 3


def test_a_lone_file(gan: Gan, steps_run: Path) -> None:
    file = steps_run / "checkpoints" / "step-0000002.safetensors"
    pages = client(Session(file, [], {}))
    found = pages.get("api/facts").json()
    assert [saved["step"] for saved in found["steps"]] == [2]
    answer = ask(pages, "samples", checkpoint=found["start"], n=3)
    saved = pages.post("api/samples", json={"checkpoint": found["start"], "n": 3, "form": "png"})
    assert saved.content == made_by(gan, answer["command"])
