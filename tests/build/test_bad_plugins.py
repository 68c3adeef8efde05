"""A plugin may raise, exit, hang, print or clash: only commands that use it fail, and the message names its package."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from gancli import build, registry
from gancli.registry import loading

Install = Callable[..., None]
Gan = Callable[..., Any]

LOSS = """
from gancli import AdversarialLoss

class Bad(AdversarialLoss):
    def discriminator(self, real_logits, fake_logits):
        return (fake_logits - real_logits).mean()
    def generator(self, fake_logits, real_logits=None):
        return -fake_logits.mean()
"""
COUNTING = """
import torch
from torch import nn
from gancli import AdversarialLoss

class Bad(nn.Module, AdversarialLoss):
    def __init__(self):
        super().__init__()
        self.calls = nn.Buffer(torch.zeros(()))
    def discriminator(self, real_logits, fake_logits):
        return (fake_logits - real_logits).mean()
    def generator(self, fake_logits, real_logits=None):
        self.calls += 1
        return {value} - fake_logits.mean()
"""
BAD = {  # its code, and what is said of it
    "absent": ("import no_such_module", "cannot be imported: ModuleNotFoundError: No module named 'no_such_module'"),
    "syntax": ("def (", "cannot be imported: SyntaxError: "),
    "exiting": ("import sys; sys.exit(0)", "cannot be imported: SystemExit: 0"),
    "endless": ("while True: pass", "cannot be imported: ImportTimeout: it was not done after 0.2 s"),
    "stubborn": (
        "while True:\n    try:\n        import time; time.sleep(9)\n    except Exception:\n        pass",
        "cannot be imported: ImportTimeout: it was not done after 0.2 s",
    ),
    "empty": ("", "cannot be imported: AttributeError: module 'gan_empty' has no attribute 'Bad'"),
    "number": ("Bad = 3", ": found 3 at gan_number:Bad; expected the class of a loss"),
    "stranger": ("class Bad: pass", "failed: TypeError: found an instance of Bad, expected one of AdversarialLoss"),
    "unfinished": ("from gancli import AdversarialLoss\nclass Bad(AdversarialLoss): pass", "failed: TypeError: "),
    "unsigned": (f"{LOSS}    def __init__(self, x: 'Y' = 1): pass", ": its signature cannot be read: NameError: "),
    "failing": (f"{LOSS}    def __init__(self): {{}}['nothing']", "failed: KeyError: 'nothing'"),
    "leaving": (f"{LOSS}    def __init__(self): raise SystemExit(0)", "failed: SystemExit: 0"),
}


@pytest.fixture
def recipe(write: Callable[..., Path], points: str) -> Path:
    """A recipe that uses no plugin."""
    return write(points)


@pytest.fixture
def bad(request: pytest.FixtureRequest, install: Install, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of an installed loss that is bad in one of the ways, and that prints."""
    name = str(request.param)
    if name in ("endless", "stubborn"):  # a slow machine may take as long for the others
        monkeypatch.setattr(loading, "IMPORT_SECONDS", 0.2)
    install(f"gan-{name}", "gancli.losses", {name: f"gan_{name}:Bad"}, f"print('noise')\n{BAD[name][0]}")
    return name


def assert_nobody_notices(gan: Gan, recipe: Path, *overrides: str) -> None:
    commands = ["--help"], ["plugin", "list"], ["recipe", "list"], ["recipe", "check", recipe]
    for command in (*commands, ["train", recipe, *overrides, "--out", "fine", "--quiet"]):
        result = gan(*command)
        assert (result.exit_code, result.stderr) == (0, "")


def assert_blamed(result: Any, *messages: str) -> None:
    """Exit code 6, one message on stderr, nothing on stdout, no traceback."""
    assert (result.exit_code, result.stdout) == (6, ""), result.output
    for message in messages:
        assert message in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("bad", BAD, indirect=True)
def test_who_does_not_use_it_does_not_notice(gan: Gan, recipe: Path, bad: str) -> None:
    assert_nobody_notices(gan, recipe)
    assert f"gan_{bad}" not in sys.modules


@pytest.mark.parametrize("bad", BAD, indirect=True)
@pytest.mark.parametrize("command", ["recipe check", "train"])
def test_who_uses_it_is_told_whose_it_is(gan: Gan, recipe: Path, bad: str, command: str) -> None:
    result = gan(*command.split(), recipe, f"loss={bad}")
    assert_blamed(result, f"gan: loss '{bad}' of gan-{bad} 1.0", BAD[bad][1])
    assert not Path("runs").exists()
    assert "noise" not in result.stdout


def test_what_a_plugin_prints_is_no_result(install: Install, gan: Gan, recipe: Path) -> None:
    code = f"print('noise')\n{LOSS}    def __init__(self): print('more noise')"
    install("gan-chatty", "gancli.losses", {"chatty": "gan_chatty:Bad"}, code)
    result = gan("train", recipe, "loss=chatty", "--quiet")
    assert (result.exit_code, result.stdout) == (0, "runs/r\n")
    assert "noise\nmore noise\n" in result.stderr


