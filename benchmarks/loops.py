"""Two loops written by hand for the networks of a recipe: as tutorials have it, and as an expert would write it."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from gancli import GAN, Batch, build
from gancli.data import batches
from gancli.models.discriminators import mixes_batch
from gancli.penalties import ScoredOnce
from gancli.recipe import Recipe

Step = Callable[[], object]  # makes one
Loop = Callable[[Recipe, build.Training], Step]


class Items(Dataset[Batch]):
    """The examples of a dataset, one by one; an image is decoded to a picture and then turned into numbers."""

    def __init__(self, data: Any) -> None:
        self.data = data
        self.images = data.images if isinstance(getattr(data, "images", None), Tensor) else None

    def __len__(self) -> int:
        return len(self.data)

    def __getitem__(self, index: int) -> Batch:
        if self.images is None:
            return tuple(part[0] for part in self.data.gather(torch.tensor([index]), torch.Generator()))
        from torchvision.transforms.functional import normalize, to_pil_image, to_tensor

        x = normalize(to_tensor(to_pil_image(self.images[index])), [0.5], [0.5])
        return (x,) if self.data.labels is None else (x, self.data.labels[index])


def endless(data: Any, batch_size: int, device: torch.device) -> Iterator[Batch]:
    while True:
        for batch in DataLoader(Items(data), batch_size, shuffle=True, drop_last=True):
            yield tuple(part.to(device) for part in batch)


def adam(recipe: Recipe, made: build.Training, *, fused: bool) -> dict[str, torch.optim.Optimizer]:
    """The players' optimizers, with the options that their recipe starts with."""
    kinds = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
    found = {}
    for player, optimizer in made.optimizers.items():
        group = optimizer.param_groups[0]
        options: dict[str, Any] = {key: group[key] for key in ("lr", "betas", "momentum") if key in group}
        if fused and "capturable" in group:
            options["capturable"] = made.device.type == "cuda"
        found[player] = kinds[recipe.optimizer.name](group["params"], fused=fused, **options)
    return found


def as_in_tutorials(recipe: Recipe, made: build.Training) -> Step:
    """Examples one by one, two passes of the discriminator, gradients of everything, a plain optimizer."""
    gan, items = made.gan.to(memory_format=torch.contiguous_format), made.dataset
    minibatches, optimizers = endless(items, recipe.train.batch_size, made.device), adam(recipe, made, fused=False)

    def step() -> None:
        for _ in range(recipe.train.k_steps):
            real, *y = next(minibatches)
            optimizers["discriminator"].zero_grad()
            critic = _critic(gan, y)
            fake = gan.generator(_noise(gan, real), *_labels(gan, y))
            loss = gan.loss.discriminator(critic(real), critic(fake.detach()))
            for _, penalty in gan.penalties.due(gan.step):
                loss = loss + penalty.every * penalty(critic, real, fake.detach())
            loss.backward()
            optimizers["discriminator"].step()
        optimizers["generator"].zero_grad()
        fake = gan.generator(_noise(gan, real), *_labels(gan, y))
        gan.loss.generator(critic(fake), None).backward()
        optimizers["generator"].step()
        gan.step += 1

    return step


def as_an_expert(recipe: Recipe, made: build.Training, minibatches: Iterator[Batch] | None = None) -> Step:
    """Data in memory, channels last, one pass where the game allows it, only gradients in use, a fused optimizer."""
    gan = made.gan
    minibatches = minibatches or batches(made.dataset, recipe.train.batch_size, seed=0, device=made.device)
    optimizers, apart = adam(recipe, made, fused=True), mixes_batch(gan.discriminator)

    def descend(player: str, loss: Tensor) -> None:
        loss.backward(inputs=[*getattr(gan, player).parameters()])
        optimizers[player].step()
        optimizers[player].zero_grad()

    def step() -> None:
        for _ in range(recipe.train.k_steps):
            real, *y = next(minibatches)
            critic: Any = _critic(gan, y)
            with torch.no_grad():
                fake = gan.generator(_noise(gan, real), *_labels(gan, y))
            due = [penalty for _, penalty in gan.penalties.due(gan.step)]
            if apart and any(penalty.differentiates_real for penalty in due):
                critic = ScoredOnce(critic, real.requires_grad_())  # a penalty at the real batch shares its pass
            logits = (critic(real), critic(fake)) if apart else critic(torch.cat([real, fake])).chunk(2)
            loss = gan.loss.discriminator(*logits)
            descend("discriminator", sum((term.every * term(critic, real, fake) for term in due), loss))
        fake = gan.generator(_noise(gan, real), *_labels(gan, y))
        descend("generator", gan.loss.generator(_critic(gan, y)(fake), None))
        gan.step += 1

    return step


def as_captured(recipe: Recipe, made: build.Training) -> Step:
    """The expert's step, recorded once as a CUDA graph and then replayed; for penalties that are due at every step."""
    step = as_an_expert(recipe, made, _drawn_there(made, recipe.train.batch_size))
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def _drawn_there(made: build.Training, batch_size: int) -> Iterator[Batch]:
    """Minibatches whose indices are random numbers of the GPU."""
    rng = torch.Generator()
    while True:
        yield made.dataset.gather(torch.randint(len(made.dataset), (batch_size,), device=made.device), rng)


def _noise(gan: GAN, real: Tensor) -> Tensor:
    return gan.latent.sample(len(real), real.device)


def _labels(gan: GAN, y: list[Tensor]) -> list[Tensor]:
    return y if gan.conditional else []


def _critic(gan: GAN, y: list[Tensor]) -> Callable[[Tensor], Tensor]:
    labels = _labels(gan, y)
    return lambda x: gan.discriminator(x, *(label.repeat(len(x) // len(label)) for label in labels))
