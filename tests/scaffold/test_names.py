"""The names of a new package follow from one, which must be free; a folder that exists is left as it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.errors import UsageError
from gancli.scaffold.names import choose
from gancli.scaffold.package import write
from tests.cli.test_startup import HEAVY, imported, run
from tests.registry.scaled import Install

Gan = Callable[..., Any]


@pytest.mark.parametrize("written", ["soft-hinge", "gan-soft-hinge", "Soft_Hinge", "GAN.soft--hinge"])
def test_all_names_follow_from_one(written: str) -> None:
    names = choose(written, "loss")
    assert (names.component, names.package, names.module) == ("soft-hinge", "gan-soft-hinge", "gan_soft_hinge")
    assert (names.class_name, names.recipe) == ("SoftHinge", "soft_hinge")


@pytest.mark.parametrize(
    ("name", "kind", "problem"),
    [
        (" ", "loss", "expected at most 40 letters, digits and '-', a letter first"),
        ("-x", "loss", "expected at most 40 letters"),
        ("x-", "loss", "expected at most 40 letters"),
        ("3d", "loss", "expected at most 40 letters"),
        ("../x", "loss", "expected at most 40 letters"),
        ("ünï", "loss", "expected at most 40 letters"),
        ("x" * 41, "loss", "expected at most 40 letters"),
        ("gan-3d", "loss", "expected a letter after 'gan-', as in gan-soft-hinge"),
        ("class", "loss", "it is a word of Python itself; choose another name, such as class-2"),
        ("none", "augmentation", "it is a word of Python itself"),
        ("generator", "penalty", "it is the name of a player"),
        ("hinge", "loss", "there is a loss of this name, which is built in"),
        ("gan-hinge", "loss", "there is a loss of this name, which is built in"),
        ("ring", "loss", "there is a recipe 'ring' ('gan recipe list')"),
        ("mnist-cgan", "model", "there is a recipe 'mnist_cgan'"),
        ("penalty", "penalty", "its class would be called Penalty, as something that its module imports"),
        ("tensor", "loss", "its class would be called Tensor"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused(gan: Gan, name: str, kind: str, problem: str) -> None:
    result = gan("plugin", "new", "--kind", kind, "--", name)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"gan: found the name {name!r}; " in result.stderr
    assert problem in result.stderr
    assert list(Path().iterdir()) == []


def test_a_name_of_an_installed_component_is_refused(install: Install, gan: Gan) -> None:
    install("gan-other", "gancli.losses", {"taken": "gan_other:X"}, "raise RuntimeError('imported')")
    result = gan("plugin", "new", "taken", "--kind", "loss")
    assert result.exit_code == 2
    assert "there is a loss of this name, which gan-other 1.0 has installed; choose another name" in result.stderr
    result = gan("plugin", "new", "other", "--kind", "penalty")  # which would replace the package
    assert result.exit_code == 2
    assert "the package gan-other 1.0 is installed; choose another name, such as other-2" in result.stderr
    assert gan("plugin", "new", "taken", "--kind", "penalty").exit_code == 0


def test_it_says_what_it_made_and_what_to_type_next(gan: Gan) -> None:
    result = gan("plugin", "new", "soft-hinge", "--kind", "loss")
    assert (result.exit_code, result.stdout) == (0, "soft-hinge\n")
    *files, install, train = result.stderr.splitlines()
    assert (install, train) == ("  pip install ./soft-hinge", "  gan train soft_hinge")
    made = {path.relative_to("soft-hinge").as_posix() for path in Path("soft-hinge").rglob("*") if path.is_file()}
    assert {file.strip() for file in files} - {"next:"} == made
    result = gan("plugin", "new", "faces", "--kind", "extractor", "--out", "a b/c")
    assert result.stdout == "a b/c\n"
    assert "  pip install './a b/c'\n  gan train faces\n" in result.stderr
    assert "  gan evaluate runs/faces --extractor faces\n" in result.stderr


@pytest.mark.parametrize("what", ["a folder", "an empty folder", "a file", "a broken link"])
def test_what_exists_is_left_as_it_is(gan: Gan, what: str) -> None:
    place = Path("mine")
    if "folder" in what:
        place.mkdir()
    if what == "a folder":
        (place / "pyproject.toml").write_text("mine")
    if what == "a file":
        place.write_text("mine")
    if what == "a broken link":
        place.symlink_to("nowhere")
    before = [path.name for path in place.iterdir()] if place.is_dir() else place.is_symlink() or place.read_text()
    result = gan("plugin", "new", "mine", "--kind", "loss")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "mine: exists, and nothing in it is overwritten; name another with --out DIR" in result.stderr
    assert before == (
        [path.name for path in place.iterdir()] if place.is_dir() else place.is_symlink() or place.read_text()
    )


def test_a_disk_that_fails_leaves_no_half_of_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, text: str, **options: Any) -> int:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", fail)
    with pytest.raises(OSError, match="No space left"):
        write("mine", "loss")
    assert not Path("mine").exists()


def test_an_unknown_kind_is_answered_with_those_there_are(gan: Gan) -> None:
    result = gan("plugin", "new", "mine", "--kind", "optimiser")
    assert result.exit_code == 2
    assert "'regulariser'" in result.stderr


def test_a_refused_name_is_a_users_mistake() -> None:
    with pytest.raises(UsageError):
        choose("hinge", "loss")


def test_it_imports_nothing_heavy() -> None:
    assert imported(run("plugin new --help", "plugin new mine --kind loss"), HEAVY) == {}
