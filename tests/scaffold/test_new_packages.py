"""A new package of each kind is complete: it trains by its own commands, passes its own test, and is in good style."""

import ast
import runpy
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancli.scaffold.kinds import KINDS
from gancli.storage import checkpoint

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "pyproject.toml"
MOST_LINES = 30
Packages = dict[str, Path]


def module_of(package: Path) -> Path:
    (module,) = package.glob("gan_*/__init__.py")
    return module


def run(*command: str | Path, cwd: Path) -> None:
    done = subprocess.run([sys.executable, "-m", *map(str, command)], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_it_trains_resumes_and_draws(installed: Any, gan: Callable[..., Any], kind: str) -> None:
    installed(kind)
    small = "train.batch_size=16", "device=cpu"
    result = gan("train", f"my_{kind}", "train.steps=4", *small, "--quiet")
    assert (result.exit_code, result.stdout) == (0, f"runs/my_{kind}\n"), result.stderr
    assert gan("train", "--resume", f"runs/my_{kind}", "train.steps=6", "--quiet").exit_code == 0
    assert gan("sample", f"runs/my_{kind}", "--n", 4, "--out", "x.png").exit_code == 0
    saved = checkpoint.newest(Path(f"runs/my_{kind}"))
    used = {} if kind in ("extractor", "logger") else {f"gan-my-{kind}": "0.1.0"}
    assert (saved.step, saved.plugins) == (6, used)


@pytest.mark.parametrize("kind", KINDS)
def test_the_recipe_uses_it_and_says_what_it_is(installed: Any, gan: Callable[..., Any], kind: str) -> None:
    installed(kind)
    listed = gan("recipe", "list").stdout
    assert f"my_{kind}" in listed
    checked = gan("recipe", "check", f"my_{kind}")
    assert checked.exit_code == 0, checked.stderr
    assert (f"my-{kind}" in checked.stdout) == (kind != "extractor")


@pytest.mark.parametrize(
    ("kind", "formula"),
    [("loss", "E[ℓ(D(x))] + E[ℓ(−D(G(z)))]"), ("penalty", "λ E[max(0, ‖∇D(x̂)‖ − 1)²]"), ("regulariser", "λ / (E[")],
)
def test_its_formula_is_explained(installed: Any, gan: Callable[..., Any], kind: str, formula: str) -> None:
    installed(kind)
    for result in (gan("plugin", "show", f"my-{kind}"), gan("explain", f"my_{kind}")):
        assert formula in result.stdout, result.stderr
        assert "no formula" not in result.stdout


def test_an_extractor_evaluates_the_run_of_its_recipe(installed: Any, gan: Callable[..., Any]) -> None:
    installed("extractor")
    run = gan("train", "my_extractor", "train.steps=2", "device=cpu", "--quiet").stdout.strip()
    result = gan("evaluate", run, "--extractor", "my-extractor", "--n", 100, "--seeds", 1)
    assert result.exit_code == 0, result.stderr
    assert "my-extractor@sha256:" in result.output


@pytest.mark.parametrize("kind", KINDS)
def test_its_module_is_short_and_names_its_paper(new_packages: Packages, kind: str) -> None:
    text = module_of(new_packages[kind]).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    assert "https://" in (ast.get_docstring(ast.parse(text)) or "")
    readme = (new_packages[kind] / "README.md").read_text(encoding="utf-8")
    assert f"pip install .\ngan train my_{kind}\n" in readme


def test_ruff_finds_nothing(new_packages: Packages) -> None:
    folder = new_packages["loss"].parent
    run("ruff", "check", "--no-cache", "--config", CONFIG, "--extend-per-file-ignores", "**/tests/*:D", ".", cwd=folder)
    run("ruff", "format", "--no-cache", "--config", CONFIG, "--check", ".", cwd=folder)


@pytest.mark.full
def test_mypy_finds_nothing(new_packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In minutes: it reads torch."""
    monkeypatch.setenv("MYPYPATH", str(ROOT))
    modules = [module_of(package).parent for package in new_packages.values()]
    run("mypy", "--config-file", CONFIG, "--cache-dir", tmp_path / "cache", *modules, cwd=tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_its_wheel_holds_the_module_and_the_recipe(
    new_packages: Packages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """As pip has it made, by the backend that the package names."""
    project = tomllib.loads((new_packages[kind] / "pyproject.toml").read_text(encoding="utf-8"))
    backend = pytest.importorskip(
        project["build-system"]["build-backend"], reason="hatchling is not here: pip install -e '.[dev]'"
    )
    monkeypatch.chdir(new_packages[kind])
    names = zipfile.ZipFile(tmp_path / backend.build_wheel(str(tmp_path))).namelist()
    module = f"gan_my_{kind}"
    files = {"__init__.py", "py.typed", f"recipes/my_{kind}.yaml"}
    assert {f"{module}/{file}" for file in files} == {name for name in names if name.startswith(f"{module}/")}
    assert any(name.endswith("licenses/LICENSE") for name in names)


@pytest.mark.parametrize("kind", KINDS)
def test_it_keeps_every_promise_of_its_kind(new_packages: Packages, installed: Any, kind: str) -> None:
    """The one line of its own test, in this process; CI has pytest run it where the package is installed."""
    installed(kind)
    test = new_packages[kind] / "tests" / f"test_my_{kind}.py"
    assert f"    check_{kind}(My{kind.capitalize()})" in test.read_text(encoding="utf-8").splitlines()
    runpy.run_path(str(test))[f"test_my_{kind}"]()
