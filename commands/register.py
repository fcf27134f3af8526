"""Shared by all commands: options from a model, --quiet, --json, former names."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from commands.console import console
from commands.failures import one_clear_message, one_usage_message, stopped_by_signals
from commands.parameters import shown_name, terminal_parameters
from models.optional_packages import require_networks
from tasks.options import Options, keyword

Model = TypeVar("Model", bound=Options)

_QUIET = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print errors, warnings and remarks on inputs alone.")
]
_JSON = Annotated[bool, typer.Option("--json", help="Print the report as JSON instead.")]
# Former names that several commands had.
_FORMER = {"-n": "--limit", "--kind": "--kinds", "--dest": "--out"}


# What a signal leaves.
READS_ALONE = "nothing was changed; run the same command again"
_KEPT = "what is finished is kept; run the same command again to go on from it"


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
    # Fields without a default.
    required: frozenset[str] = frozenset()

    def add_to(self, app: typer.Typer, name: str, *, hidden: bool = False) -> None:
        """Register it as ``natocc NAME``. ``hidden`` leaves a former name out of the help."""
        details = {"former": self.former, "packages": self.packages, "required": self.required}
        kind = type("CommandWithFormerOptions", (_Command,), details)
        app.command(name, cls=kind, hidden=hidden, epilog=f"Example: {self.example}")(self.function)


class _Command(TyperCommand):
    former: Mapping[str, str] = {}
    packages: tuple[str, ...] = ()
    required: frozenset[str] = frozenset()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Accept former names of options."""
        with one_usage_message(_path(ctx)):
            return super().parse_args(ctx, list(_renamed(args, self.former)))

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """The usage line: required arguments without brackets. The model requires them, not the parser."""
        pieces = super().collect_usage_pieces(ctx)
        required = {f"[{name.upper()}]" for name in self.required}
        return [piece.strip("[]") if piece in required else piece for piece in pieces]

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments by name alone, options with their values."""
        arguments, options = [], []
        for parameter in self.get_params(ctx):
            name, text = parameter.get_help_record(ctx) or ("", "")
            if parameter.param_type_name == "argument":
                arguments.append((name.partition(" <")[0], text))
            elif name:
                options.append((name, text))
        for title, rows in (("Arguments", arguments), ("Options", options)):
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)

    def invoke(self, ctx: Any) -> Any:
        """Run it if its packages are installed."""
        with one_clear_message():
            if self.packages:
                require_networks(_path(ctx), self.packages)
        return super().invoke(ctx)


class Group(TyperGroup):
    """A group of commands. What is no command of it is one line and exit code 2."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the words before the command."""
        with one_usage_message(_path(ctx), group=True):
            return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command."""
        with one_usage_message(_path(ctx)):
            return super().resolve_command(ctx, args)


def command(
    *,
    model: type[Model],
    example: str,
    positional: tuple[str, ...] = (),
    packages: tuple[str, ...] = (),
    stopped: str = _KEPT,
) -> Callable[[Callable[[Model], CommandReport]], Command]:
    """Make a command of a function that takes one object of ``model``.

    The fields become options, and those in ``positional`` become arguments. ``packages`` of extras are
    checked first. ``stopped`` says what a signal leaves and how to go on.
    """

    def make(function: Callable[[Model], CommandReport]) -> Command:
        shared = [keyword("quiet", False, _QUIET), keyword("json", False, _JSON)]
        name_of = partial(shown_name, positional=positional)
        required = frozenset(name for name, info in model.model_fields.items() if info.is_required())

        def run(*, quiet: bool, json: bool, **values: Any) -> None:
            missing = {name for name in required if values[name] is None}
            given = {name: value for name, value in values.items() if name not in missing}
            with stopped_by_signals(stopped), _output(quiet=quiet or json), one_clear_message(name_of):
                report = function(model.for_run(**given))
                if json:
                    _print_json(report.fields)
            raise typer.Exit(report.code)

        run.__doc__ = function.__doc__
        run.__name__ = function.__name__
        parameters = [*terminal_parameters(model, positional), *shared]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return Command(
            function=run, example=example, former=_former(model), packages=packages, required=required
        )

    return make


def _path(ctx: Any) -> str:
    """The command's name with those of its groups: ``natocc review export``."""
    names: list[str] = []
    while ctx.parent is not None:
        names.insert(0, ctx.info_name)
        ctx = ctx.parent
    return " ".join(["natocc", *names])


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
    from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

    try:
        text = to_json(fields, indent=1, inf_nan_mode="null", fallback=_as_json).decode()
    except PydanticSerializationError:
        # Some name of a file is not UTF-8; it is written with escapes.
        values = to_jsonable_python(fields, inf_nan_mode="null", fallback=_as_json)
        text = json.dumps(values, indent=1)
    typer.echo(text)


def _as_json(value: Any) -> Any:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _former(model: type[Options]) -> dict[str, str]:
    """Former options with their dashes, including those of the model's fields."""
    names = model.former_names.items()
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
