"""What all commands have in common: their help, --quiet, --json, former names, exit codes."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from types import MappingProxyType
from typing import Any

import pytest
import typer
from pydantic import Field
from typer.testing import CliRunner, Result

from commands.console import say, warn
from commands.main import app
from commands.register import CommandReport, command
from tasks.options import Count, Options
from tests.commands.walk import all_commands
from tests.tasks.test_options import Job

# Modules that take long to import; a command imports them when it runs.
HEAVY = ("numpy", "cv2", "scipy", "torch", "pyarrow", "prefect", "lightning", "fsspec", "natocc.geometry")


COMMANDS = dict(all_commands())


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_example_that_ends_a_help_is_a_call_of_its_command(path: tuple[str, ...]) -> None:
    example = COMMANDS[path].epilog.removeprefix("Example: ")
    words = shlex.split(example)
    name = path if path != ("train-harmonizer",) else ("train-harmoniser",)
    assert tuple(words[: len(path) + 1]) == ("natocc", *name)
    COMMANDS[path].make_context(path[-1], words[len(path) + 1 :])


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_quiet_and_json_and_describes_its_options(path: tuple[str, ...]) -> None:
    parameters = {parameter.name: parameter for parameter in COMMANDS[path].params}
    assert {"quiet", "json"} <= parameters.keys()
    assert all(parameter.help for parameter in parameters.values())


def test_an_option_has_one_name_over_all_commands() -> None:
    flags = {flag for found in COMMANDS.values() for parameter in found.params for flag in parameter.opts}
    assert not flags & {"--dest", "-n", "--count", "--kind", "--bank-weights"}
    assert {flag for flag in flags if flag.startswith("-") and not flag.startswith("--")} == {"-q"}


def test_help_imports_nothing_heavy() -> None:
    program = f"""
import sys
from typer.testing import CliRunner
from commands.main import app
assert CliRunner().invoke(app, ["build", "--help"]).exit_code == 0
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"


@pytest.mark.parametrize("old", ["--dest", "--dest="], ids=["apart", "joined"])
def test_a_former_option_is_taken_and_in_no_help(old: str) -> None:
    words = ["x"] if old == "--dest" else []
    done = CliRunner().invoke(app, ["sample", f"{old}{'' if words else 'x'}", *words, "--tier", "tiny"])
    assert "Missing option" not in done.output and "No such option" not in done.output
    assert "--dest" not in CliRunner().invoke(app, ["sample", "--help"]).output
    assert "train-harmonizer" not in CliRunner().invoke(app, ["--help"]).output
    assert CliRunner().invoke(app, ["train-harmonizer", "--help"]).exit_code == 0


class Small(Options):
    """One option."""

    limit: Count = Field(1, description="How many.")
    out: str = Field("", description="Where to.")


@pytest.mark.parametrize("words", [("-n", "5"), ("-n5",), ("--limit", "5")], ids=" ".join)
def test_a_short_former_option_is_taken_with_its_value_attached_too(words: tuple[str, ...]) -> None:
    def small(options: Small) -> CommandReport:
        return CommandReport({"limit": options.limit})

    assert json.loads(call(small, *words, "--json").stdout) == {"limit": 5}


def test_a_report_holds_mappings_and_numbers_that_json_lacks() -> None:
    def small(options: Small) -> CommandReport:
        return CommandReport({"sizes": MappingProxyType({"width": 3}), "share": float("nan")})

    assert json.loads(call(small, "--json").stdout) == {"sizes": {"width": 3}, "share": None}


def test_an_exit_that_is_no_message_stays_what_it_is() -> None:
    def small(options: Small) -> CommandReport:
        raise SystemExit(1)

    done = call(small)
    assert (done.stderr, done.exit_code) == ("", 1)


def call(function: Any, *words: str, model: type[Options] = Small, **details: Any) -> Result:
    small = typer.Typer()
    command(example="natocc small", model=model, **details)(function).add_to(small, "small")
    return CliRunner().invoke(small, list(words))


