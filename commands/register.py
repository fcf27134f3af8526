"""Shared by all commands: options from a model, --quiet, --json, clear messages, exit codes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from typer.core import TyperCommand

from commands.console import console, errors
from models.optional_packages import MissingExtra, require_networks
from tasks.options import Options, keyword, parameters_of

_QUIET = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print errors, warnings and remarks on inputs alone.")
]
_JSON = Annotated[bool, typer.Option("--json", help="Print the report as JSON instead.")]
# Former names that several commands had.
_FORMER = {"-n": "--limit", "--kind": "--kinds", "--dest": "--out"}


@dataclass(frozen=True, slots=True)
class CommandReport:
    """The --json fields of a command's report, and its exit code (docs/commands.md)."""

    fields: Mapping[str, Any]
    code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command without a name: its function, options and an example."""

    function: Callable[..., None]
    example: str
    # Former name → present name of renamed options.
    former: Mapping[str, str] = field(default_factory=dict)
    # Packages of extras that it needs.
    packages: tuple[str, ...] = ()

    def add_to(self, app: typer.Typer, name: str, *, hidden: bool = False) -> None:
        """Register it as ``natocc NAME``. ``hidden`` leaves a former name out of the help."""
        kind = type(
            "CommandWithFormerOptions", (_Command,), {"former": self.former, "packages": self.packages}
        )
        app.command(name, cls=kind, hidden=hidden, epilog=f"Example: {self.example}")(self.function)


class _Command(TyperCommand):
    former: Mapping[str, str] = {}
    packages: tuple[str, ...] = ()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Accept former names of options."""
        return super().parse_args(ctx, list(_renamed(args, self.former)))

    def invoke(self, ctx: Any) -> Any:
        """Run it if its packages are installed."""
        with one_clear_message():
            if self.packages:
                path = ctx.command_path.partition(" ")[2]
                require_networks(f"natocc {path}", self.packages)
        return super().invoke(ctx)


def command(
    *,
    example: str,
    model: type[Options] | None = None,
    positional: tuple[str, ...] = (),
    packages: tuple[str, ...] = (),
) -> Callable[[Callable[..., CommandReport]], Command]:
    """Make a command of a function.

    ``model``: the function takes one object of this model. The fields become options, and those in
    ``positional`` become arguments. Without ``model``, the function's own parameters are used. ``packages``
    of extras are checked first.
    """

    def make(function: Callable[..., CommandReport]) -> Command:
        own = list(inspect.signature(function, eval_str=True).parameters.values())
        if model is not None:
            own = [*_options(model, positional), *own[1:]]
        shared = [keyword("quiet", False, _QUIET), keyword("json", False, _JSON)]

        def run(*, quiet: bool, json: bool, **values: Any) -> None:
            with _output(quiet=quiet or json), one_clear_message():
                report = function(model(**values)) if model is not None else function(**values)
            if json:
                _print_json(report.fields)
            raise typer.Exit(report.code)

        run.__doc__ = function.__doc__
        run.__name__ = function.__name__
        run.__signature__ = inspect.Signature([*own, *shared])  # type: ignore[attr-defined]
        return Command(function=run, example=example, former=_former(model), packages=packages)

    return make


@contextmanager
def one_clear_message() -> Iterator[None]:
    """Turn errors that a user can fix into a message and exit code 1. Others keep their traceback."""
    from assets.packages.clients import FetchError
    from tasks.errors import BuildStopped

    try:
        yield
    except (OSError, ValueError, BuildStopped, FetchError, MissingExtra) as error:
        for problem in getattr(error, "problems", None) or [describe_error(error)]:
            errors.print("[red]error[/red]:", _plain(problem))
        raise typer.Exit(1) from error
    except SystemExit as stopped:
        if not isinstance(stopped.args[0] if stopped.args else None, str):
            raise
        # The exception of a stopped training names the place of its state.
        errors.print(str(stopped), markup=False)
        raise typer.Exit(stopped.code if isinstance(stopped.code, int) else 1) from stopped
    except KeyboardInterrupt as error:
        errors.print("interrupted by Ctrl-C; the same command goes on from what is finished", markup=False)
        raise typer.Exit(130) from error


def describe_error(error: Exception) -> str:
    """The message of an error, with advice if the system's own message has none."""
    if isinstance(error, OSError) and error.errno is not None:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror} (fix this and run the same command again)"
    return str(error)


@contextmanager
def _output(*, quiet: bool) -> Iterator[None]:
    """Suppress human-readable output if ``quiet`` is set."""
    before = console.quiet
    console.quiet = quiet
    try:
        yield
    finally:
        console.quiet = before


def _print_json(fields: Mapping[str, Any]) -> None:
    from pydantic_core import to_json

    text = to_json(fields, indent=1, inf_nan_mode="null", fallback=_as_json)
    typer.echo(text.decode())


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)


def _options(model: type[Options], positional: tuple[str, ...]) -> Iterator[inspect.Parameter]:
    for parameter in parameters_of(model):
        info = next(item for item in parameter.annotation.__metadata__[::-1] if isinstance(item, FieldInfo))
        made = typer.Argument if parameter.name in positional else typer.Option
        default = list(parameter.default) if isinstance(parameter.default, tuple) else parameter.default
        choices = "|".join(map(str, _choices(parameter.annotation))) or None
        details: dict[str, Any] = {"help": info.description, "metavar": choices}
        annotation: Any = Annotated[_terminal_type(parameter.annotation), made(**details)]
        yield keyword(parameter.name, default, annotation)


def _terminal_type(annotation: Any) -> Any:
    """The plain type. The model checks bounds and choices, as it reports all problems together."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _terminal_type(parts[0])
    if origin is Literal:
        return str
    if origin is tuple:
        return list[str]
    if type(None) in parts:
        return Union[tuple(_terminal_type(part) for part in parts)]  # noqa: UP007
    return annotation


def _choices(annotation: Any) -> Iterator[Any]:
    """The permitted values of a field, if they are listed."""
    for part in get_args(annotation):
        if get_origin(annotation) is Literal:
            yield part
        else:
            yield from _choices(part)


def _former(model: type[Options] | None) -> dict[str, str]:
    """Former options with their dashes, including those of the model's fields."""
    names = model.former_names.items() if model is not None else ()
    fields = {old.replace("_", "-"): new.replace("_", "-") for old, new in names}
    switches = {f"--no-{old}": f"--no-{new}" for old, new in fields.items()}
    return _FORMER | switches | {f"--{old}": f"--{new}" for old, new in fields.items()}


def _renamed(words: Iterable[str], former: Mapping[str, str]) -> Iterator[str]:
    after_dashes = False
    for word in words:
        name, equals, value = word.partition("=")
        after_dashes |= word == "--"
        if after_dashes:
            yield word
        elif name in former:
            yield f"{former[name]}{equals}{value}"
        elif word[:2] in former and word[2:].isdigit():
            # A short option with its value attached: -n5.
            yield from (former[word[:2]], word[2:])
        else:
            yield word
