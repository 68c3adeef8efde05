"""``gan plugin show``: one component, and no other package."""

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

Gan = Callable[..., Any]


def test_a_loss_with_its_formula_effect_equilibrium_paper_and_options(gan: Gan) -> None:
    shown = gan("plugin", "show", "minimax").stdout
    assert shown.startswith("loss minimax, of gancli ")
    assert "  D  −E[log σ(D(x))] − E[log(1 − σ(D(G(z))))]\n" in shown
    assert "σ(t) = 1 / (1 + exp(−t))" in shown
    assert "ln 4 ≈ 1.386" in shown
    assert "https://arxiv.org/abs/1406.2661" in shown
    assert "a number from 0 to below 0.5; default 0.0" in shown
    assert shown.endswith("  loss: minimax\n")
    assert max(map(len, shown.splitlines())) <= 80


def test_a_penalty_is_a_term_of_the_discriminator(gan: Gan) -> None:
    shown = gan("plugin", "show", "r1").stdout
    assert "A term of what D minimises" in shown
    assert "penalties: [r1]" in shown


def test_the_line_of_a_recipe_has_what_must_be_given(gan: Gan) -> None:
    assert "dataset: {name: folder, root: …}" in gan("plugin", "show", "folder").stdout


def test_an_extractor_is_named_on_the_command_line(gan: Gan) -> None:
    assert "gan evaluate RUN --extractor random-v1" in gan("plugin", "show", "random-v1").stdout


def test_an_optimizer_of_torch(gan: Gan) -> None:
    shown = gan("plugin", "show", "adam").stdout
    assert shown.startswith("optimizer adam, of torch ")
    assert "a list of 2: each a number; default [0.9, 0.999]" in shown


def test_json_has_all_of_it(gan: Gan) -> None:
    (found,) = json.loads(gan("plugin", "show", "least-squares", "--json").stdout)
    assert (found["kind"], found["name"], found["package"]) == ("loss", "least-squares", "gancli")
    assert found["documentation"]["formula"]["generator"] == "½ E[(D(G(z)) − 1)²]"
    assert found["options"] == [
        {
            "name": "label_smoothing",
            "type": "a number from 0 to below 0.5",
            "required": False,
            "default": 0.0,
            "description": "the target of real samples is 1 minus this.",
        }
    ]


def test_a_name_of_two_kinds_shows_both_or_the_one_that_is_asked_for(install: Callable[..., None], gan: Gan) -> None:
    code = "from gancli.losses import Hinge\nfrom gancli.penalties import R1\n"
    install("gan-two", "gancli.losses", {"two": "gan_two:Hinge"}, code)
    install("gan-three", "gancli.penalties", {"two": "gan_two:R1"})
    shown = gan("plugin", "show", "two").stdout
    assert "loss two, of gan-two 1.0" in shown
    assert "penalty two, of gan-three 1.0" in shown
    assert "penalty" not in gan("plugin", "show", "two", "--kind", "loss").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["hing"], "did you mean 'hinge'?"),
        (["zzz"], "'gan plugin list' shows those that are there"),
        (["hinge", "--kind", "model"], "which no installed package provides"),
        (["hinge", "--kind", "los"], "did you mean 'loss'?"),
    ],
)
def test_a_name_that_is_not_there(words: list[str], message: str, gan: Gan) -> None:
    result = gan("plugin", "show", *words)
    assert result.exit_code == 2
    assert message in result.stderr


def test_a_plugin_that_cannot_be_imported_is_named(install: Callable[..., None], gan: Gan) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:X"}, "raise RuntimeError('no')")
    result = gan("plugin", "show", "broken")
    assert result.exit_code == 6
    assert "loss 'broken' of gan-broken 1.0 cannot be imported: RuntimeError: no" in result.stderr


def test_control_characters_of_a_docstring_do_not_reach_the_terminal(install: Callable[..., None], gan: Gan) -> None:
    code = "from gancli.losses import Hinge\nclass X(Hinge):\n    '''Red \\x1b[31m text.'''\n"
    install("gan-red", "gancli.losses", {"red": "gan_red:X"}, code)
    assert "\x1b" not in gan("plugin", "show", "red").stdout


def test_no_other_package_is_imported(install: Callable[..., None]) -> None:
    install("gan-broken", "gancli.losses", {"broken": "gan_broken:X"}, "raise RuntimeError('no')")
    code = (
        "import sys\nfrom gancli.cli import app\n"
        "try: app(['plugin', 'show', 'hinge'])\nexcept SystemExit: pass\n"
        "print(sorted(name for name in sys.modules if name.startswith('gan_') or name.startswith('gancli.')))"
    )
    script = f"import sys; sys.path[:] = {sys.path!r}\n{code}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    modules = done.stdout.splitlines()[-1]
    assert "gancli.losses" in modules
    assert not any(f"'{name}" in modules for name in ("gan_", "gancli.models", "gancli.data.", "gancli.penalties"))
