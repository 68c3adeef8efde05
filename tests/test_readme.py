"""Every command of the session in docs/commands.md runs, in order, in one folder; CI tests as the README says."""

import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gancli.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SESSION = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
BLOCK = SESSION.partition("<!-- every line of this block is run by a test -->")[2]
COMMANDS = BLOCK.partition("```sh\n")[2].partition("```")[0].splitlines()


def test_every_command_of_the_session_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) > 10
    for command in COMMANDS:
        program, *arguments = shlex.split(command)
        assert program == "gan"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, f"{command}\n{result.output}\n{result.exception!r}"
    made = {"losses.png", "sevens.npz", "three-to-eight.gif", "digits"}
    assert made <= {path.name for path in tmp_path.iterdir()}


def test_ci_runs_the_test_command_of_the_readme_word_for_word() -> None:
    (line,) = [line for line in README.splitlines() if line.endswith("# the tests")]
    command = line.partition("   #")[0]
    assert command.endswith("&& python -m pytest")
    check = (ROOT / ".ci" / "check").read_text(encoding="utf-8")
    assert check.splitlines().count(command) == 1
    assert "set -euo pipefail" in check


def test_both_commands_are_on_the_first_screen_of_the_readme() -> None:
    screen = "\n".join(README.splitlines()[:20])
    assert "\npip install . && gan train recipes/mnist_cgan.yaml" in screen
    assert "&& python -m pytest" in screen
