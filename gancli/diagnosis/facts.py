"""What is found on this machine, before it is put into words."""

import importlib.metadata
import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gancli import registry
from gancli.diagnosis import data, machine, plugin_imports, probe
from gancli.diagnosis.data import DataFolder

PREFIXES = ("GAN_", "OMP_", "GOMP_", "KMP_", "MKL_", "CUDA_", "PYTORCH_", "TORCH_", "XDG_CACHE", "GLOO_", "NCCL_")
NAMES = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LANG", "LC_ALL")
SECRET = re.compile(r"TOKEN|KEY|SECRET|PASSW", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """Versions, plugins, machine, data and settings."""

    torch: dict[str, Any]  # empty if it cannot be imported
    torch_problem: str
    dependencies: dict[str, str]  # versions; empty for one that is missing
    plugins: tuple[registry.Plugin, ...]  # of third parties
    plugin_problems: dict[registry.Plugin, str]
    cores: tuple[float, int]
    memory: tuple[int, int | None]
    data: DataFolder
    free: dict[str, int | None]  # bytes on the disk of the current folder, and of the data folder
    environment: dict[str, str] = field(default_factory=dict)


def collect() -> Facts:
    """Look at everything; torch and plugins are imported in processes of their own."""
    answered = probe.ask("torch_facts")
    known = registry.plugins()
    problems = plugin_imports.problems() if answered.lines else {}
    folder = data.read()
    return Facts(
        torch=answered.lines[-1] if answered.lines else {},
        torch_problem=answered.problem,
        dependencies=_dependencies(),
        plugins=tuple(plugin for plugin in registry.installed() if not plugin.is_ours and plugin.kind != "recipe"),
        plugin_problems={known[number]: problem for number, problem in problems.items()},
        cores=machine.cores(),
        memory=machine.memory(),
        data=folder,
        free={"the current folder": machine.free_disk(Path.cwd()), "the data folder": machine.free_disk(folder.path)},
        environment=_environment(),
    )


def _dependencies() -> dict[str, str]:
    """What gan needs, and its versions; not what only its extras need."""
    try:
        needed = importlib.metadata.requires("gancli") or []
    except importlib.metadata.PackageNotFoundError:  # a checkout that is not installed
        needed = []
    names = [re.split(r"[\s;<>=!~\[(]", line, maxsplit=1)[0] for line in needed if "extra ==" not in line]
    return {name: _version(name) for name in names}


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _environment() -> dict[str, str]:
    """The variables that matter; the values of secrets are left out."""
    matters = {name: value for name, value in os.environ.items() if name.startswith(PREFIXES) or name in NAMES}
    return {name: "(set)" if SECRET.search(name) else value for name, value in sorted(matters.items())}
