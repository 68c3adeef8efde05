"""What is wrong with a package is found in its metadata, in its import, and in its recipes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli import registry
from gancli.testing import packages
from gancli.testing.packages import Package
from gancli.testing.promises import Outcome, outcome

Install = Callable[..., None]
LOSS = """
from gancli import AdversarialLoss

class Mine(AdversarialLoss):
    def discriminator(self, real_logits, fake_logits):
        return {sign}(fake_logits - real_logits).mean()
    def generator(self, fake_logits, real_logits=None):
        return -fake_logits.mean()
"""
FINE = LOSS.format(sign="")


@pytest.fixture
def tried(install: Install, tmp_path: Path) -> Callable[..., Outcome]:
    """``tried(promise, code, name, group, metadata)`` is the outcome for a package gan-mine."""

    def try_package(
        promise: Any,
        code: str = FINE,
        name: str = "mine",
        group: str = "gancli.losses",
        metadata: str = "Requires-Dist: gancli",
    ) -> Outcome:
        install("gan-mine", group, {name: "gan_mine:Mine"}, code)
        path = tmp_path / "site/gan_mine-1.0.dist-info/METADATA"
        path.write_text(f"{path.read_text()}{metadata}\n")
        plugins = tuple(plugin for plugin in registry.installed() if plugin.package == "gan-mine")
        return outcome(promise, Package("gan-mine", plugins))

    return try_package


@pytest.mark.parametrize("promise", packages.PACKAGE[:4], ids=lambda promise: promise.__name__)
def test_one_that_keeps_every_promise_is_fine(tried: Callable[..., Outcome], promise: Any) -> None:
    assert tried(promise).status == "ok"


BROKEN: dict[str, tuple[Any, dict[str, str], str]] = {
    "a group in the singular": (
        packages.registers_in_groups_that_exist,
        {"group": "gancli.loss"},
        "the group 'gancli.loss'; did you mean 'gancli.losses'?",
    ),
    "a name with a space": (packages.has_names_that_a_recipe_can_write, {"name": "my loss"}, "the loss 'my loss'"),
    "a built-in name": (packages.takes_no_name_of_another_package, {"name": "hinge"}, "clashes with gancli"),
    "no dependency": (packages.fits_what_is_installed, {"metadata": ""}, "no dependency on gancli"),
    "another gan": (
        packages.fits_what_is_installed,
        {"metadata": "Requires-Dist: gancli>=99"},
        "it needs gancli>=99, and ",
    ),
    "another Python": (
        packages.fits_what_is_installed,
        {"metadata": "Requires-Dist: gancli\nRequires-Python: >=9"},
        "it needs Python >=9",
    ),
    "what is not there": (
        packages.fits_what_is_installed,
        {"metadata": "Requires-Dist: gancli\nRequires-Dist: no-such-package"},
        "it needs no-such-package, which is not installed; pip install 'no-such-package'",
    ),
    "an import that fails": (
        packages.imports_without_an_error,
        {"code": "import no_such_module"},
        "ModuleNotFoundError: No module named 'no_such_module'",
    ),
    "an import that prints": (packages.imports_without_an_error, {"code": "print('hello')"}, "the output 'hello'"),
    "recipes that were not packed": (
        packages.brings_its_recipes,
        {"group": "gancli.recipes"},
        "no YAML file in the installed package; let the build backend pack them: with setuptools",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_a_package_is_found(tried: Callable[..., Outcome], name: str) -> None:
    promise, what, words = BROKEN[name]
    found = tried(promise, **what)
    assert found.status == "broken"
    assert words in f"{found.found}; {found.mend}"


def test_what_is_slow_to_import_is_named(tried: Callable[..., Outcome], tmp_path: Path) -> None:
    (tmp_path / "site/slow_module.py").write_text("import time\ntime.sleep(0.5)\n")
    found = tried(packages.imports_nothing_slow, code=f"import slow_module\n{FINE}")
    assert found.status == "ok"
    assert found.found.startswith("it imports slow_module (")


def test_the_command_ends_with_6_and_says_what_to_mend(install: Install, gan: Callable[..., Any]) -> None:
    install("gan-wrong", "gancli.losses", {"wrong": "gan_wrong:Mine"}, LOSS.format(sign="-"))
    result = gan("plugin", "check", "gan-wrong")
    assert result.exit_code == 6, result.output
    assert "\nloss wrong of gan-wrong\n" in result.stdout
    assert "  BROKEN  raises real logits above fake ones\n" in result.stdout
    assert "            mend: check the signs" in result.stdout
    assert "2 of 2 broken: the package itself of gan-wrong, loss wrong of gan-wrong" in result.stderr
    assert "Traceback" not in result.stderr
    rows = json.loads(gan("plugin", "check", "GAN_wrong", "--json").stdout)
    broken = {row["check"]: row for row in rows if row["status"] == "broken"}
    assert broken.keys() == {"fits what is installed", "raises real logits above fake ones"}
    assert set(rows[0]) == {"package", "component", "check", "status", "sentence", "found", "mend"}


def test_a_package_that_is_not_there_is_a_mistake_of_the_command(gan: Callable[..., Any]) -> None:
    result = gan("plugin", "check", "gan-acgam")
    assert result.exit_code == 2
    assert "did you mean 'gan-acgan'?" in result.stderr


def test_a_list_that_is_checked_names_what_cannot_be_used(install: Install, gan: Callable[..., Any]) -> None:
    install("gan-absent", "gancli.losses", {"absent": "gan_absent:Gone"}, FINE)
    install("gan-other", "gancli.penalties", {"other": "gan_other:Mine"}, FINE)
    install("gan-typing", "gancli.loses", {"typed": "gan_typing:Mine"}, FINE)
    assert gan("plugin", "list").exit_code == 0
    result = gan("plugin", "list", "--check", "--json")
    assert result.exit_code == 6, result.output
    status = {row["package"]: row["status"] for row in json.loads(result.stdout)}
    assert "has no attribute 'Gone'" in status["gan-absent"]
    assert status["gan-other"] == "found the class Mine, which does not extend Penalty"
    assert status["gan-typing"] == "nobody reads its group 'gancli.loses'; did you mean 'gancli.losses'?"
