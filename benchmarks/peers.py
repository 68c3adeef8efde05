"""The training loops of two other tools on the networks of a recipe, for speed.py --peers.

    pip install lightning torchgan
    python benchmarks/speed.py mnist_gan mnist_dcgan --peers --set penalties=[] model=gan

Lightning trains a module such as in its GAN tutorial: manual optimization, two toggled optimizers, losses logged.
TorchGAN trains by its Trainer, with its minimax losses. Both read minibatches as their tutorials do, and write nothing.
They know no labels and no penalties, so the recipe must have none.
"""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch
from loops import Step, adam, endless
from torch import Tensor, nn

from gancli import Batch, build
from gancli.recipe import Recipe


class Paced:
    """Minibatches for a loop that is not ours, which waits for the next call of ``step`` between two of them."""

    def __init__(self, minibatches: Iterator[Batch], batch_size: int) -> None:
        self._minibatches, self.batch_size = minibatches, batch_size
        self._wanted, self._done = threading.Semaphore(0), threading.Semaphore(0)

    def __iter__(self) -> Iterator[Batch]:
        while True:
            self._wanted.acquire()
            yield next(self._minibatches)
            self._done.release()

    def start(self, train: Callable[["Paced"], object]) -> Step:
        """Start a training in a thread that ends with this process; returns a call that makes one step of it."""
        threading.Thread(target=train, args=(self,), daemon=True).start()

        def step() -> None:
            self._wanted.release()
            self._done.acquire()

        return step


def as_in_lightning(recipe: Recipe, made: build.Training) -> Step:
    """Lightning's Trainer, for a module with manual optimization."""
    import lightning

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.automatic_optimization = False
            self.generator, self.discriminator = made.gan.generator, made.gan.discriminator

        def training_step(self, batch: Batch) -> None:
            generator_optimizer, discriminator_optimizer = self.optimizers()
            real = batch[0]
            z = made.gan.latent.sample(len(real), self.device).type_as(real)
            self.toggle_optimizer(generator_optimizer)
            loss = made.gan.loss.generator(self.discriminator(self.generator(z)), None)
            self.log("g_loss", loss, prog_bar=True)
            self.manual_backward(loss)
            generator_optimizer.step()
            generator_optimizer.zero_grad()
            self.untoggle_optimizer(generator_optimizer)
            self.toggle_optimizer(discriminator_optimizer)
            loss = made.gan.loss.discriminator(self.discriminator(real), self.discriminator(self.generator(z).detach()))
            self.log("d_loss", loss, prog_bar=True)
            self.manual_backward(loss)
            discriminator_optimizer.step()
            discriminator_optimizer.zero_grad()
            self.untoggle_optimizer(discriminator_optimizer)

        def configure_optimizers(self) -> Any:
            optimizers = adam(recipe, made, fused=False)
            return [optimizers["generator"], optimizers["discriminator"]], []

    def train(minibatches: Paced) -> None:
        quiet = dict.fromkeys(("logger", "enable_checkpointing", "enable_progress_bar", "enable_model_summary"), False)
        trainer = lightning.Trainer(max_steps=-1, accelerator=made.device.type, devices=1, **quiet)
        trainer.fit(Module(), minibatches)

    return _started(recipe, made, train)


def as_in_torchgan(recipe: Recipe, made: build.Training) -> Step:
    """TorchGAN's Trainer with its minimax losses, the generator's being the one that does not saturate."""
    os.environ.update(TENSORBOARD_LOGGING="0", VISDOM_LOGGING="0", CONSOLE_LOGGING="0")
    from torchgan.losses import MinimaxDiscriminatorLoss, MinimaxGeneratorLoss
    from torchgan.models import Discriminator, Generator
    from torchgan.trainer import Trainer

    class TheGenerator(Generator):
        def __init__(self) -> None:
            super().__init__(made.gan.latent.dim)
            self.network = made.gan.generator

        def forward(self, z: Tensor) -> Tensor:
            return self.network(z)

    class TheDiscriminator(Discriminator):
        def __init__(self) -> None:
            super().__init__(made.gan.data.shape[0])
            self.network = made.gan.discriminator

        def forward(self, x: Tensor) -> Tensor:
            return self.network(x)

    def player(network: type[nn.Module], name: str) -> dict[str, Any]:
        group = made.optimizers[name].param_groups[0]
        return {
            "name": network,
            "optimizer": {"name": torch.optim.Adam, "args": {"lr": group["lr"], "betas": group["betas"]}},
        }

    def train(minibatches: Paced) -> None:
        models = {
            "generator": player(TheGenerator, "generator"),
            "discriminator": player(TheDiscriminator, "discriminator"),
        }
        losses = [MinimaxGeneratorLoss(), MinimaxDiscriminatorLoss()]
        with tempfile.TemporaryDirectory() as folder:
            places = {"checkpoints": f"{folder}/gan", "recon": folder}
            Trainer(models, losses, device=made.device, sample_size=1, **places)(minibatches)

    return _started(recipe, made, train)


def _started(recipe: Recipe, made: build.Training, train: Callable[[Paced], object]) -> Step:
    made.gan.to(memory_format=torch.contiguous_format)
    minibatches = (
        (real, torch.zeros(len(real))) for real, *_ in endless(made.dataset, recipe.train.batch_size, made.device)
    )
    return Paced(minibatches, recipe.train.batch_size).start(train)