def test_the_report_is_text_or_json_or_nothing_and_gives_the_code() -> None:
    def small(options: Small) -> CommandReport:
        say("a line for eyes")
        warn("a warning")
        return CommandReport({"number": options.limit, "paths": ("a",)}, code=3)

    plain = call(small, "--limit", "2")
    assert (plain.stdout, plain.stderr, plain.exit_code) == ("a line for eyes\n", "a warning\n", 3)
    quiet = call(small, "--quiet")
    assert (quiet.stdout, quiet.stderr, quiet.exit_code) == ("", "a warning\n", 3)
    told = call(small, "--json")
    assert json.loads(told.stdout) == {"number": 1, "paths": ["a"]} and told.exit_code == 3
    assert told.stderr == "a warning\n"


def test_the_fields_of_a_model_are_options_and_all_their_problems_come_at_once() -> None:
    def small(job: Job) -> CommandReport:
        return CommandReport({"size": job.size, "out": job.out})

    done = call(small, "o", "--length", "64", "--json", model=Job, positional=("out",))
    assert json.loads(done.stdout) == {"size": 64, "out": "o"}
    words = ("--size", "0", "--share", "half", "--device", "tpu", "--first", "--second")
    wrong = call(small, *words, model=Job, positional=("out",))
    assert wrong.exit_code == 2
    assert wrong.stderr.splitlines() == [
        "error: OUT: expected a value, got none",
        "error: --size: expected at least 16 and at most 2048, got 0",
        "error: --share: expected a number, got 'half'",
        "error: --device: expected auto or cpu, got 'tpu'",
        "error: --first, --second: expected one of them, got both",
    ]


# Words that each command takes too few or too many of.
NOT_AN_OPTION = "--no-such-option"


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_refuses_a_wrong_use_with_one_line_and_code_2(path: tuple[str, ...]) -> None:
    wrong = CliRunner().invoke(app, [*path, NOT_AN_OPTION])
    assert wrong.exit_code == 2
    name = " ".join(("natocc", *path))
    assert wrong.stderr.startswith(f"error: {NOT_AN_OPTION}: expected an option of {name}")
    assert len(wrong.stderr.splitlines()) == 1
    extra = CliRunner().invoke(app, [*path, *"abcdefgh"])
    assert extra.exit_code == 2 and extra.stderr.startswith("error: ")
    for parameter in COMMANDS[path].params:
        choices = str(parameter.metavar).split("|")
        if len(choices) > 1:
            done = CliRunner().invoke(app, [*path, parameter.opts[0], "none-of-these"])
            expected = f"error: {parameter.opts[0]}: expected {', '.join(choices[:-1])} or {choices[-1]}, got"
            assert done.exit_code == 2 and expected in done.stderr


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_names_all_missing_options_with_code_2(path: tuple[str, ...]) -> None:
    required = [
        parameter.opts[0] if parameter.opts[0].startswith("--") else str(parameter.metavar)
        for parameter in COMMANDS[path].params
        if str(parameter.help).endswith("[required]")
    ]
    if not required:
        return
    done = CliRunner().invoke(app, path)
    assert done.exit_code == 2
    missing = [line for line in done.stderr.splitlines() if line.endswith("expected a value, got none")]
    assert missing == [f"error: {name}: expected a value, got none" for name in required]


@pytest.mark.parametrize(
    "words", [("nothing",), ("review", "nothing"), ("weights", "nothing"), ("--nothing",)]
)
def test_an_unknown_command_is_one_line_and_code_2(words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert done.stderr.startswith("error: ") and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("error", "line", "code"),
    [
        (ValueError("x: expected [b], got c"), "error: x: expected [b], got c", 1),
        (
            OSError(28, "No space left on device", "f"),
            "error: f: No space left on device (fix this and run the same command again)",
            1,
        ),
        (KeyboardInterrupt(), "interrupted by Ctrl-C; the same command goes on from what is finished", 130),
    ],
    ids=str,
)
def test_what_a_user_can_fix_is_one_line(error: BaseException, line: str, code: int) -> None:
    def small(options: Small) -> CommandReport:
        raise error

    done = call(small)
    assert (done.stderr, done.exit_code) == (f"{line}\n", code)


def test_a_fault_of_the_code_keeps_its_trace() -> None:
    def small(options: Small) -> CommandReport:
        raise KeyError("bug")

    assert isinstance(call(small).exception, KeyError)
