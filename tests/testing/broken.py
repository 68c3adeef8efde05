"""Components that each break one promise, and what is said of them."""

import os
from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from gancli import (
    AdversarialLoss,
    Architecture,
    Augmentation,
    Batch,
    Critic,
    Dataset,
    DataSpec,
    Losses,
    Penalty,
    Regulariser,
    VanillaGAN,
    squared_gradient_norm,
)
from gancli.architectures import MLP
from gancli.extractors import Extractor, as_pictures
from gancli.extractors.random_features import fit
from gancli.regularisers import PathLength


class Logistic(AdversarialLoss):
    """A loss that keeps every promise."""

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(-real_logits).mean() + softplus(fake_logits).mean()

    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return softplus(-fake_logits).mean()


class Summed(Logistic):
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(-real_logits).sum() + softplus(fake_logits).sum()


class Elementwise(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return softplus(-fake_logits)


class OverPatches(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return softplus(-fake_logits.reshape(len(fake_logits), -1).sum(1)).mean()


class Exponential(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return (1 + (-fake_logits).exp()).log().mean()


class Swapped(Logistic):
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return super().discriminator(fake_logits, real_logits)


class Helping(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return softplus(fake_logits).mean()


class OneSided(Logistic):
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(-real_logits).mean() + softplus(fake_logits.detach()).mean()


class Relative(Logistic):
    """It compares samples with the mean of a minibatch, and is another loss for half of one."""

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        return softplus(fake_logits.mean() - real_logits).mean() + softplus(fake_logits - real_logits.mean()).mean()


class RelativeAndKnown(Relative):
    mixes_batch = True


class InSecret(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        assert real_logits is not None
        return softplus(real_logits - fake_logits).mean()


class OnTheCPU(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        return softplus(-fake_logits * torch.ones(fake_logits.shape)).mean()


class Remembering(Logistic):
    def __init__(self) -> None:
        self.level = 0.0

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        self.level = 0.9 * self.level + 0.1 * real_logits.mean().item()
        return super().discriminator(real_logits, fake_logits) * (1 + self.level**2)


class Named(Logistic):
    def __init__(self, *, name: str = "x") -> None:
        self.name = name


class Unwritable(Logistic):
    def __init__(self, *, at: float | None = np.pi, device: torch.device = torch.device("cpu")) -> None:  # noqa: B008
        self.at = at


class OneSize(Logistic):
    def generator(self, fake_logits: Tensor, real_logits: Tensor | None = None) -> Tensor:
        self.ones = getattr(self, "ones", torch.ones_like(fake_logits))
        return softplus(-fake_logits * self.ones).mean()


class NoLoss:
    """It only looks like a loss."""


class PerMap(Penalty):
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        x = real.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
        return gradient.flatten(1).square().sum(1).mean()


class RootOfTheMean(Penalty):
    """A norm over the minibatch, which is another one over half of it."""

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        return (squared_gradient_norm(critic, real).mean() + 1e-6).sqrt()


class SquaredMean(Penalty):
    """A drift term of the mean logit, with a weight so small that it hardly shows beside rounding errors."""

    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        return 1e-5 * critic(real).mean().square()


class WholeBatch(Penalty):
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        x = real.detach().requires_grad_()
        logits = critic(x)
        (gradient,) = torch.autograd.grad(logits.reshape(len(x), -1).mean(1).sum(), x, create_graph=True)
        return gradient.square().sum()


class Steep(Penalty):
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        x = real.detach().requires_grad_()
        logits = critic(x).reshape(len(x), -1).mean(1)
        (gradient,) = torch.autograd.grad(logits.sum(), x, create_graph=True)
        return (gradient.flatten(1).norm(dim=1) ** 0.5).mean()


class Constant(Penalty):
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        x = real.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(critic(x).reshape(len(x), -1).mean(1).sum(), x)
        return (gradient * x).sum(1).mean()


class FromNumpy(Penalty):
    def __call__(self, critic: Critic, real: Tensor, fake: Tensor) -> Tensor:
        return float(np.random.rand()) * critic(real).square().mean()


class Evaluating(Regulariser):
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        generator.eval()
        return (generator(z) if y is None else generator(z, y)).square().mean()


class PathLengthUnsaid(PathLength):
    """It moves the mean of the lengths of a minibatch, and does not say so."""

    mixes_batch = False

    def __init__(self) -> None:
        super().__init__(weight=1e-4)


class OfItsProcess(Regulariser):
    """Its random numbers come from a generator that is seeded by the number of the process."""

    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        rng = torch.Generator().manual_seed(int(os.environ.get("RANK", "0")))
        weight = torch.rand((), generator=rng)
        return weight * (generator(z) if y is None else generator(z, y)).float().square().mean()


class WithoutClasses(Regulariser):
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        return generator(z).square().mean()


class Detached(Regulariser):
    def forward(self, generator: nn.Module, z: Tensor, y: Tensor | None) -> Tensor:
        z = z.requires_grad_()
        return z.square().mean() + (generator(z) if y is None else generator(z, y)).detach().mean()


class Mixing(Augmentation):
    def forward(self, x: Tensor) -> Tensor:
        return 0.9 * x + 0.1 * x.roll(1, 0)


class Doubled(Augmentation):
    def forward(self, x: Tensor) -> Tensor:
        return x.float() + torch.randn(x.shape, device=x.device)


class Rounding(Augmentation):
    def forward(self, x: Tensor) -> Tensor:
        return (x * 127).round() / 127


class OneLogit(Augmentation):
    def __init__(self) -> None:
        super().__init__()
        self.level = nn.Buffer(torch.zeros(6))

    def forward(self, x: Tensor) -> Tensor:
        return x

    def observe(self, real_logits: Tensor) -> None:
        self.level.copy_(real_logits)


class Unbounded(MLP):
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        if num_classes or data.source or not data.is_image:
            raise ValueError("images without classes alone")
        layer = nn.Linear(latent_dim, 256)
        nn.init.normal_(layer.weight, std=9.0)
        return nn.Sequential(layer, nn.Unflatten(1, data.shape))


class Unused(MLP):
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        made = super().discriminator(data, num_classes, outputs)
        made.spare = nn.Linear(2, 2)
        return made


class Column(MLP):
    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(torch.Size(data.shape).numel(), 1))

    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        if num_classes:
            raise ValueError("no classes")
        return super().generator(data, latent_dim)


class Batchwise(nn.Module):
    """Centres the samples of a batch, in evaluation mode too."""

    def forward(self, x: Tensor) -> Tensor:
        return x - x.mean(0, keepdim=True)


class Centring(MLP):
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        if num_classes or data.is_image:
            raise ValueError("points without classes alone")
        return nn.Sequential(nn.Linear(latent_dim, *data.shape), Batchwise())


class Comparing(Centring):
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        super().generator(data, latent_dim, num_classes)
        return nn.Linear(latent_dim, *data.shape)

    def discriminator(self, data: DataSpec, num_classes: int = 0, outputs: int = 1) -> nn.Module:
        last = nn.Flatten(0) if outputs == 1 else nn.Identity()
        return nn.Sequential(Batchwise(), nn.Linear(*data.shape, outputs), last)


class Refusing(MLP):
    def generator(self, data: DataSpec, latent_dim: int, num_classes: int = 0) -> nn.Module:
        raise ValueError("never")


class WithGraph(VanillaGAN):
    def discriminator_losses(self, batch: Batch) -> Losses:
        return self.discriminator_loss(self._critic, batch[0], self.sample_fakes(len(batch[0])))


class Own(VanillaGAN):
    def generate(self, generator: nn.Module, inputs: Any) -> Tensor:
        return self.generator(inputs.z)


class Idle(VanillaGAN):
    def make_generator(self, architecture: Architecture) -> nn.Module:
        return nn.ModuleDict({"one": super().make_generator(architecture), "two": super().make_generator(architecture)})

    def generate(self, generator: nn.Module, inputs: Any) -> Tensor:
        return generator["one"](inputs.z)  # type: ignore[index]


class Stepping(VanillaGAN):
    def generator_losses(self, batch: Batch) -> Losses:
        losses = super().generator_losses(batch)
        with torch.no_grad():
            for parameter in self.generator.parameters():
                parameter.mul_(0.9)
        return super().generator_losses(batch) if losses else losses


class HalfPrecise(VanillaGAN):
    def _critic(self, x: Tensor) -> Tensor:
        return self.discriminator(x)


class Total(VanillaGAN):
    def generator_losses(self, batch: Batch) -> Losses:
        return {name: loss * len(batch[0]) for name, loss in super().generator_losses(batch).items()}


class Bright(VanillaGAN):
    """It has a term that is a norm over the minibatch."""

    def generator_losses(self, batch: Batch) -> Losses:
        fake = self.sample_fakes(len(batch[0]))
        return super().generator_losses(batch) | {"norm": fake.float().square().mean().sqrt()}


class Langevin(torch.optim.SGD):
    """An optimizer that keeps every promise, with an attribute of its own."""

    def __init__(self, params: Any, *, lr: float = 0.01, noise: float = 0.01) -> None:
        super().__init__(params, lr=lr)
        self.noise = noise

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:
        super().step(closure)
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.add_(self.draw(parameter), alpha=self.noise)

    def draw(self, parameter: Tensor) -> Tensor:
        return torch.randn_like(parameter)


class Drifting(Langevin):
    """Its noise is another one in every process."""

    def draw(self, parameter: Tensor) -> Tensor:
        rng = torch.Generator().manual_seed(int(os.environ.get("RANK", "0")))
        return torch.randn(parameter.shape, generator=rng)


class Points(Dataset):
    """A dataset that keeps every promise."""

    def __init__(self) -> None:
        self.points = torch.linspace(-1, 1, 40).reshape(20, 2)
        self.spec = DataSpec((2,))
        self.fingerprint = "points"

    def __len__(self) -> int:
        return len(self.points)

    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return (self.points[indices],)


NUMBERS = count()


class Stamped(Points):
    def __init__(self) -> None:
        super().__init__()
        self.fingerprint = f"{next(NUMBERS)} points"


class Global(Points):
    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        torch.rand(1)
        return super().gather(indices, rng)


class Sorting(Points):
    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return (self.points[indices.sort().values],)


class Distinct(Points):
    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        return (self.points[list(dict.fromkeys(indices.tolist()))],)


class Zeroing(Points):
    def gather(self, indices: Tensor, rng: torch.Generator) -> Batch:
        x = self.points[indices]
        indices.zero_()
        return (x,)


class Miscounting(Points):
    def class_counts(self) -> tuple[int, ...]:
        return (3, 4)


class Pixels(Extractor):
    """An extractor that keeps every promise."""

    dim = 4

    def __init__(self, dataset: Dataset) -> None:
        self.network = fit(dataset)
        self.id = f"pixels@{self.network.id}"

    def features(self, images: Tensor) -> Tensor:
        return self.network.features(images)[:, :4]


class Raw(Pixels):
    def features(self, images: Tensor) -> Tensor:
        return images.flatten(1)[:, :4] * 4


class Wide(Pixels):
    dim = 5


class Moody(Pixels):
    def features(self, images: Tensor) -> Tensor:
        return super().features(images) + torch.rand(1)


class Huge(Pixels):
    def features(self, images: Tensor) -> Tensor:
        return 1000 * super().features(images)


class Anonymous(Pixels):
    def __init__(self, dataset: Dataset) -> None:
        super().__init__(dataset)
        self.id = f"pixels-{next(NUMBERS)}"


class Unsure(Pixels):
    def classes(self, images: Tensor) -> Tensor:
        return as_pictures(images).flatten(1)[:, :3]


Component = Callable[..., Any]
BROKEN: dict[tuple[str, Component], tuple[str, str]] = {
    # the kind and the component: the check that fails, and words of its message
    ("loss", NoLoss): ("extends its contract", "write class NoLoss(AdversarialLoss)"),
    ("loss", Named): ("takes annotated options", "an option 'name'"),
    ("loss", Unwritable): ("takes annotated options", "which a recipe cannot hold"),
    ("loss", Elementwise): ("gives one number for each player", "a tensor of shape (6,); take its mean"),
    ("loss", InSecret): ("needs real logits only if it says so", "set needs_real_logits = True"),
    ("loss", OverPatches): ("takes logits of every shape", "for logits of shape (6, 3)"),
    ("loss", Relative): ("is the mean of its shares", "write mixes_batch = True in the class"),
    ("loss", Summed): ("is a mean over the batch", "for a batch eight times as large"),
    ("loss", Exponential): ("is finite over wide logits", "fake ones -10000: inf"),
    ("loss", OneSided): ("depends on real and on fake logits", "no gradient to the logits of one side"),
    ("loss", Swapped): ("raises real logits above fake ones", "after 40 steps; check the signs"),
    ("loss", Helping): ("raises fake logits for the generator", "fake logits of mean"),
    ("loss", OnTheCPU): ("follows the device", "a tensor on the CPU beside one on a GPU"),
    ("loss", OneSize): ("trains on a short batch", "must match the size of tensor"),
    ("loss", Remembering): ("keeps its contract in a first step", "whose loss 'discriminator' differs"),
    ("penalty", PerMap): ("weighs a map as one logit", "for a map of 16 equal ones"),
    ("penalty", RootOfTheMean): (
        "is the mean of its shares",
        "mean of its halves; compute each sample on its own",
    ),
    ("penalty", SquaredMean): ("is the mean of its shares", "of a critic of steepness 1: "),
    ("penalty", WholeBatch): ("is a mean over the batch", "for a batch eight times as large"),
    ("penalty", Steep): ("is finite where the critic is flat", "a gradient that is not finite"),
    ("penalty", Constant): ("reaches the discriminator", "no gradient to any parameter"),
    ("penalty", FromNumpy): ("draws from torch alone", "other values at a second call"),
    ("regulariser", Evaluating): ("leaves the generator as it is", "a generator left in evaluation mode"),
    ("regulariser", WithoutClasses): ("takes classes", "AttributeError"),
    ("regulariser", PathLengthUnsaid): ("is the mean of its shares", "write mixes_batch = True in the class"),
    ("regulariser", OfItsProcess): (
        "trains alike in two processes",
        "with random numbers of torch's default generators",
    ),
    ("regulariser", Detached): ("reaches the generator", "no gradient to any parameter"),
    ("augmentation", Mixing): ("changes each sample on its own", "depends on the others of the batch"),
    ("augmentation", Doubled): ("keeps shape and type", "float32 of shape (6, 1, 16, 16) for bfloat16"),
    ("augmentation", Rounding): ("lets gradients through", "no gradient"),
    ("augmentation", OneLogit): ("observes logits of every shape", "RuntimeError"),
    ("architecture", Refusing): ("accepts some data", "the last: "),
    ("architecture", Unbounded): ("draws samples of the data", "end with tanh"),
    ("architecture", Column): ("scores each sample", "shape (4, 1) for N = 4"),
    ("architecture", Unused): ("trains every parameter of the discriminator", "no gradient to 'spare.weight'"),
    ("architecture", Centring): ("draws each sample from its own inputs", "the noise of another one"),
    ("architecture", Comparing): ("says that it mixes a batch", "mixes_batch = True"),
    ("model", WithGraph): ("gives the discriminators losses no gradient to the generator", "under torch.no_grad()"),
    ("model", Own): ("draws from the generator it is given", "call generator(…), not self.generator(…)"),
    ("model", Stepping): ("moves neither player by itself", "a changed 'generator."),
    ("model", Idle): ("trains every parameter of each player", "to generator.two."),
    ("model", Total): ("is a mean over the batch", "for a batch eight times as large"),
    ("model", Bright): ("trains alike in two processes", "in one process; compute each sample on its own"),
    ("model", HalfPrecise): (
        "trains in bf16",
        "in bfloat16; end what gives logits",
    ),
    ("dataset", Stamped): ("has one fingerprint", "for the same options"),
    ("dataset", Global): ("draws random numbers from rng alone", "torch's default generator"),
    ("dataset", Sorting): ("gives an example wherever it stands", "in another order"),
    ("dataset", Distinct): ("gives one example", "2 examples for 3 indices"),
    ("dataset", Zeroing): ("leaves the indices as they are", "changed indices"),
    ("dataset", Miscounting): ("counts its classes", "2 counts with the sum 7"),
    ("optimizer", Drifting): ("trains alike in two processes", "' differs between the two processes"),
    ("extractor", Raw): ("sees images as files hold them", "as_pictures(images)"),
    ("extractor", Wide): ("gives features of its dim", "for 60 images and dim = 5"),
    ("extractor", Moody): ("gives each image its own features", "nothing random"),
    ("extractor", Huge): ("scales its features", "a median deviation of"),
    ("extractor", Anonymous): ("has one id", "for the same data"),
    ("extractor", Unsure): ("gives probabilities of classes", "softmax(dim=1)"),
}
FINE: list[tuple[str, Component]] = [
    ("loss", Logistic),
    ("loss", RelativeAndKnown),
    ("optimizer", Langevin),
    ("dataset", Points),
    ("extractor", Pixels),
]
