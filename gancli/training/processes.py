"""Training in many processes, which ``torchrun`` starts: which process this is, and what they exchange.

torch's own ``torch.distributed`` does the work: gloo on the CPU, NCCL on GPUs. Without ``torchrun`` there is one
process, and nothing here costs anything.
"""

import datetime
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from gancli import torchrun
from gancli.errors import LostProcessError, is_out_of_memory
from gancli.losses import Losses
from gancli.shares import interleaved

START = datetime.timedelta(minutes=10)  # in which all must have been started
PATIENCE = datetime.timedelta(days=7)  # one evaluates while the others wait; a process that has died is seen at once


def join() -> None:
    """Join the processes that ``torchrun`` started with this one; each has the GPU of its number on its machine."""
    if torchrun.size() == 1 or dist.is_initialized():
        return
    backend = "gloo"
    if torch.cuda.is_available():
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", "0")) % torch.cuda.device_count())
        backend = "cpu:gloo,cuda:nccl"
    with connected():
        store, own, count = next(rendezvous("env://", timeout=START))
        dist.init_process_group(backend, store=store, rank=own, world_size=count, timeout=PATIENCE)


def leave() -> None:
    """End this process's part in the group of processes."""
    if dist.is_initialized():
        with suppress(RuntimeError):  # another one has left, or has died
            dist.destroy_process_group()


def size() -> int:
    """The number of processes that train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """The number of this process, from 0; only process 0 reads and writes the run."""
    return dist.get_rank() if dist.is_initialized() else 0


@contextmanager
def connected() -> Iterator[None]:
    """A context of torch.distributed, whose error for a process that has gone becomes a LostProcessError."""
    try:
        yield
    except RuntimeError as error:
        if is_out_of_memory(error):
            raise
        reason = re.sub(r"^\[\S+\] ", "", str(error)).partition(". ")[0]  # without a path in torch's sources
        raise LostProcessError(f"lost the connection to another process of this training: {reason}") from error


def all_reduce(parameters: Sequence[Tensor], losses: Losses) -> Losses:
    """Sum gradients, in place, and losses over all processes, in one message; returns the sums of the losses."""
    if size() == 1:
        return losses
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    names, values = list(losses), torch.stack([*losses.values()]).detach()
    flat = torch.cat([*(gradient.flatten() for gradient in gradients), values.to(gradients[0].dtype)])
    with connected():
        dist.all_reduce(flat)
    *summed, values = flat.split([*(gradient.numel() for gradient in gradients), len(names)])
    for gradient, total in zip(gradients, summed, strict=True):
        gradient.copy_(total.view_as(gradient))
    return dict(zip(names, values, strict=True))


def broadcast(tensors: Sequence[Tensor]) -> None:
    """Copy tensors, in place, from process 0 to all processes; one message for each type of number."""
    if size() == 1:
        return
    for kind in dict.fromkeys(tensor.dtype for tensor in tensors):
        same = [tensor for tensor in tensors if tensor.dtype == kind]
        flat = torch.cat([tensor.flatten() for tensor in same])
        with connected():
            dist.broadcast(flat, 0)
        for tensor, values in zip(same, flat.split([tensor.numel() for tensor in same]), strict=True):
            tensor.copy_(values.view_as(tensor))


def all_gather(x: Tensor) -> Tensor:
    """The rows of all processes in the order of the minibatch; a process may have one row fewer than another."""
    if size() == 1:
        return x
    return interleaved(_all_gather(x))


def broadcast_number(number: int = 0) -> int:
    """The number of process 0, in every process; the GPUs are not waited for."""
    received = torch.tensor([number])
    with connected():
        dist.broadcast(received, 0)
    return int(received)


def broadcast_bytes(content: bytes = b"") -> bytes:
    """The bytes of process 0, in every process."""
    length = broadcast_number(len(content))
    flat = torch.frombuffer(bytearray(content or bytes(length)), dtype=torch.uint8) if length else torch.empty(0)
    if length:
        with connected():
            dist.broadcast(flat, 0)
    return flat.numpy().tobytes()


def all_gather_texts(text: str) -> list[str]:
    """The texts of all processes, in the order of their numbers; every process gets them."""
    own = torch.frombuffer(bytearray(text.encode() + b" "), dtype=torch.uint8)  # no tensor of nothing
    return [content.numpy().tobytes()[:-1].decode() for content in _all_gather(own)]


def _all_gather(x: Tensor) -> list[Tensor]:
    """A tensor of each process, in the order of their numbers; they may differ in their first side."""
    lengths = [torch.zeros(1, dtype=torch.long, device=x.device) for _ in range(size())]
    with connected():
        dist.all_gather(lengths, torch.tensor([len(x)], device=x.device))
        most = max(int(length) for length in lengths)
        padded = torch.cat([x, x.new_zeros(most - len(x), *x.shape[1:])])
        found = [torch.empty_like(padded) for _ in range(size())]
        dist.all_gather(found, padded)
    return [content[: int(length)] for content, length in zip(found, lengths, strict=True)]
