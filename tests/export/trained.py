"""Checkpoints of tiny networks of every shipped recipe, made without a training."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import nn

from gancli import DataSpec, Source, build, recipe
from gancli.storage.checkpoint import Checkpoint

DIGITS = DataSpec((1, 28, 28), 10, tuple("0123456789"))
COLOURS = DataSpec((3, 32, 32), 3, ("red", "green", "blue"))
PAIRS = DataSpec((1, 28, 28), source=Source((1, 28, 28)))


@dataclass(frozen=True)
class Case:
    """A recipe, data that fit it, and what makes its networks tiny."""

    name: str
    data: DataSpec
    changes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # of its sampler


DCGAN, MLP = ("architecture.width=2", "architecture.discriminator_width=2"), ("architecture.generator_hidden=[8]",)
BIGGAN = (*DCGAN, "architecture.shared_dim=4")
ROOT = "dataset.root=/home/somebody/secret"
CASES = [
    Case("ring", DataSpec((2,)), MLP),
    Case("grid", DataSpec((2,)), MLP),
    Case("theory/figure1", DataSpec((1,)), MLP),
    Case("theory/dirac_minimax", DataSpec((1,))),
    Case("theory/dirac_r1", DataSpec((1,))),
    Case("mnist_gan", DataSpec((1, 28, 28)), MLP),
    Case("paper_mnist", DataSpec((1, 28, 28)), (*MLP, "architecture.generator_activation=maxout")),
    Case("mnist_cgan_mlp", DIGITS, MLP),
    Case("mnist_cgan", DIGITS, DCGAN),
    Case("mnist_dcgan", DataSpec((1, 28, 28)), DCGAN),
    Case("mnist_wgan_gp", DataSpec((1, 28, 28)), DCGAN),
    Case("fashion_cgan", DIGITS, DCGAN),
    Case("fashion_dcgan", DataSpec((1, 28, 28)), DCGAN),
    Case("stacked_mnist", DataSpec((3, 28, 28)), DCGAN),
    Case("photos", DataSpec((3, 32, 32)), (*DCGAN, ROOT)),
    Case("mnist_acgan", DIGITS, DCGAN),
    Case("mnist_relativistic", DIGITS, DCGAN),
    Case("cifar10_r3gan", COLOURS, ("architecture.width=8", "architecture.blocks=1")),
    Case("stacked_mnist_r3gan", DataSpec((3, 28, 28)), ("architecture.width=8", "architecture.blocks=1")),
    Case("fashion_biggan", DIGITS, BIGGAN, ("truncation=0.5", "standing_statistics=2")),
    Case("emoji_biggan", DataSpec((3, 64, 64), 2, ("a", "b")), BIGGAN),
    Case("emoji_stylegan2", DataSpec((3, 32, 32)), (*DCGAN, "architecture.w_dim=8"), ("truncation=0.7",)),
    Case("photos_256", DataSpec((3, 32, 32)), (*DCGAN, "architecture.w_dim=8", ROOT)),
    Case("emoji_quick", DataSpec((3, 32, 32)), DCGAN),
    Case("huggingface_dcgan", COLOURS, DCGAN),
    Case("emoji_dcgan", DataSpec((3, 32, 32)), DCGAN),
    Case("edges2digits", PAIRS, DCGAN),
    Case("edges2fashion", PAIRS, DCGAN),
    Case("edges2emoji", DataSpec((3, 32, 32), source=Source((1, 32, 32))), DCGAN),
    Case(
        "tshirt2pullover", DataSpec((1, 28, 28), source=Source((1, 28, 28), paired=False)), DCGAN, ("direction=BtoA",)
    ),
]


def saved(case: Case, path: Path) -> Path:
    """The checkpoint of a case; its weights are moved away from their start, where some are zero."""
    checked = recipe.load(recipe.locate(Path(case.name).name), case.changes)
    game = build.gan(checked, case.data)
    _moved(game)
    state = game.generator.state_dict()
    tensors = {f"generator.{key}": value for key, value in state.items()}
    tensors |= {
        f"ema.{key}": 0.9 * value if value.is_floating_point() else value.clone() for key, value in state.items()
    }
    tensors |= {f"discriminator.{key}": value for key, value in game.discriminator.state_dict().items()}
    tensors |= {f"model.{key}": value for key, value in game.own_state().items()}
    if not checked.train.ema:
        tensors = {key: value for key, value in tensors.items() if not key.startswith("ema.")}
    path.parent.mkdir(parents=True, exist_ok=True)
    Checkpoint(5, checked.name, checked.values(), case.data, "data", tensors, monitor={"kept": 1}).save(path)
    return path


@torch.no_grad()
def _moved(game: nn.Module) -> None:
    for parameter in game.parameters():
        parameter += 0.3 * torch.randn_like(parameter)
    for name, buffer in game.named_buffers():
        if name.endswith(("running_mean", "running_var")):
            buffer += 0.5 * torch.rand_like(buffer)
