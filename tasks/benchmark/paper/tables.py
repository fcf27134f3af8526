"""Tables of published scores: Voo et al. 2022, Tables 4 and 5, and FaceOcc's Table 2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "tables.yaml"
# A figure that is not printed.
_NONE = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperCell:
    """A printed figure. ``row``: what a network learnt from, or a method; ``network`` is "" of a method.

    ``set`` is named as in the paper, ``metric`` as in this project; ``quantity``: pictures to learn from.
    """

    row: str
    network: str
    set: str
    metric: str
    printed: str
    quantity: str = ""

    @property
    def value(self) -> Decimal:
        """In per cent, or in pictures a second."""
        return Decimal(self.printed)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTable:
    """``networks``: the paper's name to how names of ours begin; ``sets``: the paper's name to ours."""

    id: str
    paper: str
    place: str
    networks: Mapping[str, str]
    sets: Mapping[str, str]
    notes: tuple[str, ...]
    cells: tuple[PaperCell, ...]

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows, as printed."""
        return tuple(dict.fromkeys(cell.row for cell in self.cells))


@cache
def paper_tables() -> tuple[PaperTable, ...]:
    """Every published table."""
    data: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return tuple(_table(one) for one in data)


def _table(data: Mapping[str, Any]) -> PaperTable:
    cells = _cells_of_methods(data) if "metrics" in data else _cells_of_networks(data)
    return PaperTable(
        id=data["id"],
        paper=data["paper"],
        place=data["place"],
        networks=data.get("networks", {}),
        sets=data["sets"],
        notes=tuple(data["notes"]),
        cells=tuple(cells),
    )


def _cells_of_networks(data: Mapping[str, Any]) -> Iterator[PaperCell]:
    for row, figures in data["rows"].items():
        for of_set in data["sets"]:
            for network, printed in zip(data["networks"], figures[of_set].split(), strict=True):
                yield PaperCell(
                    row=row,
                    network=network,
                    set=of_set,
                    metric=data["metric"],
                    printed=printed,
                    quantity=figures["quantity"],
                )


def _cells_of_methods(data: Mapping[str, Any]) -> Iterator[PaperCell]:
    (of_set,) = data["sets"]
    for row, figures in data["rows"].items():
        for metric, printed in zip(data["metrics"].values(), figures.split(), strict=True):
            if printed != _NONE:
                yield PaperCell(row=row, network="", set=of_set, metric=metric, printed=printed)
