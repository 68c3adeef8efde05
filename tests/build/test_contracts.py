"""A component that breaks its contract is named before there is a run, with the sentence that it breaks."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancli.registry import loading

IMPORTS = """
import numpy as np
import torch
from torch import nn
from gancli import *
from gancli import models
from gancli.architectures import MLP
from gancli.models import VanillaGAN, ConditionalGAN
"""
LOSS = """
class Bad(AdversarialLoss):
    def discriminator(self, real_logits, fake_logits):
        return {discriminator}
    def generator(self, fake_logits, real_logits=None):
        return {generator}
"""
HINGE = {"discriminator": "(fake_logits - real_logits).mean()", "generator": "-fake_logits.mean()"}
PENALTY = """
class Bad(Penalty):
    def __call__(self, critic, real, fake):
        return {penalty}
"""
REGULARISER = """
class Bad(Regulariser):
    def forward(self, generator, z, y):
        return {term}
"""
KEEPING = """
class Bad(Regulariser):
    def __init__(self):
        super().__init__()
        self.mean = 1.0
    def forward(self, generator, z, y):
        self.mean += 0.5
        return self.mean * generator(z).square().mean()
"""
AUGMENTATION = """
class Bad(Augmentation):
    def forward(self, x):
        return {x}
"""
NETWORKS = """
class Bad(Architecture):
    def generator(self, data, latent_dim, num_classes=0):
        return {generator}
    def discriminator(self, data, num_classes=0, outputs=1):
        return {discriminator}

class Centred(nn.Module):
    def forward(self, x):
        return x - x.mean(0) + x.std(0)

