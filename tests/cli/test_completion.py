"""Completion by the protocol of each shell: what it offers, that it imports no torch, and that nothing disturbs it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gancli.cli import app
from tests.cli.test_startup import HEAVY

BREAKS = "=:"  # bash makes a word of each


def bash(line: str) -> dict[str, str]:
    """The environment in which bash asks: its words, without those quotes and spaces that no test needs."""
    for sign in BREAKS:
        line = line.replace(sign, f" {sign} ")
    words = [*line.split(), *([""] if line.endswith(" ") and not line.rstrip().endswith("=") else [])]
    return {"_GAN_COMPLETE": "complete_bash", "COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)}


def zsh(line: str) -> dict[str, str]:
    return {"_GAN_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line}


def fish(line: str) -> dict[str, str]:
    about = {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    return {"_GAN_COMPLETE": "complete_fish", **about}


def answer(environment: dict[str, str]) -> str:
    result = CliRunner().invoke(app, [], env=environment, prog_name="gan")
    assert (result.exit_code, result.stderr) == (0, "")
    return str(result.stdout)


def offered(line: str) -> list[str]:
    """What fish gets, without what is shown beside it."""
    return [word.partition("\t")[0] for word in answer(fish(line)).splitlines() if word]


def test_each_shell_gets_values_as_it_takes_them() -> None:
    assert answer(bash("gan train mnist_cgan loss=mi")) == "minimax\n"  # bash replaces what is behind the =
    assert answer(bash("gan train mnist_cgan loss=")).split()[0] == "non-saturating"
    assert answer(bash("gan train mnist_cgan loss=hinge train.st")) == "train.steps=\ntrain.steps=6000\n"
    assert answer(zsh("gan train mnist_cgan loss=mi")) == """_arguments '*: :(("loss=minimax"))'\n"""
    assert answer(fish("gan train mnist_cgan loss=mi")) == "loss=minimax\n"
    assert answer(fish("gan train mnist_cgan train.s")).splitlines()[0] == "train.steps=\t6000"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_gets_a_script(shell: str) -> None:
    assert f"_GAN_COMPLETE=complete_{shell}" in answer({"_GAN_COMPLETE": f"source_{shell}"})


def test_recipes_are_names_and_files(points: str) -> None:
    Path("mine.yaml").write_text(points)
    Path("more").mkdir()
    Path("more/other.yaml").write_text(points)
    for command in ("train", "verify", "explain", "recipe show", "recipe check", "compare", "compare ring"):
        assert "mnist_cgan" in offered(f"gan {command} mnist_")
        assert offered(f"gan {command} mi") == ["mine.yaml"]
        assert offered(f"gan {command} mo") == ["more/", "more/other.yaml"]


def test_runs_and_checkpoints_are_found(points_run: Path) -> None:
    Path("runs").mkdir()
    Path("runs/points").symlink_to(points_run)
    Path("runs/points-2").symlink_to(points_run)
    Path("lone.safetensors").touch()
    commands = ("sample", "evaluate", "interpolate", "project", "translate", "explore", "export", "plot-losses")
    for command in (*commands, "train --resume", "train --from"):
        assert {"runs/points", "runs/points-2", "lone.safetensors"} <= set(offered(f"gan {command} "))
        assert offered(f"gan {command} runs/points/") == ["runs/points/checkpoints/step-0000006.safetensors"]
    assert offered("gan train --resume runs/points train.steps=") == ["train.steps=6"]
    assert answer(bash("gan train --resume runs/points train.steps=")) == "6\n"
    assert offered("gan train --from runs/points train.steps=9 loss=mi") == ["loss=minimax"]


def test_classes_and_sampling_options_are_those_of_the_checkpoint(digits_run: Path) -> None:
    for flag in ("--class", "--digit"):
        assert offered(f"gan sample {digits_run} {flag} ") == list("0123456789")
    assert offered(f"gan interpolate {digits_run} --digit 3 --to-class ") == list("0123456789")
    assert offered(f"gan sample {digits_run} tr") == []


def test_components_kinds_and_packages() -> None:
    assert {"hinge", "adam", "mlp"} <= set(offered("gan plugin show "))
    assert offered("gan plugin show --kind penalty r") == ["r1", "r2"]
    assert "regulariser" in offered("gan plugin show r1 --kind ")
    assert "gancli" in offered("gan plugin check ")
    assert "inception" in offered("gan evaluate runs/x --extractor ")
    assert offered("gan train ring --log te") == ["tensorboard"]


def test_metrics_come_one_after_the_other() -> None:
    for command in ("evaluate runs/x", "compare ring"):
        assert offered(f"gan {command} --metrics co") == ["coverage", "copies"]
        assert offered(f"gan {command} --metrics coverage,co") == ["coverage,copies"]


def test_a_translation_is_offered_pictures_and_directions(points_run: Path) -> None:
    Path("photos").mkdir()
    for name in ("photo.png", "photo.txt", "photos/1.JPG"):
        Path(name).touch()
    for command in ("translate", "project"):
        assert offered(f"gan {command} {points_run} pho") == ["photo.png", "photos/"]
        assert offered(f"gan {command} {points_run} photos/") == ["photos/1.JPG"]
    assert offered(f"gan translate {points_run} photo.png --direction ") == ["AtoB", "BtoA"]


def test_values_to_vary_come_one_after_the_other() -> None:
    assert offered("gan compare mnist_gan --vary los") == ["loss=", "loss."]
    assert offered("gan compare mnist_gan --vary loss=hinge,mi") == ["loss=hinge,minimax"]
    assert answer(bash("gan compare mnist_gan --vary loss=hinge,mi")) == "hinge,minimax\n"
    assert "minimax" in answer(bash("gan compare mnist_gan --vary loss=")).splitlines()
    assert answer(bash("gan compare mnist_gan --vary loss=hinge --vary augmentation=a")) == "ada\n"
    assert answer(bash("gan compare mnist_gan --vary loss=hinge mnist_dc")) == "mnist_dcgan\n"


@pytest.mark.parametrize("shell", [bash, zsh, fish])
def test_what_is_broken_offers_nothing_and_says_nothing(
    shell: Callable[[str], dict[str, str]], digits_run: Path
) -> None:
    Path("bad.yaml").write_bytes(b"\xff{[:")
    Path("alias.yaml").write_text("dataset: &a [*a]")
    os.mkfifo("pipe.yaml")
    (Path("run") / "checkpoints").mkdir(parents=True)
    (Path("run") / "recipe.yaml").write_text("loss: [")
    whole = next((digits_run / "checkpoints").glob("*.safetensors")).read_bytes()
    (Path("run") / "checkpoints" / "step-0000003.safetensors").write_bytes(whole[:500])
    for line in ("train bad.yaml lo", "train alias.yaml lo", "train pipe.yaml lo", "train nowhere lo", "sample run tr"):
        assert answer(shell(f"gan {line}")).strip() in ("", "_files")
    for line in ("sample run --class ", "sample run/recipe.yaml --class ", "train --resume run lo", "train a/b/c"):
        assert answer(shell(f"gan {line}")).strip() in ("", "_files")


@pytest.mark.parametrize("name", ["$(touch x)", "`touch x`", "a\\$(touch x)", "it's", 'say "x"', "a\x1b[31m", "[/x]"])
def test_names_of_strangers_that_a_shell_may_obey_are_not_offered(
    digits_run: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gancli.storage import header

    facts = header.Facts((1, 28, 28), ("fine", name))
    monkeypatch.setattr(header, "facts", lambda place: facts)
    expected = ["fine"] + [name] * (name == "[/x]")
    assert offered(f"gan sample {digits_run} --class ") == expected
    assert f'"{name}"' not in answer(zsh(f"gan sample {digits_run} --class ")) or name == "[/x]"


def test_bash_gets_names_with_spaces_escaped(digits_run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gancli.storage import header

    monkeypatch.setattr(header, "facts", lambda place: header.Facts((1, 28, 28), ("ankle boot; (left)",)))
    assert answer(bash(f"gan sample {digits_run} --class ")) == "ankle\\ boot\\;\\ \\(left\\)\n"
    assert offered(f"gan sample {digits_run} --class ") == ["ankle boot; (left)"]  # fish escapes it itself


CODE = """
import json, os, sys
from gancli.cli import app
for line in json.loads(sys.argv[1]):
    os.environ |= {"_GAN_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    os.environ["_TYPER_COMPLETE_ARGS"] = "gan " + line
    try:
        app(prog_name="gan")
    except SystemExit:
        pass
    print("imported", line, sorted(set(json.loads(sys.argv[2])) & set(sys.modules)))
"""


def test_completion_imports_nothing_heavy(digits_run: Path) -> None:
    lines = ["tr", "train mnist_", "train mnist_cgan lo", "train mnist_cgan loss=", "train mnist_cgan optimizer."]
    lines += ["train edges2digits dataset.of.", "compare ring --vary architecture.", "plugin show a", "plugin check g"]
    lines += [f"sample {digits_run} --class ", f"sample {digits_run} tr", f"train --resume {digits_run} tr", "sample r"]
    arguments = [json.dumps(lines), json.dumps(sorted(HEAVY))]
    done = subprocess.run([sys.executable, "-c", CODE, *arguments], capture_output=True, text=True, check=True)
    assert done.stderr == ""
    found = [line for line in done.stdout.splitlines() if line.startswith("imported")]
    assert found == [f"imported {line} []" for line in lines]
    assert "loss=hinge" in done.stdout
