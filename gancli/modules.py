"""The modules and tensors of a network, for what is done in every step.

``modules``, ``parameters`` and ``buffers`` of torch also make their names, which takes most of their time. Nothing is
remembered from step to step: a network may replace a module or a tensor in between.
"""

from collections.abc import Iterator

from torch import Tensor, nn


def modules(network: nn.Module) -> Iterator[nn.Module]:
    """Each module of a network once; of a copy of the network, in the same order."""
    seen: set[nn.Module] = set()
    waiting: list[nn.Module | None] = [network]
    while waiting:
        module = waiting.pop()
        if module is not None and module not in seen:
            seen.add(module)
            yield module
            waiting += module._modules.values()


def tensors(network: nn.Module) -> Iterator[Tensor]:
    """Each parameter and buffer of a network once; of a copy of the network, in the same order."""
    seen: dict[int, Tensor] = {}
    for module in modules(network):
        for tensor in (*module._parameters.values(), *module._buffers.values()):
            if tensor is not None and id(tensor) not in seen:
                seen[id(tensor)] = tensor
                yield tensor
