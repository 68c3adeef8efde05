"""The whole report of ``gan doctor``: what is here, and what is known to hurt."""

import importlib.metadata
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gancli
from gancli import registry, torchrun
from gancli.diagnosis import data, machine, plugin_imports, probe
from gancli.diagnosis.concerns import concerns
from gancli.diagnosis.data import DataFolder

PREFIXES = ("GAN_", "OMP_", "GOMP_", "KMP_", "MKL_", "CUDA_", "PYTORCH_", "TORCH_", "XDG_CACHE", "GLOO_", "NCCL_")
NAMES = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV", "CONDA_PREFIX", "LANG", "LC_ALL")
SECRET = re.compile(r"TOKEN|KEY|SECRET|PASSW", re.IGNORECASE)


@dataclass(frozen=True)
class Facts:
    """What is found, before it is put into words."""

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


@dataclass(frozen=True)
class Report:
    """The report, for a reader: sections of named facts, and warnings."""

    sections: dict[str, dict[str, str]]
    warnings: tuple[str, ...]


def report() -> Report:
    """Look at everything; torch and plugins are imported in processes of their own."""
    found = _facts()
    return Report(_sections(found), tuple(concerns(found)))


def _facts() -> Facts:
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


def _sections(found: Facts) -> dict[str, dict[str, str]]:
    others = {name: version or "missing" for name, version in found.dependencies.items() if name != "torch"}
    return {
        "Versions": {"gan": gancli.__version__, "Python": machine.python(), "torch": _torch(found), **others},
        "Machine": {"system": machine.system(), **dict(_machine(found))},
        "Plugins": {f"{plugin.kind} {plugin.name}": _plugin(plugin, found) for plugin in found.plugins} or {"none": ""},
        "Data": {
            "folder": str(found.data.path),
            "in it": "; ".join(found.data.contents) or "nothing yet",
            "free disk": ", ".join(f"{_gigabytes(free)} at {where}" for where, free in found.free.items()),
        },
        "Environment": found.environment or {"none": "of the variables that matter"},
    }


def _torch(found: Facts) -> str:
    if not found.torch:
        return f"{found.dependencies.get('torch') or 'missing'}, BROKEN: {found.torch_problem}"
    return f"{found.torch['version']}, CUDA {found.torch['cuda'] or 'none'}"


def _machine(found: Facts) -> Iterator[tuple[str, str]]:
    usable, whole = found.cores
    total, free = found.memory
    yield "processor", machine.processor() + (f", {found.torch['cpu']}" if found.torch else "")
    yield "cores", f"{usable:g} of {whole}" if usable != whole else str(whole)
    yield "threads", f"{found.torch['threads']} in training" if found.torch else "unknown without torch"
    yield "processes", f"{torchrun.size()}, started by torchrun" if torchrun.size() > 1 else "1"
    yield "memory", f"{_gigabytes(total)}, {_gigabytes(free)} free"
    gpus = found.torch.get("gpus", []) + ["Apple's, by MPS"] * bool(found.torch.get("mps"))
    yield "GPU", "; ".join(gpus) or "none that torch can use"


def _plugin(plugin: registry.Plugin, found: Facts) -> str:
    name = f"{plugin.package} {plugin.version}"
    if problem := found.plugin_problems.get(plugin):
        return f"{name}, BROKEN: {problem}"
    status = registry.status(plugin)
    if status != "ok":
        return f"{name}, {status}"
    return f"{name}, ok" if found.torch else f"{name}, not tried without torch"


def _gigabytes(number: int | None) -> str:
    return "unknown" if number is None else f"{number / 1e9:.1f} GB"
