"""The report is one balanced page that refers to nothing, and its numbers are those of the run."""

import json
import re
import shutil
from base64 import b64decode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gancli.errors import CheckpointError
from gancli.report.commands import commands
from gancli.report.curves import MOST_POINTS
from gancli.report.facts import collect
from gancli.report.report import report
from gancli.storage.run_folder import RunFolder
from tests.report.conftest import RECIPE, lines
from tests.report.pages import Page, outside

Made = Callable[..., Path]
HOSTILE = """</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'"&"""


def page_of(*places: Path) -> Page:
    page = Page(report({place.name: place for place in places}))
    assert outside(page) == []
    return page


def curves(page: Page) -> dict[str, dict[str, Any]]:
    """The numbers that the page's script shows, by the name of the loss."""
    found = [one.attributes for one in page.all("li") if "data-name" in one.attributes]
    keys = ("steps", "values", "smooth")
    return {str(one["data-name"]): {key: json.loads(one.get(f"data-{key}") or "null") for key in keys} for one in found}


def test_the_curves_are_the_history(made: Made) -> None:
    history = lines(60)
    found = curves(page_of(made("run", history)))
    for name in ("discriminator", "generator"):
        assert found[name]["steps"] == [line["step"] for line in history]
        assert found[name]["values"] == [line[name] for line in history]
        last = [line[name] for line in history[-2:]]  # a 25th of 60 values are averaged
        assert found[name]["smooth"][-1] == pytest.approx(sum(last) / 2, rel=1e-6)


def test_a_long_history_is_thinned_to_values_that_were_logged_and_keeps_the_extremes(made: Made) -> None:
    history = lines(5000)
    history[2718]["generator"] = 99.0
    page = page_of(made("run", history))
    found = curves(page)["generator"]
    logged = {line["step"]: line["generator"] for line in history}
    assert len(found["steps"]) <= MOST_POINTS
    assert {step: logged[step] for step in found["steps"]} == dict(zip(found["steps"], found["values"], strict=True))
    assert max(found["values"]) == 99.0
    assert min(found["values"]) == min(logged.values())
    assert found["steps"][0] == 10
    assert found["steps"][-1] == 50_000
    assert "Of 5,000 logged values" in page.text


def test_gaps_and_numbers_that_are_none_are_gaps_of_the_curve(made: Made) -> None:
    history = lines(9)
    for index, value in ((2, None), (3, float("nan")), (4, float("inf")), (5, 10**400), (6, "high"), (7, True)):
        history[index]["generator"] = value
    page = page_of(made("run", history))
    values = curves(page)["generator"]["values"]
    assert values == [history[0]["generator"], history[1]["generator"], *[None] * 6, history[8]["generator"]]
    assert not re.search("nan|inf", " ".join(one.attributes["d"] or "" for one in page.all("path")), re.IGNORECASE)


def test_warnings_stand_in_order_with_their_steps_and_advice(made: Made) -> None:
    texts = ["the losses swing: up and down; try penalties=[r1]", "classes are missing: of 3; try model=cgan"]
    warned = [(20, texts[0]), (30, texts[1]), (60, texts[0])]
    history = sorted(
        [*lines(9), *({"step": step, "warning": text} for step, text in warned)], key=lambda row: row["step"]
    )
    page = page_of(made("run", history))
    shown = page.all("div", class_="warned-of")
    assert [one.text.startswith(f"Step {step:,}: {text}") for one, (step, text) in zip(shown, warned, strict=True)] == [
        True
    ] * 3
    assert page.text.count("the two players circle around the equilibrium") == 1
    assert sum("class" in one.attributes and one.attributes["class"] == "warning" for one in page.elements) == 3