class Hidden(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.first, self.layers = nn.Linear(layer.in_features, layer.in_features), [layer]
    def forward(self, x):
        return self.layers[0](self.first(x))
"""
FINE = {
    "generator": "nn.Linear(latent_dim, *data.shape)",
    "discriminator": "nn.Sequential(nn.Linear(*data.shape, 1), nn.Flatten(0))",
}
GENERATOR_LOSSES = """
class Bad(VanillaGAN):
    def generator_losses(self, batch):
        return {}
"""
SAMPLER = """
class Bad(VanillaGAN):
    def sampler(self, generator, *, scale: float = 0.5):
        for parameter in generator.parameters():
            parameter.data.mul_(scale)
        return lambda inputs: self.generate(generator, inputs)
"""
WITH_ENCODER = """
class Bad(VanillaGAN):
    def make_generator(self, architecture):
        self.encoder = {}
        return super().make_generator(architecture)
"""
DATASET = """
class Bad(Dataset):
    def __init__(self):
        self.spec = DataSpec({shape}, {classes}, tuple("abc"[:{classes}]))
        {fingerprint}
    def __len__(self):
        return {n}
    def gather(self, indices, rng):
        x = torch.linspace(-1, 1, len(indices) * 4).reshape(len(indices), 1, 2, 2)
        y = indices % 3
        return {batch}
"""
IMAGES = {"shape": "(1, 2, 2)", "classes": "0", "n": "9", "fingerprint": "self.fingerprint = 'x'", "batch": "(x,)"}

OPTIMIZER = """
class Bad(torch.optim.Optimizer):
    def __init__(self, params, lr: float = 0.1):
        super().__init__(params, dict(lr=lr))
    def step(self, closure=None):
        {step}
"""
SCALAR = "returns a scalar tensor; found "
BROKEN: dict[str, tuple[str, str, str]] = {
    # the kind; its code; what is said of it after its name
    "a loss of wrong arity": (
        "loss",
        LOSS.format(**HINGE).replace(", fake_logits)", ")"),
        "its discriminator() takes (real_logits), expected (real_logits, fake_logits)",
    ),
    "a loss that is not averaged": (
        "loss",
        LOSS.format(**HINGE | {"discriminator": "fake_logits - real_logits"}),
        f"discriminator(real_logits, fake_logits) {SCALAR}a tensor of shape (2,); take its mean",
    ),
    "a loss that is a float": (
        "loss",
        LOSS.format(**HINGE | {"generator": "fake_logits.mean().item()"}),
        f"generator(fake_logits, real_logits) {SCALAR}float",
    ),
    "a loss without a gradient": (
        "loss",
        LOSS.format(**HINGE | {"generator": "fake_logits.detach().mean()"}),
        f"generator(fake_logits, real_logits) {SCALAR}a tensor without a gradient",
    ),
    "a loss that is no number": (
        "loss",
        LOSS.format(**HINGE | {"discriminator": "(real_logits.mean() - 9e9).log()"}),
        f"discriminator(real_logits, fake_logits) {SCALAR}nan for finite values, in the first step",
    ),
    "a loss that changes the logits": (
        "loss",
        LOSS.format(**HINGE | {"discriminator": "real_logits.detach().mul_(0).sum() + fake_logits.mean()"}),
        "does not change in place what it is given; found a changed tensor of shape (2,)",
    ),
    "a loss that fails": (
        "loss",
        LOSS.format(**HINGE | {"discriminator": "undefined"}),
        f"discriminator(real_logits, fake_logits) {SCALAR}NameError: name 'undefined' is not defined",
    ),
    "a loss with an option of no type": (
        "loss",
        LOSS.format(**HINGE) + "    def __init__(self, gamma=1.0): pass",
        "every option has an annotation; found 'gamma' without one, say gamma: float = 1.0",
    ),
    "a penalty of wrong arity": (
        "penalty",
        "class Bad(Penalty):\n    def __call__(self, critic, real): ...",
        "its __call__() takes (critic, real), expected (critic, real, fake)",
    ),
    "a penalty that is not averaged": (
        "penalty",
        PENALTY.format(penalty="critic(real)"),
        f"(critic, real, fake) {SCALAR}a tensor of shape (2,)",
    ),
    "a penalty that is a float": ("penalty", PENALTY.format(penalty="0.0"), f"(critic, real, fake) {SCALAR}float"),
    "a penalty that changes the images": (
        "penalty",
        PENALTY.format(penalty="critic(real.detach().add_(1)).mean()"),
        "does not change in place what it is given",
    ),
    "a regulariser that is not averaged": (
        "regulariser",
        REGULARISER.format(term="generator(z)"),
        f"forward(generator, z, y) {SCALAR}a tensor of shape (2, 2)",
    ),
    "a regulariser that keeps a number to itself": (
        "regulariser",
        KEEPING,
        "found two models with the same state_dict whose loss 'bad' differs; keep layers in a ModuleList, and numbers",
    ),
    "a regulariser that is nothing": ("regulariser", REGULARISER.format(term="None"), f"{SCALAR}NoneType"),
    "an augmentation of another shape": (
        "augmentation",
        AUGMENTATION.format(x="x[:, :1]"),
        "samples of the shape and type of x; found float32 of shape (2, 1) for float32 of shape (2, 2)",
    ),
    "an augmentation of another type": ("augmentation", AUGMENTATION.format(x="x.double()"), "found float64 of shape"),
    "an augmentation without a gradient": (
        "augmentation",
        AUGMENTATION.format(x="x.detach()"),
        "samples that the generator gets no gradient through",
    ),
    "an augmentation with gradients of zero": (
        "augmentation",
        AUGMENTATION.format(x="x.round()"),
        "samples that the generator gets no gradient through",
    ),
    "an augmentation that changes the images": (
        "augmentation",
        AUGMENTATION.format(x="x.detach().add_(1) * 0 + x"),
        "does not change in place what it is given",
    ),
    "an architecture without outputs": (
        "architecture",
        NETWORKS.format(**FINE).replace(", outputs=1", ""),
        "its discriminator() takes (data, num_classes), expected (data, num_classes=0, outputs=1)",
    ),
    "an architecture that returns no network": (
        "architecture",
        NETWORKS.format(**FINE | {"generator": "lambda z: z"}),
        "generator(data, latent_dim, num_classes) returns a module; found function",
    ),
    "logits (N, 1)": (
        "architecture",
        NETWORKS.format(**FINE | {"discriminator": "nn.Linear(*data.shape, 1)"}),
        "a discriminator returns logits of shape (N,), (N, outputs) or, for patches, (N, 1, h, w); "
        "found shape (4, 1) for N = 4; end with squeeze(1)",
    ),
    "a layer that looks across the batch": (
        "architecture",
        NETWORKS.format(
            **FINE | {"discriminator": "nn.Sequential(Centred(), nn.Linear(*data.shape, 1), nn.Flatten(0))"}
        ),
        "says mixes_batch = True; found logits that depend on the other samples of the batch",
    ),
    "samples of another shape": (
        "architecture",
        NETWORKS.format(**FINE | {"generator": "nn.Linear(latent_dim, 5)"}),
        "the generator returns samples of shape (2, 2); found shape (2, 5)",
    ),
    "a layer in a list": (
        "architecture",
        NETWORKS.format(**FINE | {"generator": "Hidden(nn.Linear(latent_dim, *data.shape))"}),
        "is a parameter or a buffer; found two networks with the same state_dict that differ",
    ),
    "a layer of the discriminator in a list": (
        "architecture",
        NETWORKS.format(**FINE | {"discriminator": "nn.Sequential(Hidden(nn.Linear(*data.shape, 1)), nn.Flatten(0))"}),
        "found two models with the same state_dict whose loss 'discriminator' differs; keep layers in a ModuleList",
    ),
    "a model that returns a tensor": (
        "model",
        GENERATOR_LOSSES.format("self.generator.network[0].weight.sum()"),
        "generator_losses(batch) returns a dict of names and scalar tensors; found Tensor",
    ),
    "a model that returns losses that are not averaged": (
        "model",
        GENERATOR_LOSSES.format("{'g': self._critic(self.sample_fakes(2))}"),
        "found g: a tensor of shape (2,)",
    ),
    "a model without its base's constructor": (
        "model",
        "class Bad(VanillaGAN):\n    def __init__(self, **game): nn.Module.__init__(self)",
        "a model's constructor calls super().__init__(**game)",
    ),
    "a third network": (
        "model",
        WITH_ENCODER.format("nn.Linear(2, 2)"),
        "every parameter belongs to a player, or is frozen; "
        "found 'encoder.weight' in neither self.generator nor self.discriminator",
    ),
    "two losses of one name": (
        "model",
        GENERATOR_LOSSES.format("{'discriminator': self._critic(self.sample_fakes(2)).mean()}"),
        "every loss and every record has its own name; found 'discriminator' more than once",
    ),
    "a record with the name of a loss": (
        "model",
        GENERATOR_LOSSES.format("self.record('discriminator', torch.ones(())) or super().generator_losses(batch)"),
        "every loss and every record has its own name; found 'discriminator' more than once",
    ),
    "a sampler that changes the generator": (
        "model",
        SAMPLER,
        "sampling changes no parameter and no buffer; found a changed 'generator.",
    ),
    "a model that translates something else": (
        "model",
        "class Bad(VanillaGAN):\n    translates = 'paired'",
        "translates is '', 'pairs' or 'domains'; found 'paired'",
    ),
    "a model that changes the images": (
        "model",
        GENERATOR_LOSSES.format("batch[0].add_(1) is not None and super().generator_losses(batch)"),
        "does not change in place what it is given",
    ),
    "a loss of the other player": (
        "model",
        GENERATOR_LOSSES.format("{'g': self._critic(batch[0]).mean()}"),
        "the losses of the generator depend on its parameters, and can be differentiated; found no gradient",
    ),
    "an optimizer that is none": (
        "optimizer",
        "class Bad:\n    def __init__(self, params): ...",
        "found an instance of Bad, expected one of Optimizer",
    ),
    "an optimizer that fails": (
        "optimizer",
        OPTIMIZER.format(step="undefined"),
        "to finite values; found NameError: name 'undefined' is not defined",
    ),
    "an optimizer that does nothing": (
        "optimizer",
        OPTIMIZER.format(step="pass"),
        "found parameters that did not move",
    ),
    "an optimizer that spoils": (
        "optimizer",
        OPTIMIZER.format(step="self.param_groups[0]['params'][0].data.fill_(float('nan'))"),
        "found parameters that are not finite",
    ),
    "modes in a list": (
        "dataset",
        DATASET.format(**IMAGES | {"fingerprint": "self.fingerprint, self.modes = 'x', [(0.0, 1.0)]"}),
        "modes is a tensor of shape (M, D), or None; found list",
    ),
    "a dataset without a fingerprint": (
        "dataset",
        DATASET.format(**IMAGES | {"fingerprint": "pass"}),
        "a dataset sets self.fingerprint, a text that is equal exactly when the examples are; found None",
    ),
    "an empty dataset": ("dataset", DATASET.format(**IMAGES | {"n": "0"}), "a dataset has examples; found 0"),
    "a bare tensor": ("dataset", DATASET.format(**IMAGES | {"batch": "x"}), "found Tensor; return a tuple"),
    "arrays of numpy": (
        "dataset",
        DATASET.format(**IMAGES | {"batch": "(x.numpy(),)"}),
        "found ndarray; return tensors",
    ),
    "images as bytes": (
        "dataset",
        DATASET.format(**IMAGES | {"batch": "(x.byte(),)"}),
        "x of type uint8, expected float32, in [-1, 1]",
    ),
    "doubles": (
        "dataset",
        DATASET.format(**IMAGES | {"batch": "(x.double(),)"}),
        "x of type float64, expected float32",
    ),
    "images from 0 to 255": (
        "dataset",
        DATASET.format(**IMAGES | {"batch": "(x * 127.5 + 127.5,)"}),
        "x from 0 to 255, expected images in [-1, 1]",
    ),
    "images of another shape": (
        "dataset",
        DATASET.format(**IMAGES | {"batch": "(x.flatten(1),)"}),
        "x of shape (9, 4), expected (9, 1, 2, 2)",
    ),
    "a label too many": (
        "dataset",
        DATASET.format(**IMAGES | {"classes": "2", "batch": "(x, y)"}),
        "the label 2, and spec.num_classes is 2: labels are 0 to 1",
    ),
    "labels that are missing": (
        "dataset",
        DATASET.format(**IMAGES | {"classes": "3"}),
        "found a tuple of 1, expected 2",
    ),
    "labels as floats": (
        "dataset",
        DATASET.format(**IMAGES | {"classes": "3", "batch": "(x, y.float())"}),
        "labels of type float32 and shape (9,), expected int64 of shape (9,)",
    ),
    "examples that change": (
        "dataset",
        DATASET.format(**IMAGES | {"batch": "(x * torch.rand(1),)"}),
        "other examples at a second call; draw random numbers from rng alone",
    ),
}
NAMED = {  # how a recipe names a component of each kind
    "penalty": "penalties=[bad]",
    "regulariser": "regularisers=[bad]",
    "architecture": "architecture={name: bad}",
    "dataset": "dataset={name: bad}",
    "optimizer": "optimizer={name: bad}",
}
GROUPS = {"loss": "losses", "penalty": "penalties"}


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Every test imports its plugins anew."""
    before = set(sys.modules)
    yield
    for module in [name for name in sys.modules if name not in before and name.startswith("gan_")]:
        del sys.modules[module]
    loading._loaded.clear()


@pytest.fixture
def using(install: Callable[..., None]) -> Callable[..., str]:
    """``using("loss", code)`` installs the component ``bad``, and is the override that names it in a recipe."""

    def installed(kind: str, code: str) -> str:
        install("gan-bad", f"gancli.{GROUPS.get(kind, f'{kind}s')}", {"bad": "gan_bad:Bad"}, IMPORTS + code)
        return NAMED.get(kind, f"{kind}=bad")

    return installed


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_named_before_there_is_a_run(
    gan: Any, using: Any, write: Callable[..., Path], points: str, name: str
) -> None:
    kind, code, problem = BROKEN[name]
    result = gan("train", write(points), using(kind, code))
    assert (result.exit_code, result.stdout) == (6, ""), result.output
    assert result.stderr.startswith(f"gan: {kind} 'bad' of gan-bad 1.0 "), result.stderr
    assert problem in result.stderr
    assert "Traceback" not in result.stderr
    assert not Path("runs").exists()


@pytest.mark.parametrize("name", ["a third network", "an optimizer that fails", "an empty dataset"])
@pytest.mark.parametrize("command", ["recipe check", "train --dry-run"])
def test_a_check_and_a_dry_run_name_it_too(
    gan: Any, using: Any, write: Callable[..., Path], points: str, name: str, command: str
) -> None:
    kind, code, problem = BROKEN[name]
    result = gan(*command.split(), write(points), using(kind, code))
    assert (result.exit_code, result.stdout) == (6, ""), result.output
    assert problem in result.stderr


FAR = """
class Far(nn.Linear):
    def reset_parameters(self):
        nn.init.normal_(self.weight, std=50)
        nn.init.zeros_(self.bias)
"""
IMAGE_NETWORKS = {
    "generator": "nn.Sequential(Far(latent_dim, 784), nn.Unflatten(1, data.shape))",
    "discriminator": "nn.Sequential(nn.Flatten(), nn.Linear(784, 1), nn.Flatten(0))",
}


def test_images_are_bounded(gan: Any, using: Any, write: Callable[..., Path], digits: str) -> None:
    words = using("architecture", FAR + NETWORKS.format(**IMAGE_NETWORKS))
    result = gan("train", write(digits), words, "model=gan", "--dry-run")
    assert result.exit_code == 6, result.output
    assert "in [-1, 1]; found -" in result.stderr
    assert "end with tanh, or clamp in evaluation mode" in result.stderr


FINE_ONES = {
    "loss": LOSS.format(**HINGE),
    "penalty": PENALTY.format(penalty="critic(real).square().mean()"),
    "regulariser": REGULARISER.format(term="generator(z).square().mean()"),
    "augmentation": AUGMENTATION.format(x="x + torch.randn_like(x)"),
    "architecture": NETWORKS.format(**FINE),
    "model": GENERATOR_LOSSES.format("super().generator_losses(batch)"),
    "frozen": WITH_ENCODER.format("nn.Linear(2, 2).requires_grad_(False)"),
}


@pytest.mark.parametrize("name", FINE_ONES)
def test_one_that_keeps_its_contract_trains(
    gan: Any, using: Any, write: Callable[..., Path], points: str, name: str
) -> None:
    kind = "model" if name == "frozen" else name
    result = gan("train", write(points), using(kind, FINE_ONES[name]), "--quiet")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "runs/r\n", "")


