"""``gan doctor``: versions, machine, plugins, data and settings, for a bug report."""

from gancli.cli.options import Json
from gancli.progress import task
from gancli.terminal.output import print_text, result

EXAMPLES = "Examples:  gan doctor  ·  gan doctor --json  ·  gan doctor > report.txt"


def doctor(json: Json = False) -> None:
    """Report what is installed and what may cause problems, to be pasted into a bug report.

    It works even if torch or a plugin is broken, and says so; the exit code is 0 all the same. The report names neither
    the user nor the home folder.
    """
    from gancli.diagnosis import report, report_text
    from gancli.diagnosis.private import without_names

    with task("importing torch and the plugins, in processes of their own"):
        found = report.report()
    if json:
        from dataclasses import asdict
        from json import dumps

        result(without_names(dumps(asdict(found), indent=2, ensure_ascii=False)))
    else:
        print_text(report_text.text(found))
