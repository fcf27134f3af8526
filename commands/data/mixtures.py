"""``natocc mixtures``: what the paper trained on, beside what a bank gives and what was published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from commands.console import print_table, say
from commands.register import READS_ALONE, CommandReport, command
from tasks.inputs import BankUrl, InputCheck, folder_of
from tasks.options import HelpWords, Names, Options, cross_check

if TYPE_CHECKING:
    from tasks.mixtures.count import MixtureCount, PublishedPart

_RECIPES = HelpWords("the recipes'")


def _mixtures_problem(names: Sequence[str]) -> str | None:
    """The problem of the first name that is neither a known mixture nor a file."""
    from manifests.mixtures.mixture import known_mixtures, unknown_mixture

    known = known_mixtures()
    return next(
        (unknown_mixture(name) for name in names if name not in known and not Path(name).is_file()), None
    )


class MixturesOptions(Options):
    """Which mixtures, and where their samples come from and lie."""

    names: Annotated[Names, InputCheck(_mixtures_problem), HelpWords("all that come along")] = Field(
        (), description="Names of mixtures, or YAML files."
    )
    bank: BankUrl | None = Field(None, description="The bank that samples are planned over.")
    out: Annotated[str | None, folder_of("datasets")] = Field(
        None, description="Folder or URL under which datasets lie (--out of `natocc build`)."
    )
    split: Annotated[str | None, _RECIPES] = Field(
        None, description="train, test, all, or a file that lists faces."
    )
    subset: Annotated[Literal["WO", "O", "all"] | None, _RECIPES] = Field(
        None, description="Faces without occlusion (WO), with (O), or all of the split."
    )

    @cross_check("bank", "split", "subset", at="bank")
    def _faces_come_from_a_bank(self) -> str | None:
        given = " and ".join(f"--{name}" for name in ("split", "subset") if getattr(self, name) is not None)
        if self.bank is not None or not given:
            return None
        return f"expected a bank for {given}, got none; give --bank, or leave {given} out"


@command(
    model=MixturesOptions,
    positional=("names",),
    example="natocc mixtures c-wo-with-natocc --bank data/bank --out data/datasets",
    stopped=READS_ALONE,
)
def mixtures(options: MixturesOptions) -> CommandReport:
    """Count the paper's mixtures: samples stated, planned over a bank, kept in published versions."""
    from assets.bank.reader import Bank
    from manifests.mixtures.mixture import known_mixtures, load_mixture
    from manifests.yaml.fields import FieldProblems
    from tasks.mixtures.count import count_mixture

    bank = None if options.bank is None else Bank(options.bank)
    overrides = {"split": options.split, "subset": options.subset}
    counted: list[MixtureCount] = []
    problems: list[str] = []
    for name in dict.fromkeys(options.names or known_mixtures()):
        try:
            counted.append(count_mixture(load_mixture(name), bank, options.out, overrides))
        except FieldProblems as error:
            problems += error.problems
    if problems:
        raise FieldProblems(list(dict.fromkeys(problems)))
    print_table([row for mixture in counted for row in _rows(mixture)])
    say(*dict.fromkeys(line for mixture in counted for line in _replaced(mixture)))
    return CommandReport({"mixtures": [asdict(mixture) for mixture in counted]})


def _rows(mixture: MixtureCount) -> Iterator[dict[str, object]]:
    name = mixture.name
    for part in mixture.parts:
        published = part.published
        yield {
            "mixture": name,
            "recipe": part.recipe,
            "weight": f"{part.weight:g}",
            "paper": part.paper,
            "planned": part.planned,
            **{
                verdict: None if published is None else getattr(published, verdict)
                for verdict in ("kept", "rejected", "failed")
            },
            "published": None if published is None else _version(published),
        }
        name = ""
    if len(mixture.parts) > 1:
        yield {"mixture": "", "recipe": "together", "weight": "", **mixture.totals, "published": ""}


def _version(published: PublishedPart) -> str:
    return f"{published.version} ({published.number})" if published.number else published.version


def _replaced(mixture: MixtureCount) -> Iterator[str]:
    """What was replaced in the recipes of published versions."""
    for part in mixture.parts:
        if part.published is not None and part.published.overrides:
            values = ", ".join(f"{name} {value}" for name, value in part.published.overrides.items())
            yield f"{part.recipe} {_version(part.published)} was built with other values: {values}"
