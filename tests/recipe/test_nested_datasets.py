"""A dataset under ``of:`` is a component as any other: written short or long, checked, filled in, overridden."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from gancli import registry
from gancli.errors import PluginError, RecipeError
from gancli.recipe import Recipe, from_values
from gancli.recipe.components import MAX_NESTED

Load = Callable[..., Recipe]
REST = "\narchitecture: mlp\n"
EDGES = "dataset: {name: edges, of: mnist}" + REST
SUBSET = """
from gancli import Dataset, DataSpec

class Subset(Dataset):
    def __init__(self, *, {options}):
        self.spec, self.fingerprint = DataSpec((2,)), "subset"
    def __len__(self): return 4
    def gather(self, indices, rng): raise NotImplementedError
"""


def problems(load: Load, text: str, *overrides: str) -> tuple[str, ...]:
    with pytest.raises(RecipeError) as caught:
        load(text, *overrides)
    return caught.value.problems


def test_the_short_form_is_written_out_with_all_defaults(load: Load) -> None:
    found = load(EDGES)
    assert found.values()["dataset"] == {
        "name": "edges",
        "of": {"name": "mnist", "source": "auto"},
        "flip": False,
        "direction": "AtoB",
        "names": ["edges", "image"],
    }
    assert from_values(found.values(), "r").values() == found.values()
    assert load(found.to_yaml()).values() == found.values()
    assert load("dataset: {name: edges, of: {name: mnist, source: auto}}" + REST).values() == found.values()


def test_an_option_that_need_not_be_given_is_null(load: Load) -> None:
    found = load("dataset: {name: domains, root: somewhere}" + REST)
    assert found.values()["dataset"]["of"] is None
    assert found.plan.dataset.datasets == {}
    assert found.plan.dataset.options["of"] is None


def test_the_plan_has_it_resolved(load: Load) -> None:
    plan = load("dataset: {name: edges, of: {name: folder, root: somewhere, size: [16, 24]}}" + REST).plan
    (of,) = plan.dataset.datasets.values()
    assert (of.kind, of.key, of.name, str(of.plugin)) == (
        "dataset",
        "dataset.of",
        "folder",
        "dataset 'folder' of gancli 0.1.0",
    )
    assert of.options["size"] == (16, 24)
    assert "of" not in plan.dataset.options
    assert [part.key for part in plan][:3] == ["dataset", "dataset.of", "model"]


@pytest.mark.parametrize("of", ["emoji", "{name: emoji, size: 64}"])
def test_an_override_reaches_its_options(load: Load, of: str) -> None:
    found = load(f"dataset: {{name: edges, of: {of}}}" + REST, "dataset.of.size=32", "dataset.flip=true")
    assert found.values()["dataset"]["of"]["size"] == 32
    assert found.plan.third_parties() == {"gan-emoji": "0.1.0"}


def test_an_override_replaces_it(load: Load) -> None:
    assert load(EDGES, "dataset.of=fashion-mnist").values()["dataset"]["of"] == {"name": "fashion-mnist"}
    both = load(EDGES, "dataset.of=emoji", "dataset.of.size=32").values()["dataset"]["of"]
    assert (both["name"], both["size"]) == ("emoji", 32)
    whole = load("dataset: mnist" + REST, "dataset={name: edges, of: emoji}", "dataset.of.size=32")
    assert whole.plan.dataset.datasets["of"].options["size"] == 32


BLOCK = "dataset:\n  name: edges\n  of:\n    name: {name}\n    {option}: {value}\n" + REST


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (BLOCK.format(name="emojy", option="size", value=32), "r.yaml:4:5: dataset.of.name: found 'emojy', which no"),
        (BLOCK.format(name="emoji", option="sise", value=32), "r.yaml:5:5: dataset.of.sise: unknown key; did you mean"),
        (BLOCK.format(name="emoji", option="size", value="big"), 'r.yaml:5:5: dataset.of.size: found "big", expected'),
        (BLOCK.format(name="os.system", option="size", value=3), "r.yaml:4:5: dataset.of.name: found"),
        ("dataset: edges" + REST, "r.yaml:1:1: dataset.of: missing; expected of: …"),
        ("dataset: {name: edges, of: 3}" + REST, "r.yaml:1:24: dataset.of: found 3, expected a name"),
        (
            "dataset: {name: edges, of: [mnist]}" + REST,
            'r.yaml:1:24: dataset.of: found ["mnist"], expected a name',
        ),
        ("dataset: {name: edges, of: null}" + REST, "r.yaml:1:24: dataset.of: found null, expected a name"),
        ("dataset: {name: edges, of: {size: 3}}" + REST, "r.yaml:1:24: dataset.of.name: missing; expected name: …"),
        ("dataset: {name: edges, of: dcgan}" + REST, "r.yaml:1:24: dataset.of.name: found 'dcgan', which no installed"),
        ("dataset: {name: mnist, of: mnist}" + REST, "r.yaml:1:24: dataset.of: unknown key; available: source"),
        (
            "dataset: {name: edges, of: folder}" + REST,
            "r.yaml:1:24: dataset.of.root: missing; say where your files are, for example: gan train r.yaml "
            "dataset.of.root=DIR",
        ),
    ],
)
def test_a_problem_is_reported_at_its_line(load: Load, text: str, problem: str) -> None:
    (found,) = problems(load, text)
    assert found.startswith(problem)


def test_all_problems_come_at_once(load: Load) -> None:
    text = "dataset:\n  name: edges\n  flip: 3\n  of: {name: emoji, size: big, sise: 3}\n  colour: red\n" + REST
    assert [line.split(": ")[1] for line in problems(load, text)] == [
        "dataset.flip",
        "dataset.of.size",
        "dataset.of.sise",
        "dataset.colour",
    ]


def test_a_wrong_override_is_the_problem_of_the_argument(load: Load) -> None:
    (problem,) = problems(load, EDGES, "dataset.of.sorce=full")
    assert problem == "argument 'dataset.of.sorce=full': dataset.of.sorce: unknown key; did you mean 'source'?"
    one, other = problems(load, "dataset: {name: edgez, of: mnist}" + REST, "dataset.of.source=full")
    assert "'source' cannot be inside 'mnist', which has no keys of its own" in one
    assert "dataset.name: found 'edgez', which no installed package provides as a dataset" in other


def test_datasets_inside_one_another_have_a_limit(load: Load) -> None:
    def nested(depth: int) -> str:
        return "{name: edges, of: " * depth + "mnist" + "}" * depth

    assert load(f"dataset: {nested(MAX_NESTED)}" + REST).plan.dataset.key == "dataset"
    (problem,) = problems(load, f"dataset: {nested(MAX_NESTED + 1)}" + REST)
    assert problem.endswith("dataset.of.of.of.of: found more than 3 datasets inside one another")
    values = load(EDGES).values()
    for _ in range(300):  # from a stranger's checkpoint
        values["dataset"] = {"name": "edges", "of": values["dataset"]}
    with pytest.raises(RecipeError, match="recursion limit exceeded"):
        from_values(values, "x.safetensors")


def test_everything_is_loaded_once(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: Counter[tuple[str, str]] = Counter()
    real = registry.load_with_plugin

    def counted(kind: str, name: str) -> Any:
        calls[kind, name] += 1
        return real(kind, name)

    monkeypatch.setattr(registry, "load_with_plugin", counted)
    load(EDGES, "dataset.of.source=embedded")
    assert {key: count for key, count in calls.items() if key[0] == "dataset"} == {
        ("dataset", "edges"): 1,
        ("dataset", "mnist"): 1,
    }


def test_a_plugin_may_have_several(install: Callable[..., None], load: Load) -> None:
    options = "first: Dataset, second: Dataset | None = None, third: Dataset | None = None"
    install("gan-subset", "gancli.datasets", {"both": "gan_subset:Subset"}, SUBSET.format(options=options))
    found = load("dataset: {name: both, first: mnist, second: {name: edges, of: mnist}}" + REST)
    assert [part.key for part in found.plan.dataset.nested()] == [
        "dataset.first",
        "dataset.second",
        "dataset.second.of",
    ]
    assert found.values()["dataset"]["third"] is None


def test_a_plugin_that_cannot_be_imported_is_named(install: Callable[..., None], load: Load) -> None:
    install("gan-broken", "gancli.datasets", {"broken": "gan_broken:Broken"}, "raise OSError('no')")
    for overrides in ([], ["dataset.of.size=3"]):
        with pytest.raises(PluginError, match=r"dataset 'broken' of gan-broken 1\.0 cannot be imported"):
            load("dataset: {name: edges, of: broken}" + REST, *overrides)


def test_the_classes_of_a_recipe_may_be_numbers(load: Load) -> None:
    found = load("dataset: {name: domains, of: mnist, classes: [3, '8']}" + REST)
    assert found.plan.dataset.options["classes"] == ("3", "8")
    for wrong in ("[3]", "[3, 8, 9]", "3", "[true, 3]", "[3.5, 3]"):
        assert "dataset.classes" in problems(load, f"dataset: {{name: domains, of: mnist, classes: {wrong}}}" + REST)[0]


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("direction: AB", "dataset.direction: found \"AB\", expected 'AtoB' or 'BtoA'"),
        ("channels: 2", "dataset.channels: found 2, expected 1 or 3"),
        ("channels: [1, 2]", "dataset.channels: found 2, expected 1 or 3"),
        ("names: [A]", "dataset.names.1: missing"),
        ("names: ['', B]", 'dataset.names.0: found ""'),
        ("load_size: 4", "dataset.load_size: found 4, expected greater than or equal to 8"),
        ("size: [64]", "dataset.size: found [64]"),
        ("fit: fill", "dataset.fit: found"),
        ("on_bad_image: ignore", "dataset.on_bad_image: found"),
    ],
)
@pytest.mark.parametrize("name", ["pairs", "domains"])
def test_a_wrong_value_gives_one_problem(load: Load, name: str, option: str, problem: str) -> None:
    (found,) = problems(load, f"dataset: {{name: {name}, root: x, {option}}}" + REST)
    assert problem in found


def test_pairs_say_where_to_write_their_place(load: Load) -> None:
    (problem,) = problems(load, "dataset: {name: pairs, size: 64}" + REST)
    assert problem.endswith("for example: gan train r.yaml dataset.root=DIR")