@pytest.mark.parametrize(
    ("kind", "group", "name", "others"),
    [
        ("loss", "gancli.losses", "hinge", "gancli 0.1.0"),
        ("optimizer", "gancli.optimizers", "rmsprop", f"torch {torch.__version__}"),
    ],
)
def test_nobody_takes_a_built_in_name(
    install: Install, gan: Gan, recipe: Path, kind: str, group: str, name: str, others: str
) -> None:
    install(f"gan-{kind}-thief", group, {name: f"gan_{kind}_thief:Bad"}, LOSS)
    assert_nobody_notices(gan, recipe)
    result = gan("train", recipe, f"{kind}={{name: {name}}}")
    assert_blamed(result, f"two packages provide the {kind} {name!r}: ", others, f"gan-{kind}-thief 1.0")
    assert not Path("runs").exists()
    assert f"gan_{kind}_thief" not in sys.modules


@pytest.mark.parametrize("file", ["METADATA", "entry_points.txt"])
@pytest.mark.parametrize("damage", ["lost", "garbage"])
def test_damaged_metadata_is_of_its_own_package_alone(
    install: Install, gan: Gan, recipe: Path, tmp_path: Path, file: str, damage: str
) -> None:
    install("gan-damaged", "gancli.losses", {"damaged": "gan_damaged:Bad"}, LOSS)
    path = tmp_path / "site/gan_damaged-1.0.dist-info" / file
    if damage == "lost":
        path.unlink()
    else:
        path.write_bytes(b"[gancli.losses]\n\xff\n")
    registry.plugins.cache_clear()
    assert_nobody_notices(gan, recipe)
    listed = {row["name"]: row for row in json.loads(gan("plugin", "list", "--json").stdout)}
    assert "hinge" in listed
    if file == "METADATA":
        about = {"kind": "loss", "name": "damaged", "package": "gan_damaged", "version": "?", "status": "ok"}
        assert listed["damaged"] == about


@pytest.mark.parametrize("value", ["", ".", "no module!", ".relative", "gan_nowhere.recipes"])
def test_recipes_of_nowhere_are_no_recipes(install: Install, gan: Gan, recipe: Path, value: str) -> None:
    install("gan-nowhere", "gancli.recipes", {"nowhere": value})
    assert_nobody_notices(gan, recipe)


def test_a_failing_step_is_blamed(install: Install, gan: Gan, recipe: Path) -> None:
    code = COUNTING.format(value="1 / (4 - int(self.calls))")
    install("gan-late", "gancli.losses", {"late": "gan_late:Bad"}, code)
    result = gan("train", recipe, "loss=late", "--quiet")
    assert_blamed(result, "gan: loss 'late' of gan-late 1.0 failed at step 4: ZeroDivisionError: division by zero")


def test_a_loss_that_is_no_number_is_a_divergence(install: Install, gan: Gan, recipe: Path) -> None:
    code = COUNTING.format(value="float('nan' if self.calls > 3 else 0)")
    install("gan-nan", "gancli.losses", {"nan": "gan_nan:Bad"}, code)
    result = gan("train", recipe, "loss=nan", "--quiet")
    assert (result.exit_code, result.stdout) == (5, "")
    assert "the loss 'generator' is nan" in result.stderr


def test_a_checkpoint_whose_plugin_broke_is_blamed_on_the_plugin(install: Install, gan: Gan, recipe: Path) -> None:
    install("gan-broke", "gancli.losses", {"broke": "gan_broke:Bad"}, LOSS)
    assert gan("train", recipe, "loss=broke", "--quiet").exit_code == 0
    sys.modules["gan_broke"] = None  # type: ignore[assignment]  # which is how Python says that it cannot be imported
    for command in (["sample", "runs/r"], ["train", "--resume", "runs/r", "train.steps=9"]):
        assert_blamed(gan(*command), "gan: loss 'broke' of gan-broke 1.0 cannot be imported: ModuleNotFoundError: ")


FLAT = """
from gancli.architectures import MLP
from torch import nn

class Bad(MLP):
    def generator(self, data, latent_dim, num_classes=0):
        return {network}
"""


@pytest.mark.parametrize(
    ("network", "problem"),
    [
        ("nn.Linear(latent_dim, 5)", "the generator returns samples of shape (2, 2); found shape (2, 5)"),
        ("nn.Linear(latent_dim + 1, 2)", "mat1 and mat2 shapes cannot be multiplied"),
        ("None", "returns a module; found NoneType"),
        ("nn.NoSuchLayer()", "AttributeError: module 'torch.nn' has no attribute 'NoSuchLayer'"),
    ],
)
def test_a_generator_of_wrong_samples_starts_no_run(
    install: Install, gan: Gan, recipe: Path, network: str, problem: str
) -> None:
    install("gan-shape", "gancli.architectures", {"shape": "gan_shape:Bad"}, FLAT.replace("{network}", network))
    result = gan("train", recipe, "architecture={name: shape}", "--quiet")
    assert_blamed(result, "gan: architecture 'shape' of gan-shape 1.0 breaks its contract: ", problem)
    assert not Path("runs").exists()


def test_trying_a_generator_out_changes_no_number(install: Install, load: Callable[..., Any], pictures: str) -> None:
    code = "from gancli.architectures import DCGAN\nclass Same(DCGAN): pass"
    install("gan-same", "gancli.architectures", {"same": "gan_same:Same"}, code)
    ours, ours_rng = build.training(load(pictures)), torch.get_rng_state()
    theirs, theirs_rng = build.training(load(pictures, "architecture.name=same")), torch.get_rng_state()
    assert ours.gan.state_dict().keys() == theirs.gan.state_dict().keys()
    for key, value in ours.gan.state_dict().items():
        assert value.equal(theirs.gan.state_dict()[key]), key
    assert all(module.training for module in theirs.gan.modules())
    assert ours_rng.equal(theirs_rng)