def test_pictures_are_in_the_page_byte_for_byte_with_their_steps(made: Made) -> None:
    place = made("run", lines(3), pictures=3)
    page = page_of(place)
    shown = [one.attributes for one in page.all("img")]
    assert [one["alt"] for one in shown] == [f"samples of run at step {step}" for step in (10, 20, 30)]
    for step, one in zip((10, 20, 30), shown, strict=True):
        assert b64decode(str(one["src"]).partition(",")[2]) == RunFolder(place).samples(step).read_bytes()
    (slider,) = page.all("input", type="range")
    assert (slider.attributes["min"], slider.attributes["max"]) == ("0", "2")


def test_the_recipe_is_told_in_words_and_folded(made: Made) -> None:
    page = page_of(made("run"))
    for words in (
        "The discriminator is made flat at the real samples.",  # of R1's docstring
        "γ/2 E[‖∇D(x)‖²]",
        "https://arxiv.org/abs/1801.04406",
        "a fresh minibatch of 8 real samples is taken",
        "gan train run/recipe.yaml",
    ):
        assert words in page.text
    assert "radius: 1.0" in page.all("pre")[0].text
    assert all(one.attributes.get("open") is None and "open" not in one.attributes for one in page.all("details"))


STATES: dict[str, tuple[list[dict[str, Any]], str]] = {
    "nothing": ([], "No step has been trained."),
    "no checkpoint": (lines(3), "It has logged up to step 30, and has not saved a checkpoint."),
    "only an event": ([{"step": 0, "origin": "started from x"}], "started from x"),
    "not ours": ([{"step": "7", "generator": 1.0}, {"step": -1}, {"step": 10**13}], "logged up to step 7"),
}


@pytest.mark.parametrize("name", STATES)
def test_a_run_in_any_state_has_a_report(made: Made, name: str) -> None:
    history, words = STATES[name]
    assert words in page_of(made("run", history)).text


def test_torn_files_are_left_out(made: Made) -> None:
    place = made("run", lines(3), pictures=2)
    folder = RunFolder(place)
    with folder.history.open("a") as file:
        file.write('{"step": 40, "gen')
    folder.samples(10).write_bytes(folder.samples(10).read_bytes()[:40])
    folder.checkpoint_folder.mkdir()
    folder.checkpoint(30).write_bytes(b"\x00" * 50)
    folder.metrics.write_text('{"scores": {"FD": 3}}')
    folder.reals.write_text("<svg onload=alert(1)>")
    page = page_of(place)
    assert [one.attributes["alt"] for one in page.all("img")] == ["samples of run at step 20"]
    assert curves(page)["generator"]["steps"] == [10, 20, 30]
    assert "There is no checkpoint yet to measure." in page.text


def test_a_recipe_that_cannot_be_read_is_shown_as_it_is(made: Made) -> None:
    place = made("run", lines(3))
    RunFolder(place).recipe.write_bytes(b"\xff<script>: [")
    assert "<script>: [" in page_of(place).all("pre")[0].text
    RunFolder(place).recipe.write_text("dataset: {name: nowhere}\nfuture: 1\n")
    assert "cannot be read by this version" in page_of(place).text
    made("other", recipe=RECIPE | {"loss": {"name": "of-a-plugin-that-is-not-here"}})
    assert "Its package is not here" in page_of(Path("other")).text


def test_hostile_words_are_words(made: Made) -> None:
    history = [
        *lines(3),
        {"step": 30, "warning": HOSTILE},
        {"step": 30, "notice": HOSTILE},
        {"step": 30, "end": HOSTILE},
    ]
    history += [{"step": 30, HOSTILE: 1.0, "\ud800": 2.0}, {"step": 30, "metrics": {HOSTILE: 1.0}}]
    recipe = RECIPE | {"dataset": {"name": "folder", "root": HOSTILE}, HOSTILE: HOSTILE}
    place = made(f"run {HOSTILE.replace('/', '')}", history, recipe=recipe)
    page = page_of(place)
    assert HOSTILE in page.text
    assert len(page.all("script")) == 1
    assert page.all("img") == []
    assert "gan report 'run <script>" in page.text  # quoted for a shell


