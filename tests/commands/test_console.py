"""What reaches the terminal: text of others never acts on it."""

from __future__ import annotations

import io

import pytest
import typer
from rich.console import Console

from assets.packages.clients import FetchError
from assets.problems import BadInput, Problem
from commands import console as terminal
from commands.console import print_table, say, show_problem, warn
from commands.failures import one_clear_message
from commands.register import CommandReport, command
from tasks.options import Options

HOSTILE = "\x1b[2J\x1b]0;x\x07a\nerror: forged [red]b[/red] :smile: \u202ec\udce9"
SHOWN = r"\x1b[2J\x1b]0;x\x07a\nerror: forged [red]b[/red] :smile: \u202ec\udce9"


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What both outputs print on a terminal."""
    stream = io.StringIO()
    for name in ("console", "errors"):
        settings = {"highlight": False, "soft_wrap": True, "emoji": False, "color_system": None}
        made = Console(file=stream, force_terminal=True, width=400, **settings)  # type: ignore[arg-type]
        monkeypatch.setattr(terminal, name, made)
    return stream


def test_lines_and_problems_are_escaped(screen: io.StringIO) -> None:
    say(HOSTILE)
    warn(HOSTILE)
    show_problem(Problem(path=HOSTILE, expected=HOSTILE, got=HOSTILE))
    lines = screen.getvalue().splitlines()
    assert lines == [SHOWN, SHOWN, f"{SHOWN}: expected {SHOWN}, got {SHOWN}"]


def test_cells_are_escaped_and_cut(screen: io.StringIO) -> None:
    print_table([{"name": HOSTILE, "long": "x" * 10_000}])
    assert SHOWN in screen.getvalue() and "\x1b" not in screen.getvalue()
    assert "x" * 201 not in screen.getvalue()


def test_a_cell_that_does_not_fit_is_folded_and_not_cut(
    screen: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terminal.console, "width", 60)
    path = "CelebAMask-HQ-masks_corrected/" + "0123456789" * 6
    print_table([{"where": path, "count": 3, "what": "masks without a photograph"}])
    cells = [line.split("│")[1].strip() for line in screen.getvalue().splitlines() if line.startswith("│")]
    assert "".join(cells) == path


def test_a_line_is_cut(screen: io.StringIO) -> None:
    say("x" * 100_000)
    assert len(screen.getvalue()) < 3000


def test_an_error_s_message_is_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    for error in (BadInput("a", HOSTILE), ValueError(HOSTILE), OSError(2, "No such file", HOSTILE)):
        with pytest.raises(typer.Exit), one_clear_message():
            raise error
        shown = capsys.readouterr().err
        assert SHOWN in shown and shown.count("\n") == 1 and "\x1b" not in shown


def test_json_holds_names_that_are_not_utf_8(capsys: pytest.CaptureFixture[str]) -> None:
    import json

    @command(example="natocc x", model=Options)
    def example(options: Options) -> CommandReport:
        """Report a name."""
        return CommandReport({"path": "a\udce9", "nan": float("nan")})

    with pytest.raises(typer.Exit):
        example.function(quiet=False, json=True)
    assert json.loads(capsys.readouterr().out) == {"path": "a\udce9", "nan": None}


def test_an_error_of_several_lines_is_printed_line_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), one_clear_message():
        raise FetchError("tier small: cannot do without", "npm: install it")
    assert capsys.readouterr().err.splitlines() == [
        "error: tier small: cannot do without",
        "error: npm: install it",
    ]
