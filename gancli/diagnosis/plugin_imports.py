"""Whether the installed components can be imported; asked in a process of its own."""

import sys

from gancli.diagnosis.probe import answer, ask


def main() -> None:
    """Import each third party's component in turn, from the number that is asked for on; answer before and after."""
    from gancli.errors import GanError
    from gancli.registry import load, plugins

    for number, plugin in enumerate(plugins()):
        if plugin.is_ours or plugin.kind == "recipe" or number < int(sys.argv[2]):
            continue
        answer({"number": number, "begun": True})
        problem = ""
        try:
            load(plugin.kind, plugin.name)
        except (GanError, LookupError) as error:
            problem = str(error)
        answer({"number": number, "begun": False, "problem": problem})


def problems() -> dict[int, str]:
    """Why components cannot be imported, by their number in ``registry.plugins()``; those that can are left out."""
    found: dict[int, str] = {}
    first = 0
    while True:
        answered = ask("plugin_imports", str(first))
        found |= {line["number"]: line["problem"] for line in answered.lines if line.get("problem")}
        begun = {line["number"] for line in answered.lines if line["begun"]}
        unfinished = begun - {line["number"] for line in answered.lines if not line["begun"]}
        if not answered.problem or not unfinished:
            return found
        (crashed,) = unfinished
        found[crashed] = answered.problem
        first = crashed + 1
