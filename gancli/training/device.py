"""Where training runs: device, precision, and the average of the generator."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import _SpectralNorm
from torch.optim.swa_utils import AveragedModel

from gancli.errors import DeviceError
from gancli.modules import tensors


def choose_device(name: str) -> torch.device:
    """The device behind ``auto``, ``cpu``, ``cuda``, ``cuda:N`` or ``mps``.

    ``auto`` is the first of cuda, mps and cpu that is there. Raises DeviceError for one that is not there.
    """
    cuda, mps = torch.cuda.device_count(), torch.backends.mps.is_available()
    if name == "auto":
        return torch.device("cuda" if cuda else "mps" if mps else "cpu")
    device = torch.device(name)
    if (device.type == "cuda" and (device.index or 0) >= cuda) or (device.type == "mps" and not mps):
        there = ", ".join(["cpu", *(["mps"] if mps else []), *(f"cuda:{index}" for index in range(cuda))])
        raise DeviceError(f"device: found {name!r}, which this machine does not have; available: {there}")
    return device


def place(gan: nn.Module, device: torch.device) -> None:
    """Move a model to its device, its convolutions in the memory format that is fastest."""

    def converted(tensor: Tensor) -> Tensor:
        return tensor.to(memory_format=torch.channels_last) if tensor.ndim == 4 else tensor

    gan.to(device)
    for tensor in (*gan.parameters(), *gan.buffers()):
        tensor.data = converted(tensor.data)  # by hand: Module.to refuses weights of five dimensions


def autocast(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """A context in which losses are computed in ``fp32`` or, where that is safe, in ``bf16``."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


class Average(AveragedModel):
    """The exponential moving average of a generator's weights and buffers.

    Args:
        decay: how much of the average stays at an update.
        warmup: the decay grows towards ``decay`` over the first updates, so that the average forgets the
            initial weights.
    """

    def __init__(self, generator: nn.Module, decay: float, *, warmup: bool = True) -> None:
        super().__init__(generator, use_buffers=True)
        self.requires_grad_(False).eval()
        self.decay, self.warmup = decay, warmup
        self._vectors = [vectors for vectors in self.modules() if isinstance(vectors, _SpectralNorm)]

    def update_parameters(self, model: nn.Module) -> None:
        """Move the average towards the current values; the first update copies them.

        torch's own method would wait for a GPU at every update.
        """
        self.move(model, self.next_weight())

    def next_weight(self) -> float:
        """The weight of the current values in the next average, which is counted."""
        n = int(self.n_averaged)  # a number on the CPU
        self.n_averaged.add_(1)  # nn.Module sets an attribute slowly
        if n == 0:
            return 1.0
        return 1 - (min(self.decay, (1 + n) / (10 + n)) if self.warmup else self.decay)

    @torch.no_grad()
    def move(self, model: nn.Module, weight: float | Tensor) -> None:
        """Move the average towards the current values by a weight, which may be a scalar on the device."""
        numbers: tuple[list[Tensor], list[Tensor]] = ([], [])
        for average, current in zip(tensors(self.module), tensors(model), strict=True):
            if average.is_floating_point():
                numbers[0].append(average)
                numbers[1].append(current)
            else:  # such as BatchNorm's count of minibatches
                average.copy_(current)
        if isinstance(weight, Tensor):
            weights = [weight.to(average.dtype) for average in numbers[0]]
            if weights:
                torch._foreach_lerp_(*numbers, weights)
        elif numbers[0]:
            torch._foreach_lerp_(*numbers, weight)
        for norm in self._vectors:  # the mean of two unit vectors is shorter
            for vector in (norm._u, norm._v) if hasattr(norm, "_u") else ():
                vector.div_(vector.norm())


@contextmanager
def one_thread() -> Iterator[None]:
    """Small computations inside run on one thread: beside other work, two that wait for each other are far slower."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def rng_state(device: torch.device) -> dict[str, Tensor]:
    """The state of torch's random number generators that training on ``device`` draws from."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    if device.type == "mps":
        state["mps"] = torch.mps.get_rng_state()
    return state


def seed_rng(seed: int, device: torch.device) -> None:
    """Seed torch's random numbers, and a device's own.

    ``torch.manual_seed`` also writes down its whole stack for devices that nobody has used, which takes milliseconds.
    """
    torch.default_generator.manual_seed(seed)
    if device.type != "cpu":
        torch.manual_seed(seed)


def set_rng_state(state: dict[str, Tensor], device: torch.device) -> None:
    """Restore what ``rng_state`` returned; what belongs to another kind of device is left out."""
    torch.set_rng_state(state["cpu"].cpu())
    if device.type == "cuda" and "cuda" in state:
        torch.cuda.set_rng_state(state["cuda"].cpu(), device)
    if device.type == "mps" and "mps" in state:
        torch.mps.set_rng_state(state["mps"].cpu())
