"""Keys and values of a recipe, with the components that are chosen on the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from gancli.completion.keys import keys
from gancli.completion.overrides import overrides
from gancli.completion.parts import next_parts
from gancli.recipe import load, locate
from gancli.recipe.strict_yaml import in_one_line

Write = Callable[..., Path]


def words(*arguments: object) -> list[str]:
    recipe, *earlier, word = map(str, arguments)
    return [found for found in overrides(recipe, earlier, word) if found.startswith(word)]


def test_the_only_key_comes_with_its_value_so_that_no_space_follows() -> None:
    assert words("mnist_cgan", "train.st") == ["train.steps=", "train.steps=6000"]
    assert words("mnist_cgan", "train.steps=50", "train.st") == ["train.steps=", "train.steps=50"]
    assert words("mnist_cgan", "architecture.wi") == ["architecture.width=", "architecture.width=32"]
    assert words("mnist_cgan", "train.steps=") == ["train.steps=6000"]


def test_keys_come_part_by_part() -> None:
    found = words("mnist_cgan", "")
    assert {"loss=", "train.", "seed=", "optimizer=", "optimizer."} <= set(found)
    assert not any(word.startswith("train.s") for word in found)
    assert {"train.steps=", "train.k_steps=", "train.ema="} <= set(words("mnist_cgan", "tr"))


def test_options_are_those_of_the_component_that_is_chosen() -> None:
    assert "architecture.width=" not in words("mnist_cgan", "architecture=mlp", "architecture.")
    assert "architecture.generator_hidden=" in words("mnist_cgan", "architecture=mlp", "architecture.")
    assert words("mnist_cgan", "architecture=none-such", "architecture.") == []
    assert words("mnist_cgan", "augmentation=ada", "augmentation.target") == [
        "augmentation.target=",
        "augmentation.target=0.6",
    ]


def test_terms_players_ramps_and_datasets_inside_have_keys(write: Write) -> None:
    recipe = write(
        "dataset: {name: edges, of: mnist}\nmodel: gan\narchitecture: dcgan\npenalties: [r1]\n"
        "optimizer: {name: adam, lr: {from: 1e-3, to: 0}, generator: {name: sgd}}\n"
    )
    assert words(recipe, "penalties.0.e") == ["penalties.0.every=", "penalties.0.every=1"]
    assert "penalties.0.gamma=" in words(recipe, "penalties.0.")
    assert "dataset.of.source=" in words(recipe, "dataset.of.")
    assert "optimizer.lr.shape=cosine" in words(recipe, "optimizer.lr.shape=")
    assert "optimizer.generator.momentum=" in words(recipe, "optimizer.generator.")
    assert "optimizer.discriminator.momentum=" not in words(recipe, "optimizer.discriminator.")
    assert words(recipe, "optimizer.discriminator.eps=") == ["optimizer.discriminator.eps=1e-08"]
    assert "optimizer.discriminator.name=rmsprop" in words(recipe, "optimizer.discriminator.name=")


@pytest.mark.parametrize(
    ("key", "some"),
    [
        ("loss", {"hinge", "minimax", "non-saturating"}),
        ("architecture", {"mlp", "dcgan"}),
        ("augmentation", {"none", "ada", "diffaugment"}),
        ("penalties", {"[r1]", "[r2]"}),
        ("optimizer", {"adam", "sgd"}),
        ("device", {"auto", "cpu", "cuda", "mps"}),
        ("precision", {"auto", "fp32", "bf16"}),
        ("latent.prior", {"normal", "uniform"}),
        ("train.ema_warmup", {"true", "false"}),
        ("dataset.source", {"auto", "full", "embedded"}),
    ],
)
def test_values_are_names_and_choices(key: str, some: set[str]) -> None:
    assert {f"{key}={value}" for value in some} <= set(words("mnist_cgan", f"{key}="))


def test_a_place_of_files_offers_folders() -> None:
    Path("photos/dogs").mkdir(parents=True)
    assert words("photos", "dataset.root=ph") == ["dataset.root=photos/", "dataset.root=photos/dogs/"]


def test_every_key_that_is_offered_is_one() -> None:
    """An override by the value that a key has now changes nothing; defaults of optimizers stay torch's own."""
    for recipe in ("mnist_dcgan", "ring", "edges2digits"):
        before = load(locate(recipe))
        known = [key for key in keys(before.values()) if key.now and not key.name.startswith("optimizer")]
        assert len(known) > 20
        same = [f"{key.name}={key.now}" for key in known if not isinstance(value_of(before.values(), key.name), dict)]
        assert in_one_line(load(locate(recipe), same).values()) == in_one_line(before.values())


def value_of(values: object, key: str) -> object:
    for part in key.split("."):
        values = values[int(part)] if isinstance(values, list) else values.get(part)  # type: ignore[attr-defined]
    return values


def test_a_lone_part_is_opened() -> None:
    names = dict.fromkeys(["a.b.c=", "a.b.d=", "e="], "")
    assert list(next_parts(names, "", ".")) == ["a.", "e="]
    assert list(next_parts(names, "a", ".")) == ["a.b.c=", "a.b.d="]
    assert list(next_parts(names, "x", ".")) == []
