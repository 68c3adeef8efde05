"""bf16 on a device: computed in hardware, or emulated, which is far slower than fp32."""

import time
from functools import cache

import torch

EMULATED = 3.0  # products that take so many times as long as in fp32: the device has no bf16 in hardware
SIZE = 256  # of the matrices; a product takes less than a millisecond in hardware, and less than a second without


@cache  # a start asks more than once
def cost_of_bf16(device: torch.device) -> float:
    """The time of a product of matrices in bf16 on a device, where one in fp32 takes 1."""
    fp32, bf16 = (_seconds_of_product(device, dtype) for dtype in (torch.float32, torch.bfloat16))
    return bf16 / fp32


def _seconds_of_product(device: torch.device, dtype: torch.dtype) -> float:
    matrix = torch.ones(SIZE, SIZE, device=device, dtype=dtype)  # no random numbers: those are the training's
    seconds = []
    for _ in range(8):  # the first one prepares; on a busy machine, another may be interrupted
        began = time.perf_counter()
        (matrix @ matrix)[0, 0].item()  # which waits for a GPU
        seconds.append(time.perf_counter() - began)
    return min(seconds)
