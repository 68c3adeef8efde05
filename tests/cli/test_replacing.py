"""What is at the path of ``--out`` is replaced only with ``--force``."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

Gan = Callable[..., Any]
COMMANDS = ["sample", "interpolate", "plot-losses"]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_that_is_there_is_kept(gan: Gan, digits_run: Path, command: str) -> None:
    Path("x.png").write_bytes(b"mine")
    refused = gan(command, digits_run, "--out", "x.png")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "x.png: is there already; --force replaces it, and another --out keeps it" in refused.stderr
    assert Path("x.png").read_bytes() == b"mine"
    done = gan(command, digits_run, "--out", "x.png", "--force")
    assert (done.exit_code, done.stdout) == (0, "x.png\n"), done.stderr
    Image.open("x.png").close()


@pytest.mark.parametrize("command", COMMANDS)
def test_so_is_a_link_that_leads_nowhere(gan: Gan, digits_run: Path, command: str) -> None:
    Path("x.png").symlink_to("nowhere")
    assert gan(command, digits_run, "--out", "x.png").exit_code == 2
    assert Path("x.png").is_symlink()


def test_so_are_numbered_pictures_of_a_folder_and_others_do_not_matter(gan: Gan, digits_run: Path) -> None:
    Path("drawn").mkdir()
    Path("drawn/photo.png").write_bytes(b"mine")
    assert gan("sample", digits_run, "--n", 2, "--out", "drawn").exit_code == 0
    first, second = sorted(Path("drawn").glob("0*.png"))
    first.write_bytes(b"mine")
    refused = gan("sample", digits_run, "--n", 2, "--out", "drawn")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"drawn: has numbered pictures already, {first.name} among them; --force" in refused.stderr
    assert first.read_bytes() == b"mine"
    assert gan("sample", digits_run, "--n", 2, "--out", "drawn", "--force").exit_code == 0
    assert first.read_bytes() != b"mine"
    assert second.exists()
    assert Path("drawn/photo.png").read_bytes() == b"mine"


def test_without_a_path_the_same_command_draws_again(gan: Gan, digits_run: Path) -> None:
    run = Path(shutil.copytree(digits_run, "run"))
    for command in COMMANDS:
        assert gan(command, run).stdout == gan(command, run).stdout != ""
