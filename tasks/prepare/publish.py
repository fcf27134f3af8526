"""Finish a preparation: write final splits, table and index, and remove an older bank's files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice

from assets.bank.face_labels import count_masks
from assets.bank.reader import Bank, Entry
from assets.bank.splits import final_splits, held_out_names
from assets.bank.writer import FORMER_INDEX, close_bank
from assets.problems import Problem
from natocc.files.read import what_is
from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from shards import storage
from tasks.prepare.cofw import COFW_TABLE as COFW_TABLE
from tasks.prepare.collect import BankContents
from tasks.prepare.options import PrepareOptions
from tasks.prepare.records import drop_records
from tasks.prepare.report import PROBLEMS, PrepareReport, count_entries

# Entries that moved to the test split and are named.
_MOST_MOVED = 3


def check_bank_place(bank: str) -> None:
    """Raise OSError for what is no file under the name of one that ``prepare`` writes or removes.

    Only a path on this machine has such things. A link to nothing is replaced.
    """
    folder = storage.local_path(bank)
    if folder is None:
        return
    for name in (BANK_INDEX, BANK_TABLE, PROBLEMS, COFW_TABLE, FORMER_INDEX):
        path = folder / name
        if path.exists() and (found := what_is(path)):
            raise OSError(
                f"{path}: expected a file or nothing, got {found}; remove it, and run the same command again"
            )


def publish_bank(
    bank: str, options: PrepareOptions, contents: BankContents, absent: tuple[str, ...]
) -> PrepareReport:
    """Write table and index, then remove what the bank before leaves. An equal bank is left unchanged.

    ``absent`` are the raw datasets that were not found. Raises OSError if the bank can't be written.
    """
    entries, moved = final_splits(
        contents.entries, contents.tested, contents.defects.duplicates, contents.withdrawn
    )
    metadata = _index_fields(options, contents, entries, moved)
    beside = {PROBLEMS: _lines(contents.problems), **contents.beside}
    changed = close_bank(bank, entries, contents.files, beside, metadata)
    if COFW_TABLE not in beside:
        storage.remove(storage.join(bank, COFW_TABLE))
    drop_records(bank, contents.records)
    made = sum(result.made for result in contents.sources)
    return PrepareReport(
        bank=bank,
        counts=count_entries(Bank(bank)),
        problems=contents.problems,
        skipped=contents.selection.skipped,
        absent=absent,
        moved_to_test=moved,
        unchanged=not changed and not made,
        shards_made=made,
        shards_kept=sum(result.kept for result in contents.sources),
        upscaled=contents.counted,
        moved_first=_first_moved(contents.entries, entries),
    )


def _first_moved(before: Iterable[Entry], after: Iterable[Entry]) -> tuple[str, ...]:
    """Kind and id of the first entries whose split has changed."""
    moved = (one for one, other in zip(after, before, strict=True) if one.split != other.split)
    return tuple(f"{entry.kind} {entry.id}" for entry in islice(moved, _MOST_MOVED))


def _index_fields(
    options: PrepareOptions, contents: BankContents, entries: list[Entry], moved: int
) -> dict[str, object]:
    """The index without counts and hashes. Its options are exact: they always name the same upscaler."""
    upscaler = contents.upscaling.upscaler
    exact = options.replaced(upscaler=upscaler.name, device=upscaler.device or options.device)
    return {
        "upscaler": upscaler.name,
        "upscaling": contents.upscaling.metadata | {"objects": contents.counted},
        "objects": options.objects if options.objects in ("default", "all") else "list",
        "policy": options.policy,
        "masks": count_masks(entries),
        "options": exact.model_dump(),
        "selection": contents.selection.counts,
        "moved_to_test": moved,
        "held_out": held_out_names(entries),
        **contents.defects.index_fields(),
        "evaluation": {"faces": len(contents.evaluated), "datasets": _evaluation_datasets(contents)},
        **({"cofw": contents.cofw.faces} if contents.cofw and contents.cofw.faces else {}),
    }


def _evaluation_datasets(contents: BankContents) -> dict[str, dict[str, object]]:
    """The file of each dataset of really occluded faces; None for a dataset without a usable face."""
    return {
        result.source.evaluation.dataset: {
            "file": next(iter(result.files), None),
            "faces": len(result.entries),
            "licence": result.source.evaluation.licence,
        }
        for result in contents.sources
        if result.source.evaluation is not None
    }


def _lines(problems: Iterable[Problem]) -> bytes:
    lines = (json.dumps(asdict(problem), ensure_ascii=False) for problem in problems)
    return "".join(f"{line}\n" for line in lines).encode()
