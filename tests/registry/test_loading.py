"""What a recipe names is imported, within a time limit, and nothing else is."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import recipe, registry
from gancli.errors import RecipeError
from gancli.losses import Hinge
from gancli.registry import loading
from gancli.storage import checkpoint
from tests.registry.scaled import SCALED, Install


def test_names_and_suggestions() -> None:
    assert "hinge" in registry.names("loss")
    assert registry.load("loss", "hinge") is Hinge
    assert registry.load("optimizer", "rmsprop") is torch.optim.RMSprop
    with pytest.raises(LookupError, match="did you mean 'hinge'"):
        registry.find("loss", "hinges")
    with pytest.raises(LookupError, match=r"available: .*wasserstein"):
        registry.find("loss", "qqqqqq")
    with pytest.raises(LookupError, match=r"not an optimizer of torch\.optim"):
        registry.load("optimizer", "optimizer")


def test_a_plugin_is_named_in_a_recipe_like_a_built_in(
    install: Install, gan: Callable[..., Any], write: Callable[..., Path], points: str
) -> None:
    install("gan-scaled", "gancli.losses", {"scaled": "gan_scaled:Scaled"}, SCALED)
    path = write(points)
    result = gan("train", path, "loss={name: scaled, scale: 3}", "--quiet")
    assert result.exit_code == 0, result.stderr
    assert checkpoint.newest(Path("runs/r")).plugins == {"gan-scaled": "1.0"}
    with pytest.raises(RecipeError, match="did you mean 'scale'"):
        recipe.load(path, ["loss={name: scaled, scael: 3}"])


def test_the_limit_of_an_import_leaves_the_alarm_as_it_was(install: Install) -> None:
    install("gan-alarm", "gancli.losses", {"alarm": "gan_alarm:Scaled"}, SCALED)
    before = signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 1000)
    try:
        registry.load("loss", "alarm")
        assert signal.getsignal(signal.SIGALRM) == signal.SIG_IGN
        assert loading.IMPORT_SECONDS < signal.getitimer(signal.ITIMER_REAL)[0] <= 1000
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_plugin_can_be_imported_in_a_thread(install: Install) -> None:
    install("gan-thread", "gancli.losses", {"thread": "gan_thread:Scaled"}, SCALED)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(registry.load, "loss", "thread").result().__name__ == "Scaled"
