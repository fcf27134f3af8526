"""A command's arguments and options, made of the fields of a model."""

from __future__ import annotations

import inspect
from collections.abc import Collection, Iterator
from pathlib import Path
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

import typer
from pydantic.fields import FieldInfo

from tasks.options import HelpWords, Options, keyword, parameters_of

_VALUES = {int: "INTEGER", float: "NUMBER", Path: "PATH"}


def terminal_parameters(model: type[Options], positional: Collection[str]) -> Iterator[inspect.Parameter]:
    """The fields as parameters for typer; those in ``positional`` become arguments.

    Values arrive as text and none is required here: the model reads them, and reports all problems together.
    """
    for parameter in parameters_of(model):
        details = parameter.annotation.__metadata__
        info = next(item for item in details[::-1] if isinstance(item, FieldInfo))
        words = next((item for item in details if isinstance(item, HelpWords)), HelpWords())
        plain = _plain_type(parameter.annotation)
        shown: Any = {"help": f"{info.description}{_remark(parameter, words)}", "show_default": False}
        if parameter.name in positional:
            made = typer.Argument(metavar=parameter.name.upper(), **shown)
        elif plain is bool:
            made = typer.Option(f"--{_dashed(parameter.name)}/--no-{_dashed(parameter.name)}", **shown)
        else:
            values = words.values or _values(parameter.annotation)
            made = typer.Option(f"--{_dashed(parameter.name)}", metavar=values, **shown)
        missing = parameter.default is inspect.Parameter.empty
        default = None if missing else _as_text(parameter.default)
        yield keyword(parameter.name, default, Annotated[plain | None if missing else plain, made])


def shown_name(field: str, positional: Collection[str]) -> str:
    """The name of a field on the command line."""
    return field.upper() if field in positional else f"--{_dashed(field)}"


def _remark(parameter: inspect.Parameter, words: HelpWords) -> str:
    """What the help adds to a description: that a value is required, or the default."""
    default = parameter.default
    if default is inspect.Parameter.empty:
        return "  [required]"
    if words.default is not None:
        return f"  [default: {words.default}]"
    if default is True:
        return f"  [default: --{_dashed(parameter.name)}]"
    if default in (None, False, "", ()):
        return ""
    return f"  [default: {', '.join(default) if isinstance(default, tuple) else default}]"


def _dashed(name: str) -> str:
    # A keyword of Python has an underscore after it: as_.
    return name.rstrip("_").replace("_", "-")


def _plain_type(annotation: Any) -> Any:
    """Text, a switch, a list of texts, or a pair of texts; optional if the field is."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _plain_type(parts[0])
    if origin is tuple:
        return list[str] if Ellipsis in parts else tuple.__class_getitem__(tuple(str for _ in parts))
    if NoneType in parts:
        (value,) = (part for part in parts if part is not NoneType)
        return _plain_type(value) | None
    return bool if annotation is bool else str


def _values(annotation: Any) -> str:
    """What stands for a value in the help: the choices, or the kind of value."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return "|".join(map(str, parts))
    if origin is None:
        return _VALUES.get(annotation, "TEXT")
    return _values(next(part for part in parts if part is not NoneType))


def _as_text(default: Any) -> Any:
    if isinstance(default, tuple):
        return [str(value) for value in default]
    return default if default is None or isinstance(default, bool) else str(default)
