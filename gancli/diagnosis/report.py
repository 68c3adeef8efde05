"""The whole report of ``gan doctor``: what is here, and what may cause problems."""

from collections.abc import Iterator
from dataclasses import dataclass

import gancli
from gancli import registry, torchrun
from gancli.diagnosis import machine
from gancli.diagnosis.concerns import concerns
from gancli.diagnosis.facts import Facts, collect


@dataclass(frozen=True)
class Report:
    """The report, for a reader: sections of named facts, and warnings."""

    sections: dict[str, dict[str, str]]
    warnings: tuple[str, ...]


def report() -> Report:
    """Look at everything; torch and plugins are imported in processes of their own."""
    found = collect()
    return Report(_sections(found), tuple(concerns(found)))


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
    if "cost_of_bf16" in found.torch:
        yield "bf16", f"a product of matrices takes {found.torch['cost_of_bf16']:.2g} times as long as in fp32"


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
