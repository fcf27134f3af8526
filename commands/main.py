"""The console command ``natocc``: one file a subcommand."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from importlib import import_module
from typing import Annotated, Any

import typer

from commands.output import run_with_output
from commands.register import Command, Group
from natocc import __version__

# Where each command is defined. Its module is imported when the command is called: the import of all takes
# as long as that of pydantic and typer together.
COMMANDS = {
    "demo": "commands.data.demo:demo",
    "sample": "commands.data.sample:sample",
    "census": "commands.data.census:census",
    "prepare": "commands.data.prepare:prepare",
    "partition": "commands.data.partition:partition",
    "build": "commands.data.build:build",
    "mixtures": "commands.data.mixtures:mixtures",
    "preview": "commands.versions.preview:preview",
    "retry": "commands.versions.retry:retry",
    "upgrade": "commands.versions.upgrade:upgrade",
    "info": "commands.versions.info:info",
    "verify": "commands.versions.verify:verify",
    "replay": "commands.versions.replay:replay",
    "trace": "commands.versions.trace:trace",
    "used-by": "commands.versions.used_by:used_by",
    "gc": "commands.versions.gc:gc",
    "withdraw": "commands.versions.withdraw:withdraw",
    "correct-masks": "commands.masks.correct_masks:correct_masks",
    "train-segmenter": "commands.train.segmenter:train_segmenter",
    "train-harmoniser": "commands.train.harmoniser:train_harmoniser",
    "train-upscaler": "commands.train.upscaler:train_upscaler",
    "benchmark": "commands.train.benchmark:benchmark",
    "score": "commands.masks.score:score",
    "align": "commands.masks.align:align",
    "segment": "commands.masks.segment:segment",
    "export-model": "commands.masks.export_model:export_model",
    "review": "commands.masks.review:review",
    "weights": "commands.weights:weights",
}
# Former name → present name. The help does not list them.
FORMER = {"train-harmonizer": "train-harmoniser"}


class _Commands(MutableMapping[str, Any]):
    """The commands by name, former ones included, each imported at its first use."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            self._loaded[name] = _loaded(name)
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*COMMANDS, *FORMER))

    def __len__(self) -> int:
        return len(COMMANDS) + len(FORMER)


class _Natocc(Group):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Commands()


def _loaded(name: str) -> Any:
    """Import a command, or a group of commands. Raises KeyError for an unknown name."""
    module, _, attribute = COMMANDS[FORMER.get(name, name)].partition(":")
    found: Command | typer.Typer = getattr(import_module(module), attribute)
    if isinstance(found, Command):
        alone = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_short=True)
        found.add_to(alone, name, hidden=name in FORMER)
        return typer.main.get_command(alone)
    return typer.main.get_group(found)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"natocc {__version__}")
        raise typer.Exit


# Plain help: two columns, which 80 characters have room for.
app = typer.Typer(
    cls=_Natocc,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def natocc(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and exit.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Faces with occlusions and exact labels."""


def run() -> None:
    """Run the command of this process."""
    run_with_output(app)
