"""The terminal: output functions of the commands, and shared wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import Console

from natocc.files.show import one_line

if TYPE_CHECKING:
    from assets.problems import Problem, Unmatched

# Names of files may hold what looks like an emoji's code.
console = Console(highlight=False, soft_wrap=True, emoji=False)
errors = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)
# Characters of a line that are shown; a line may list some values, each cut by itself.
_LONGEST = 2000
# A table in a file or a pipe is not limited to a terminal's width.
_WIDE = 300


def say(*lines: str) -> None:
    """Print lines of the report without markup; nothing with --quiet or --json."""
    for line in lines:
        console.print(shown(line), markup=False)


def warn(*lines: str) -> None:
    """Print lines to the standard error, also with --quiet."""
    for line in lines:
        errors.print(shown(line), markup=False)


def shown(line: object) -> str:
    """A line that the terminal prints as it is: no control characters, no line breaks, of bounded length."""
    return one_line(line, _LONGEST)


def show_problem(problem: Problem) -> None:
    """One line about an input: what was expected and what came. Only refused inputs have no mark."""
    warn(f"{problem}{'' if problem.action == 'refused' else f' ({problem.action})'}")


def show_matched(problem: Problem) -> None:
    """As ``show_problem``; what is unmatched waits for ``show_unmatched``."""
    if problem.action != "unmatched":
        show_problem(problem)


def show_unmatched(found: Sequence[Unmatched]) -> None:
    """A table of the inputs that match nothing; with --quiet or --json, lines on the standard error."""
    if not found:
        return
    if console.quiet:
        for problem in found:
            show_problem(problem)
        return
    say("", "Unmatched: inputs that nothing refers to, or that refer to nothing.")
    print_table(
        [
            {
                "where": one.path,
                "count": one.count,
                "what": one.kind,
                "first": f"{', '.join(one.names)}{', …' if one.count > len(one.names) else ''}",
                "what to do": one.todo,
            }
            for one in found
        ]
    )


def print_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows with equal keys as a table, with the keys as header; nothing without rows.

    A cell that is wider than its column is folded, so that no name of a file is cut.
    """
    from rich.markup import escape
    from rich.table import Column, Table

    if not rows or console.quiet:
        return
    table = Table(*(Column(name, overflow="fold") for name in rows[0]))
    for row in rows:
        table.add_row(*("" if value is None else escape(one_line(value)) for value in row.values()))
    (console if console.is_terminal else Console(width=_WIDE, highlight=False, emoji=False)).print(table)
