from __future__ import annotations

import errno

import pytest
import typer
from typer.testing import CliRunner

from commands.failures import describe_error, one_clear_message
from commands.main import app
from tasks.option_problems import OptionProblem, OptionsError


def test_options_end_with_2_and_other_errors_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [
        OptionProblem(("size", "share"), "expected more"),
        OptionProblem(("x",), "--y: expected less"),
    ]
    with pytest.raises(typer.Exit) as ended, one_clear_message(str.upper):
        raise OptionsError(problems)
    assert ended.value.exit_code == 2
    assert capsys.readouterr().err == "error: SIZE, SHARE: expected more\nerror: --y: expected less\n"
    with pytest.raises(typer.Exit) as ended, one_clear_message():
        raise ValueError("f: expected a picture, got text")
    assert ended.value.exit_code == 1


def test_an_error_of_the_system_gets_advice() -> None:
    full = OSError(28, "No space left on device", "f")
    assert describe_error(full) == "f: No space left on device (fix this and run the same command again)"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("bild",), "natocc: no such command 'bild'. Did you mean 'build'? See natocc --help"),
        (("xyz",), "natocc: no such command 'xyz'; see natocc --help"),
        (
            ("--quiet", "census"),
            "--quiet: expected after the command (natocc COMMAND --quiet), got before it",
        ),
        (
            ("weights", "--json", "list"),
            "--json: expected after the command (natocc weights COMMAND --json), got before it",
        ),
        (
            ("--versoin",),
            "--versoin: expected an option of natocc, such as --version, got an unknown one; see natocc --help",
        ),
    ],
)
def test_what_the_parser_refuses_is_one_line_with_the_way_on(words: tuple[str, ...], line: str) -> None:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 2 and done.stderr == f"error: {line}\n"


def test_too_many_open_files_say_what_to_set() -> None:
    error = OSError(errno.EMFILE, "Too many open files", "f")
    assert describe_error(error) == (
        "f: Too many open files; allow more by `ulimit -n 1024`, and run the same command again"
    )
