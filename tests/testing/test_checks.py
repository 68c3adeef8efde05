"""Whatever breaks a promise is found by the check of that promise, with the sentence and the way to mend it."""

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import registry, testing
from gancli.data import ImageFolder
from gancli.errors import PluginError
from gancli.testing import STAGES, tried
from gancli.testing.packages import PACKAGE
from tests.testing.broken import BROKEN, FINE, Langevin, Logistic, Swapped

Component = Callable[..., Any]
CONTRIBUTING = Path(__file__).parents[2] / "CONTRIBUTING.md"


def name_of(case: tuple[str, Component]) -> str:
    return f"{case[0]} {case[1].__name__}"


@pytest.mark.parametrize("case", BROKEN, ids=name_of)
def test_a_broken_promise_is_found_by_its_own_check(case: tuple[str, Component]) -> None:
    check, words = BROKEN[case]
    broken = {outcome.check: outcome for outcome in tried(*case) if outcome.status == "broken"}
    assert list(broken) == [check], broken
    found = broken[check]
    assert words in f"{found.found}; {found.mend}"
    assert found.sentence
    assert found.mend


@pytest.mark.parametrize("case", FINE, ids=name_of)
def test_one_that_keeps_them_all_is_fine(case: tuple[str, Component]) -> None:
    kind, component = case
    getattr(testing, f"check_{kind}")(component)


@pytest.mark.parametrize(("kind", "name", "component"), [("loss", "hinge", Logistic), ("optimizer", "adam", Langevin)])
def test_one_whose_name_is_taken_is_tried_by_its_full_name(kind: str, name: str, component: Component) -> None:
    plugin = registry.made_of(kind, name, component, "gan-mine", "1.0")
    with registry.given(plugin):
        found = tried(kind, component, plugin)
    assert [outcome for outcome in found if outcome.status == "broken"] == []
    assert {outcome.check for outcome in found if outcome.status == "not tried"} <= {"trains on an accelerator"}


def test_one_line_says_all_that_is_broken() -> None:
    with pytest.raises(PluginError, match="the loss Swapped breaks its contract:") as caught:
        testing.check_loss(Swapped)
    assert "Descending the discriminator's loss raises real logits above fake ones." in str(caught.value)
    assert "mend: check the signs" in str(caught.value)
    assert caught.value.exit_code == 6


def test_what_cannot_be_tried_does_not_pass() -> None:
    with pytest.raises(PluginError, match=r"was not tried: it needs an option: check_dataset\(ImageFolder, root=…\)"):
        testing.check_dataset(ImageFolder)
    with pytest.raises(PluginError, match="was not tried: its data are not here"):
        testing.check_dataset(ImageFolder, root="nowhere")


def test_a_dataset_of_files_is_tried_with_its_options(picture: Callable[..., Path]) -> None:
    for index in range(8):
        picture(Path("photos") / ("cat" if index % 2 else "dog") / f"{index}.png", index, size=(16, 16))
    testing.check_dataset(ImageFolder, root=Path("photos"), size=16, channels=1, workers=0)


def test_a_check_leaves_no_trace() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    before = registry.plugins()
    testing.check_loss(Logistic)
    assert torch.equal(torch.rand(3), expected)
    assert registry.plugins() == before


PROMISES = {
    promise for stages in (*STAGES.values(), (PACKAGE,)) for stage in stages for promise in stage
}  # a promise may be of several kinds


def plain(text: str) -> str:
    return " ".join(re.sub(r"[`*]", "", text).split())


@pytest.mark.parametrize("promise", sorted(PROMISES, key=lambda promise: (promise.__module__, promise.__name__)))
def test_its_sentence_is_one_of_the_contract(promise: Callable[..., Any]) -> None:
    sentence = plain(inspect.getdoc(promise) or "")
    assert sentence.rstrip(".") in plain(CONTRIBUTING.read_text(encoding="utf-8"))
