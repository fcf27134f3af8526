from __future__ import annotations

import pytest
import typer

from commands.failures import describe_error, one_clear_message
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
