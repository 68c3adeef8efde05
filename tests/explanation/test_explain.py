"""``gan explain``: recipes, runs and checkpoints, in words and in JSON."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import recipe
from gancli.data import DataSpec
from gancli.explanation.networks import traced

ROOT = Path(__file__).parents[2]
RECIPES = sorted([*ROOT.glob("recipes/**/*.yaml"), *ROOT.glob("plugins/*/*/recipes/*.yaml")])
SMALL = {  # what would take long
    "photos": ["dataset.root=pictures", "dataset.size=32"],
    "photos_256": ["dataset.root=pictures", "dataset.size=32", "architecture.width=4", "architecture.max_width=16"],
    "emoji_biggan": ["dataset.size=16", "architecture.attention=none", "latent.dim=81", "architecture.width=4"],
    "emoji_stylegan2": ["dataset.size=16", "architecture.width=4", "architecture.max_width=16"],
}
Gan = Callable[..., Any]


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_can_be_explained(path: Path, gan: Gan, pictures: str) -> None:
    result = gan("explain", path, *SMALL.get(path.stem, []))
    assert result.exit_code == 0, result.output
    shown = result.stdout
    assert shown.startswith(f"{path.stem}: what is trained, and how\n")
    assert "The discriminator D minimises" in shown
    assert "The generator G minimises" in shown
    assert "has no formula" not in shown
    assert "arxiv.org/abs/" in shown
    longest = max(shown.splitlines(), key=len)
    assert len(longest) <= 80 or max(map(len, longest.split())) > 40, longest  # an address or a path stays whole


def test_an_objective_has_its_terms_weights_and_laziness(gan: Gan) -> None:
    shown = gan("explain", "ring", "penalties=[{name: r1, gamma: 3, every: 16}]", "loss=hinge").stdout
    assert "The discriminator D minimises the sum of" in shown
    assert "E[max(0, 1 − D(x))] + E[max(0, 1 + D(G(z)))]" in shown
    assert "γ/2 E[‖∇D(x)‖²]" in shown
    assert "penalty r1, γ = 3.0; at every 16th step, and then times 16" in shown
    assert "https://arxiv.org/abs/1705.02894" in shown


def test_a_term_has_only_the_weights_of_its_own_formula(install: Callable[..., None], gan: Gan) -> None:
    code = (
        "import torch\nfrom gancli import VanillaGAN\n"
        "class Two(VanillaGAN):\n"
        '    """Two terms more.\\n\\n    Formula:\\n        first: α E[1]\\n        second: β E[2]\\n\\n'
        '    Args:\\n        a: α.\\n        b: β.\\n    """\n'
        "    def __init__(self, *, a: float = 3.0, b: float = 4.0, **game): super().__init__(**game)\n"
        "    def generator_losses(self, batch):\n"
        "        one = sum(weight.sum() for weight in self.generator.parameters())\n"
        "        return super().generator_losses(batch) | {'first': one, 'second': one}\n"
    )
    install("gan-two", "gancli.models", {"two": "gan_two:Two"}, code)
    shown = gan("explain", "ring", "model=two").stdout
    assert "α E[1]\n      — model two, 'first' in the log, α = 3.0\n" in shown
    assert "β E[2]\n      — model two, 'second' in the log, β = 4.0\n" in shown


def test_the_order_of_steps_is_that_of_the_recipe(gan: Gan) -> None:
    changes = ["train.k_steps=5", "train.ema=0", "optimizer.lr={from: 4e-3, to: 1e-4, after: 0.5}", "train.steps=100"]
    shown = " ".join(gan("explain", "ring", *changes).stdout.split())
    assert "1. D: 5 times over: a fresh minibatch" in shown
    assert "lr from 0.004 to 0.0001 over 100 steps, in a straight line, held for the first 50%" in shown
    assert "Average" not in shown


def test_the_layers_add_up_to_the_parameters(load: Callable[..., recipe.Recipe], digits: str) -> None:
    architecture = "architecture={name: dcgan, width: 4, discriminator_norm: spectral}"
    read = load(digits, architecture)
    data = DataSpec((1, 28, 28), 10, tuple("0123456789"))
    networks = traced(read, data)
    shapes = [layer.shape for layer in networks.layers["generator"]]
    assert shapes[-1] == (1, 28, 28)
    norms = {layer.normalisation for layer in networks.layers["discriminator"]} - {""}
    assert norms == {"spectral norm"}
    assert networks.losses == {"discriminator": ["discriminator"], "generator": ["generator"]}


def test_the_counts_are_those_of_the_networks_themselves(load: Callable[..., recipe.Recipe], digits: str) -> None:
    from gancli import build

    read, data = load(digits), DataSpec((1, 28, 28), 10, tuple("0123456789"))
    game, networks = build.gan(read, data), traced(read, data)
    for player in ("generator", "discriminator"):
        assert networks.parameters(player) == sum(weight.numel() for weight in getattr(game, player).parameters())


