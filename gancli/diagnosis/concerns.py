"""What may cause problems: each in a sentence, with the way out."""

import os
from collections.abc import Iterator
from pathlib import Path

from gancli import registry
from gancli.data_folder import offline
from gancli.diagnosis.facts import Facts

LEAST_DISK = 1e9  # bytes: a run of the larger recipes takes less
LEAST_MEMORY = 1.5e9  # bytes, of which importing torch takes a third


def concerns(found: Facts) -> Iterator[str]:
    """The sentences, those that stop everything first."""
    if not found.torch:
        yield f"torch cannot be imported: {found.torch_problem}; install it again: pip install --force-reinstall torch"
    for name, version in found.dependencies.items():
        if not version:
            yield f"the package {name} is missing; install gan again: pip install gancli"
    yield from found.plugin_problems.values()
    for plugin in found.plugins:
        if plugin not in found.plugin_problems and registry.status(plugin).startswith("clashes"):
            yield f"{plugin} {registry.status(plugin)}; uninstall one of them, or choose with {registry.SWITCH}"
    yield from _threads(found)
    yield from _space(found)
    if not found.data.has_mnist:
        forbidden = ", and GAN_OFFLINE forbids its download" * offline()
        yield f"the full MNIST is not in the data folder{forbidden}; until it is, mnist is the package's 5,000 digits"


def _threads(found: Facts) -> Iterator[str]:
    if not found.torch:
        return
    threads, usable = found.torch["threads"], found.cores[0]
    limits = [name for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS") if name in os.environ]
    if threads < int(usable) and limits:
        limit = f"{limits[0]}={os.environ[limits[0]]}"
        yield f"{limit}: training uses {threads} of {usable:g} cores; unset it, if nothing else runs here"
    if threads > usable + 0.5:
        yield (
            f"training uses {threads} threads on {usable:g} cores, and threads that wait for each other are slow; "
            f"set OMP_NUM_THREADS={max(1, int(usable))}"
        )


def _space(found: Facts) -> Iterator[str]:
    for where, free in found.free.items():
        if free is not None and free < LEAST_DISK:
            yield f"only {free / 1e6:,.0f} MB are free on the disk of {where}; a run may not fit"
    if not os.access(Path.cwd(), os.W_OK):
        yield "the current folder cannot be written to, so no run can be made in it; use gan train --out DIR"
    free_memory = found.memory[1]
    if free_memory is not None and free_memory < LEAST_MEMORY:
        yield f"only {free_memory / 1e6:,.0f} MB of memory are free; a training may be stopped by the system"
