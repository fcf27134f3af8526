"""The claims of Voo et al. 2022, section 4.2 and appendices, as orderings of the paper's figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from tasks.benchmark.paper.tables import paper_tables

Relation = Literal["above", "at-least", "alike", "undecided", "best", "closer", "gains-more", "mean", "none"]
# What a claim is about unless it says otherwise.
_TABLE = "voo-4"
_FILE = Path(__file__).parent / "claims.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """An ordering that the paper states; claims.yaml says what each relation means.

    ``these`` and ``those`` are rows of the paper's tables, ``networks`` and ``sets`` named as there; the
    other side's networks and sets are the same where ``against_networks`` and ``against_sets`` are empty.
    """

    id: str
    section: str
    sentence: str
    relation: Relation
    these: tuple[str, ...] = ()
    those: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    against_networks: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    against_sets: tuple[str, ...] = ()
    towards: str = ""
    # Points of a difference that count as none.
    margin: Decimal = Decimal(0)
    figures: tuple[Decimal, ...] = ()
    # False: not said in so many words, but what an argument rests on.
    stated: bool = True

    @property
    def is_of_rows(self) -> bool:
        """Whether it compares what was learnt from, on the same set and by the same network."""
        beside = bool(self.against_networks or self.against_sets)
        return self.relation in ("above", "at-least", "alike", "undecided") and not beside


@cache
def paper_claims() -> tuple[Claim, ...]:
    """Every claim, in the paper's order. Raises ValueError for a name that no table has."""
    return tuple(_claim(fields) for fields in yaml.safe_load(_FILE.read_text("utf-8")))


def _claim(fields: dict[str, Any]) -> Claim:
    table = next(table for table in paper_tables() if table.id == _TABLE)
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
    }
    if given["relation"] != "none":
        given = {"networks": tuple(table.networks), "sets": tuple(table.sets)} | given
    given["margin"] = Decimal(str(given.get("margin", 0)))
    given["figures"] = tuple(Decimal(text) for text in given.get("figures", ()))
    claim = Claim(**given)
    _check(claim)
    return claim


def _check(claim: Claim) -> None:
    cells = [cell for table in paper_tables() for cell in table.cells]
    for expected, named in (
        ({cell.row for cell in cells}, (*claim.these, *claim.those, *filter(None, [claim.towards]))),
        ({cell.network for cell in cells}, (*claim.networks, *claim.against_networks)),
        ({cell.set for cell in cells}, (*claim.sets, *claim.against_sets)),
        (set(get_args(Relation)), (claim.relation,)),
    ):
        unknown = sorted(set(named) - expected)
        if unknown:
            raise ValueError(f"claim {claim.id}: expected names of the paper's tables, got {unknown[0]}")
