"""Tables on stdout, for people or for programs."""

from collections.abc import Sequence

from gancli.terminal.output import clear_terminal, print_json, results_file


def columns_that_fit() -> int:
    """How many columns of numbers there is room for, beside one of names and one of remarks: three on 80 columns."""
    from rich.console import Console

    return max(3, (Console().width - 34) // 15)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, as_json: bool = False) -> None:
    """Print rows as a table, or as a JSON list of objects."""
    if as_json:
        print_json([dict(zip(header, row, strict=True)) for row in rows], indent=2)
        return
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*header, box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for row in rows:
        table.add_row(*map(Text, row))  # as text, so that [bold] in a name is only letters
    clear_terminal()
    if (stdout := results_file()) is not None:
        Console(file=stdout, soft_wrap=False).print(table)