IGNORING = """
class Bad(VanillaGAN):
    def {player}_losses(self, batch):
        return dict([next(iter(super().{player}_losses(batch).items()))])
"""


@pytest.mark.parametrize(
    ("player", "term", "words"),
    [
        ("discriminator", "penalties=[r1]", "this model does not use the penalty 'r1'; leave it out"),
        (
            "generator",
            "regularisers=[long]",
            "this model does not use the regulariser 'long'; leave it out",
        ),
    ],
)
def test_a_model_that_ignores_what_the_recipe_names_is_refused(
    gan: Any, using: Any, install: Any, write: Callable[..., Path], points: str, player: str, term: str, words: str
) -> None:
    code = IMPORTS + FINE_ONES["regulariser"]
    install("gan-long", "gancli.regularisers", {"long": "gan_long:Bad"}, code)
    result = gan("train", write(points), using("model", IGNORING.format(player=player)), term, "--dry-run")
    assert result.exit_code == 2, result.output
    assert words in result.stderr


def test_an_architecture_is_blamed_for_its_own_error_under_a_third_partys_model(
    gan: Any, using: Any, install: Callable[..., None], write: Callable[..., Path], digits: str
) -> None:
    code = "from gancli.models import VanillaGAN\nclass Game(VanillaGAN): ..."
    install("gan-game", "gancli.models", {"game": "gan_game:Game"}, code)
    code = FAR + NETWORKS.format(**IMAGE_NETWORKS | {"discriminator": "undefined"})
    result = gan("train", write(digits), "model=game", using("architecture", code), "--dry-run")
    assert result.exit_code == 6, result.output
    assert result.stderr.startswith("gan: architecture 'bad' of gan-bad 1.0 ")
