from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from commands.parameters import shown_name, terminal_parameters
from tasks.options import Count, HelpWords, Options


class Sizes(Options):
    """Fields of every kind."""

    version: str = Field(description="Which.")
    as_: Annotated[str | None, HelpWords("the file's")] = Field(None, description="A name.")
    max_size: Count | None = Field(7, description="A size.")
    place: Path = Field(Path("data"), description="A place.")
    whole: bool = Field(True, description="All of it.")
    strict: bool = Field(False, description="Exit 1.")
    kinds: tuple[str, ...] = Field(("a", "b"), description="Kinds.")
    pair: tuple[str, str] | None = Field(None, description="Two.")


def test_fields_become_arguments_and_options_that_state_their_defaults() -> None:
    made: dict[str, Any] = {
        parameter.name: parameter for parameter in terminal_parameters(Sizes, ("version",))
    }
    details = {name: parameter.annotation.__metadata__[0] for name, parameter in made.items()}
    assert details["version"].metavar == "VERSION" and details["as_"].default == "--as"
    assert {name: item.help.partition("  ")[2] for name, item in details.items()} == {
        "version": "[required]",
        "as_": "[default: the file's]",
        "max_size": "[default: 7]",
        "place": "[default: data]",
        "whole": "[default: --whole]",
        "strict": "",
        "kinds": "[default: a, b]",
        "pair": "",
    }
    assert (details["max_size"].metavar, details["place"].metavar) == ("INTEGER", "PATH")
    assert details["strict"].default == "--strict/--no-strict"
    types = {name: parameter.annotation.__origin__ for name, parameter in made.items()}
    assert types["kinds"] == list[str] and types["pair"] == tuple[str, str] | None
    assert types["max_size"] == str | None and types["whole"] is bool


def test_a_field_is_called_as_on_the_command_line() -> None:
    assert [shown_name(name, ("version",)) for name in ("version", "as_", "max_size")] == [
        *("VERSION", "--as", "--max-size"),
    ]
