"""Where and with what a run was trained, and the commands that repeat it."""

from gancli.report.commands import commands
from gancli.report.elements import Markup, element, pairs, section, table
from gancli.report.facts import RunFacts


def machine(run: RunFacts, level: int = 2) -> Markup:
    """Machine and versions, as the newest checkpoint has them."""
    saved = run.saved
    if saved is None:
        return section(
            "Machine and versions", element("p", "No checkpoint has been saved that would say it."), level=level
        )
    plugins = ", ".join(f"{name} {version}" for name, version in saved.plugins.items())
    rows = [
        ("PyTorch", saved.torch),
        ("processor", f"instructions up to {saved.cpu}" if saved.cpu else ""),
        (
            "threads",
            f"{saved.threads:,}" + (f" in each of {saved.processes:,} processes" if saved.processes > 1 else ""),
        ),
        ("device, precision", f"{run.recipe.get('device', 'auto')}, {run.recipe.get('precision', 'fp32')}"),
        ("plugins", plugins or "none"),
        ("data", f"fingerprint {saved.fingerprint[:12]}"),
        ("networks from", str(saved.origin) if saved.origin else ""),
        ("time of training", f"{run.seconds:,.0f} s for {run.step:,} steps"),
    ]
    return section("Machine and versions", pairs(rows), level=level)


def repetition(run: RunFacts, level: int = 2) -> Markup:
    """The commands."""
    rows = [[what, element("code", command)] for what, command in commands(run)]
    return section(
        "Commands that repeat it", table(["to", "command"], rows, "Paths as this report was given them"), level=level
    )