def test_of_a_training_machine_versions_and_outcome_are_said(points_run: Path) -> None:
    place = Path(shutil.copytree(points_run, "run"))
    page = page_of(place)
    import torch

    for words in (torch.__version__, "Trained 6 steps", "ring, points of shape 2", "gan sample run --n 64"):
        assert words in page.text
    recipe = RunFolder(place).recipe
    recipe.write_text(recipe.read_text().replace("steps: 6", "steps: 60"))
    page = page_of(place)
    assert "It is not finished: 6 of 60 steps are saved." in page.text
    assert "gan train --resume run" in page.text


@pytest.mark.parametrize(
    ("takes_a_class", "expected"), [(True, "gan sample run --class a"), (False, "gan sample run --n 64")]
)
def test_only_a_conditional_model_is_asked_for_a_class(points_run: Path, takes_a_class: bool, expected: str) -> None:
    run = collect(Path(shutil.copytree(points_run, "run")), "run", 0)
    assert run.saved is not None
    assert run.words is not None
    saved = replace(run.saved, data=replace(run.saved.data, num_classes=2, class_names=("a", "b")))
    labelled = replace(run, saved=saved, words=replace(run.words, is_conditional=takes_a_class))
    assert expected in [command for _, command in commands(labelled)]


def test_recorded_metrics_stand_beside_those_of_real_data(points_run: Path, gan: Callable[..., Any]) -> None:
    place = Path(shutil.copytree(points_run, "run"))
    assert "gan evaluate run" in page_of(place).text
    assert gan("evaluate", place, "--n", 200, "--seeds", 2).exit_code == 0
    scores = json.loads(RunFolder(place).metrics.read_text())["scores"]
    page = page_of(place)
    names = [one.text for one in page.all("th", scope="row")]
    assert {"modes ↑", "high quality ↑"} <= set(names)
    assert f"{scores['modes']['real']:.4g}" in page.text
    assert "real data" in [one.text for one in page.all("th", scope="col")]


def test_translations_name_their_sides_and_their_command(translator: Callable[..., Path]) -> None:
    page = page_of(translator("train.sample_every=1"))
    assert "translations" in str(page.all("img")[0].attributes["alt"])
    assert "gan translate run FOLDER --out translated" in page.text
    assert "The same source images" in page.text


def test_several_runs_stand_side_by_side(made: Made) -> None:
    first = made("first", lines(40), pictures=1)
    second = made("second", lines(20), recipe=RECIPE | {"train": {"steps": 50, "batch_size": 8}}, pictures=2)
    page = page_of(first, second)
    assert [one.text for one in page.all("code") if one.text == "train.steps"] == ["train.steps"]
    assert not [one for one in page.all("code") if one.text in ("train.batch_size", "seed")]
    shared = [one for one in page.all("svg", role="img") if "of each run" in str(one.attributes["aria-label"])]
    assert {one.attributes["data-last"] for one in shared} == {"400"}
    assert len(shared) == 2
    alts = [one.attributes["alt"] for one in page.all("img")]
    assert {"samples of first, step 10", "samples of second, step 20"} <= set(alts)


def test_a_folder_that_is_no_run_is_refused() -> None:
    Path("folder").mkdir()
    for name in ("folder", "nowhere"):
        with pytest.raises(CheckpointError, match=f"{name}: .*expected a folder that 'gan train' has written"):
            report({name: Path(name)})


def test_every_picture_has_a_text_and_every_chart_a_name(made: Made) -> None:
    page = page_of(made("run", lines(30), pictures=4))
    assert all(one.attributes.get("alt") for one in page.all("img"))
    assert all(one.attributes.get("aria-label") for one in page.all("svg", role="img"))
    assert page.all("html", lang="en")
    assert len(page.all("h1")) == 1
    assert len(page.all("title")) == 1 + len(page.all("svg", role="img"))
    assert np.diff([int(one.tag[1]) for one in page.elements if re.fullmatch("h[1-6]", one.tag)]).max() <= 1
