"""A minibatch that is computed in shares: those of many processes, and of one process part after part.

The losses of a share are weighted by its part of the rows, so that their sum, and that of the gradients, is the whole
minibatch's. Parts that one process computes one after another (``train.accumulate``) take less memory.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from gancli.losses import Losses
from gancli.shares import Share, computing
from gancli.training import processes
from gancli.training.device import rng_state, set_rng_state

Batch = tuple[Tensor, ...]


class SplitGame:
    """A game, as the training loop sees it, of whose minibatches this process computes its share, in parts.

    Args:
        game: a model with two players.
        batch_size: of the whole minibatch.
        parts: how many shares this process computes one after another.
        device: whose random numbers are drawn.
    """

    def __init__(self, game: nn.Module, batch_size: int, parts: int, device: torch.device) -> None:
        self._game, self._batch_size, self._parts, self._device = game, batch_size, parts, device
        self._gradients: dict[Tensor, Tensor] = {}  # of the parts before the last
        self._losses: Losses = {}
        self._buffers: list[Tensor] = []  # that the last part has changed

    def discriminator_losses(self, batch: Batch) -> Losses:
        """The weighted losses of the last part; the parts before it are computed and kept."""
        return self._in_parts("discriminator", batch)

    def generator_losses(self, batch: Batch) -> Losses:
        """The weighted losses of the last part; the parts before it are computed and kept."""
        return self._in_parts("generator", batch)

    def reduce(self, parameters: Sequence[Tensor], losses: Losses) -> Losses:
        """Make the last part's gradients, in place, those of the whole minibatch; returns the whole's losses."""
        for parameter in parameters:
            if (gradient := self._gradients.pop(parameter, None)) is not None:
                parameter.grad = gradient if parameter.grad is None else parameter.grad.add_(gradient)
        losses = {name: self._losses[name] + loss if self._losses else loss for name, loss in losses.items()}
        self._losses = {}
        processes.broadcast(self._buffers)  # so that all remember what the checkpoint will; not before the gradients
        return processes.all_reduce(parameters, losses)

    def _in_parts(self, player: str, batch: Batch) -> Losses:
        compute: Callable[[Batch], Losses] = getattr(self._game, f"{player}_losses")
        parameters = [weight for weight in getattr(self._game, player).parameters() if weight.requires_grad]
        kept: list[list[Tensor]] = []
        versions = {buffer: buffer._version for buffer in self._game.buffers()}
        for part in range(self._parts - 1):
            with self._undone():
                self._keep(parameters, self._of_part(compute, batch, part, kept))
        losses = self._of_part(compute, batch, self._parts - 1, kept)
        self._buffers = self._changed(versions)
        return losses

    def _of_part(self, compute: Callable[[Batch], Losses], batch: Batch, part: int, kept: list[list[Tensor]]) -> Losses:
        share = Share(
            index=processes.rank() + processes.size() * part,
            count=processes.size() * self._parts,
            whole=self._batch_size,
            gather=processes.all_gather,
            position=part,
            parts=self._parts,
            kept=kept,
        )
        with computing(share):
            losses = compute(tuple(tensor[part :: self._parts] for tensor in batch))
        return {name: loss * (len(share) / self._batch_size) for name, loss in losses.items()}

    def _keep(self, parameters: list[Tensor], losses: Losses) -> None:
        gradients = torch.autograd.grad(torch.stack([*losses.values()]).sum(), parameters, allow_unused=True)
        for parameter, gradient in zip(parameters, gradients, strict=True):
            if gradient is not None:
                before = self._gradients.get(parameter)
                self._gradients[parameter] = gradient if before is None else before.add_(gradient)
        self._losses = {
            name: loss.detach() + self._losses.get(name, torch.zeros_like(loss)) for name, loss in losses.items()
        }

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Random numbers and buffers are as before, so that every part begins where the whole minibatch would."""
        random = rng_state(self._device)
        before = [buffer.clone() for buffer in self._game.buffers()]
        yield
        set_rng_state(random, self._device)
        with torch.no_grad():
            for buffer, values in zip(self._game.buffers(), before, strict=True):
                buffer.copy_(values)

    def _changed(self, versions: dict[Tensor, int]) -> list[Tensor]:
        """The buffers that were changed since they had these versions, but for those that are alike everywhere."""
        modules = [module for module in self._game.modules() if not getattr(module, "is_alike", False)]
        own = {buffer: module for module in modules for buffer in module.buffers(recurse=False)}
        # BatchNorm's change without a new version.
        return [
            buffer
            for buffer, module in own.items()
            if buffer._version != versions[buffer] or (isinstance(module, _BatchNorm) and module.training)
        ]
