"""The dataset: its sizes, classes and held-out combinations, and its commands."""

from pathlib import Path

import pytest
import torch
from gan_emoji import Emoji
from gan_emoji.emoji import held_out_combinations
from gan_emoji.kinds import KINDS, ROLES, TONES
from typer.testing import CliRunner

from gancli import ImageDataset, build, recipe, registry
from gancli.cli import app
from gancli.errors import PluginError
from gancli.storage import checkpoint

TINY = ("dataset.size=16", "architecture.width=2", "train.steps=2", "train.batch_size=4", "device=cpu", "--quiet")


def trained(folder: Path) -> Path:
    result = CliRunner().invoke(app, ["train", "emoji_dcgan", *TINY, "--out", str(folder)])
    assert result.exit_code == 0, result.output
    return folder


@pytest.mark.parametrize("size", [16, 64, 100, 128])
def test_images_have_the_size_asked_for(size: int) -> None:
    emoji = Emoji(size=size)
    assert emoji.spec.shape == (3, size, size)
    (x,) = emoji.gather(torch.arange(4), torch.Generator())
    assert (x.shape, x.dtype) == ((4, 3, size, size), torch.float32)
    assert x[:, :, 0, 0].eq(1).all()  # white


def test_every_portrait_is_trained_on_or_held_out() -> None:
    emoji = Emoji(size=16)
    assert (len(emoji), len(emoji.held_out())) == (829, 137)


def all_of(dataset: ImageDataset) -> torch.Tensor:
    """Every image, of shape (N, 768)."""
    return dataset.gather(torch.arange(len(dataset)), torch.Generator())[0].flatten(1)


def test_a_subset_is_a_part_of_the_same_portraits_and_holds_out_the_same_ones() -> None:
    emoji, few, more = Emoji(size=16), Emoji(size=16, subset=20), Emoji(size=16, subset=30)
    portraits, of_few, of_more = (set(map(tuple, all_of(part).tolist())) for part in (emoji, few, more))
    assert (len(few), len(of_few)) == (20, 20)
    assert of_few < of_more < portraits
    assert all_of(few.held_out()).equal(all_of(emoji.held_out()))
    labelled = Emoji(size=16, classes="role", subset=20)
    assert all_of(labelled).equal(all_of(few))
    assert labelled.labels is not None
    assert len(labelled.labels) == 20


def test_labels_are_the_tone_or_the_role() -> None:
    tones, roles = Emoji(size=16, classes="tone"), Emoji(size=16, classes="role")
    assert tones.spec.class_names == ("yellow", "light", "medium-light", "medium", "medium-dark", "dark")
    assert roles.spec.class_names == ROLES
    kept = [(kind.role, tone) for kind, out in zip(KINDS, held_out_combinations(), strict=True)
            for tone, held in zip(TONES, out, strict=True) if not held]  # fmt: skip
    assert tones.labels is not None
    assert roles.labels is not None
    assert [tuple(TONES)[label] for label in tones.labels] == [tone for _, tone in kept]
    assert [ROLES[label] for label in roles.labels] == [role for role, _ in kept]
    assert sum(tones.class_counts()) == sum(roles.class_counts()) == 829
    assert Emoji(size=16).spec.num_classes == 0
    assert "dataset.classes=tone" in Emoji(size=16).why_unlabelled


def test_a_held_out_role_and_tone_are_each_trained_on_but_never_together() -> None:
    tones, roles = Emoji(size=16, classes="tone"), Emoji(size=16, classes="role")

    def combinations(held_out: bool) -> set[tuple[int, int]]:
        of = [part.held_out() if held_out else part for part in (roles, tones)]
        assert of[0].labels is not None
        assert of[1].labels is not None
        return set(zip(of[0].labels.tolist(), of[1].labels.tolist(), strict=True))

    trained_on, held_out = combinations(False), combinations(True)
    assert not trained_on & held_out
    assert len(trained_on | held_out) == 57 * 6
    for role in range(57):
        assert sum((role, tone) in trained_on for tone in range(6)) >= 5
    for tone in range(6):
        assert sum((role, tone) in held_out for role in range(57)) in (8, 9)  # every tone about as often


def test_the_fingerprint_is_that_of_the_images_and_the_same_every_time() -> None:
    made = [Emoji(size=16), Emoji(size=16), Emoji(size=17), Emoji(size=16, background=(0, 0, 0))]
    found = [emoji.fingerprint for emoji in made]
    assert found[0] == found[1]
    assert len(set(found)) == 3
    # Sums of whole numbers: every machine has these very pixels, so that a run may go on anywhere.
    assert found[0] == "a8655d562291466456b758212af76e50df7c7eeb6f98534de2cd38cf0ab25389"


@pytest.mark.parametrize(
    ("option", "problem"),
    [
        ("size: 200", "r.yaml:1:24: dataset.size: found 200, expected less than or equal to 128"),
        ("size: 8", "r.yaml:1:24: dataset.size: found 8, expected greater than or equal to 16"),
        ("classes: tones", "r.yaml:1:24: dataset.classes: found \"tones\", expected 'tone', 'role' or 'none'"),
        ("background: [0, 0, 256]", "dataset.background.2: found 256, expected less than or equal to 255"),
    ],
)
def test_a_wrong_option_is_refused_beside_the_recipes_line(tmp_path: Path, option: str, problem: str) -> None:
    path = tmp_path / "r.yaml"
    path.write_text(f"dataset: {{name: emoji, {option}}}\narchitecture: dcgan\n")
    result = CliRunner().invoke(app, ["train", str(path)])
    assert result.exit_code == 2
    assert problem in result.stderr


def test_a_game_with_classes_and_a_dataset_without_them_is_refused_with_the_way_out(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["train", "emoji_dcgan", *TINY, "model=cgan", "--out", str(tmp_path / "run")])
    assert result.exit_code == 2
    assert "dataset.classes=tone" in result.stderr


def test_a_short_run_is_evaluated_on_the_held_out_combinations(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(trained(tmp_path / "run")), "--n", "40", "--seeds", "1"])
    assert result.exit_code == 0, result.output
    assert "40 of the 137 held-out examples of emoji" in result.output


def test_without_the_package_a_checkpoint_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = checkpoint.newest(trained(tmp_path / "run"))
    assert saved.plugins == {"gan-emoji": "0.1.0"}
    others = [plugin for plugin in registry.installed() if plugin.package != "gan-emoji"]
    monkeypatch.setattr(registry, "installed", lambda: others)
    with pytest.raises(PluginError, match=r"needs the package gan-emoji .*; pip install gan-emoji"):
        build.recipe_of(saved)


def test_the_recipe_is_one_that_the_tool_lists() -> None:
    checked = recipe.load(recipe.locate("emoji_dcgan"))
    assert checked.model.name == "gan"