def test_large_networks_are_traced_without_values_and_alike(
    load: Callable[..., recipe.Recipe], digits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, data = load(digits), DataSpec((1, 28, 28), 10, tuple("0123456789"))
    small = traced(read, data)
    monkeypatch.setattr("gancli.explanation.networks.LARGE", 0)
    assert traced(read, data) == small


def test_a_run_says_where_it_stands_and_what_its_losses_mean(digits_run: Path, gan: Gan) -> None:
    shown = gan("explain", digits_run).stdout
    assert "step     3 of 3 (done)" in shown
    assert "What the losses of this run say" in shown
    assert "in the median, between" in shown
    assert "Warnings of this run" in shown


def test_a_lone_checkpoint_has_no_history(digits_run: Path, gan: Gan) -> None:
    Path("alone.safetensors").write_bytes(next(digits_run.glob("checkpoints/*.safetensors")).read_bytes())
    shown = gan("explain", "alone.safetensors").stdout
    assert shown.count("The history of its run is not beside it.") == 2
    assert "The generator G:" in shown


def test_a_checkpoint_inside_of_a_run_has_the_history_up_to_its_step(digits_run: Path, gan: Gan) -> None:
    shown = gan("explain", next(digits_run.glob("checkpoints/*.safetensors"))).stdout
    assert "1 to 3: D's loss" in shown


def test_a_run_that_has_saved_nothing_yet_is_explained_by_its_recipe(digits_run: Path, gan: Gan) -> None:
    Path("run").mkdir()
    Path("run/recipe.yaml").write_bytes((digits_run / "recipe.yaml").read_bytes())
    shown = gan("explain", "run").stdout
    assert "step  0 of 3 (0%)" in shown
    assert "has logged nothing" not in shown


def test_a_warning_of_a_run_is_explained(digits_run: Path, gan: Gan) -> None:
    Path("run").mkdir()
    Path("run/recipe.yaml").write_bytes((digits_run / "recipe.yaml").read_bytes())
    warning = {
        "step": 2,
        "warning": "diversity collapsed: the samples are almost equal to one another; try penalties=[r1]",
    }
    Path("run/history.jsonl").write_text(
        json.dumps({"step": 2, "discriminator": 1e-5, "generator": 9}) + "\n" + json.dumps(warning) + "\n"
    )
    shown = " ".join(gan("explain", "run").stdout.split())
    assert "diversity collapsed, at step 2. This is mode collapse" in shown
    assert "it classifies every sample correctly" in shown


def test_the_json_holds_what_the_text_says(gan: Gan, points: str, write: Callable[..., Path]) -> None:
    found = json.loads(gan("explain", write(points), "--json").stdout)
    assert found["name"] == "r"
    assert [objective["player"] for objective in found["objectives"]] == ["discriminator", "generator"]
    assert found["objectives"][0]["terms"][0]["formula"].startswith("−E[log σ(D(x))]")
    assert found["networks"]["layers"]["generator"][0]["shape"] == [16]
    assert found["run"] is None


def test_time_makes_a_few_steps(gan: Gan, points: str, write: Callable[..., Path]) -> None:
    shown = gan("explain", write(points), "--time").stdout
    assert re.search(r"a step here, .* in all; .* of memory, .* of disk", " ".join(shown.split()))


def test_a_recipe_without_its_data_is_explained_without_networks(gan: Gan) -> None:
    result = gan("explain", "mnist_cgan", "dataset.source=full")
    assert result.exit_code == 0
    assert "the data are not here" in " ".join(result.stdout.split())
    assert "The generator G minimises" in result.stdout
    assert "parameters\n" not in result.stdout


def test_a_model_that_translates_is_explained(translator: Callable[..., Path], gan: Gan) -> None:
    shown = " ".join(gan("explain", translator()).stdout.split())
    assert "G translates its source images" in shown
    assert "to be made of images of shape" in shown
    assert "noise z" not in shown


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["nowhere"], 2, "no such file, and no listed recipe"),
        (["nowhere.safetensors"], 4, "there is no such checkpoint"),
        (["{run}", "train.steps=9"], 2, "KEY=VALUE changes only a recipe"),
        (["ring", "train.stepz=9"], 2, "did you mean 'steps'?"),
        (["mnist_cgan", "dataset=ring"], 2, "no labels"),
    ],
)
def test_mistakes_are_named(words: list[str], code: int, message: str, digits_run: Path, gan: Gan) -> None:
    result = gan("explain", *(word.format(run=digits_run) for word in words))
    assert result.exit_code == code, result.output
    assert message in result.stderr


def test_a_plugin_without_a_formula_still_says_what_it_is(install: Callable[..., None], gan: Gan) -> None:
    code = (
        "from gancli import AdversarialLoss\n"
        "class Bare(AdversarialLoss):\n"
        '    """Scores by the mean."""\n'
        "    def discriminator(self, real_logits, fake_logits): return (fake_logits - real_logits).mean()\n"
        "    def generator(self, fake_logits, real_logits=None): return -fake_logits.mean()\n"
    )
    install("gan-bare", "gancli.losses", {"bare": "gan_bare:Bare"}, code)
    shown = gan("explain", "ring", "loss=bare").stdout
    assert "loss bare: Scores by the mean." in shown
    assert "(its docstring has no formula)" in shown
    shown = gan("plugin", "show", "bare").stdout
    assert shown.startswith("loss bare, of gan-bare 1.0\n")
    assert "Scores by the mean." in shown
