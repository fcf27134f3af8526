from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from assets.bank.reader import Bank, Entry
from assets.bank.splits import final_splits, held_out_names
from assets.bank.writer import close_bank, open_bank, write_shard
from natocc.kinds import ENTRY_KINDS
from shards.storage import sha256_bytes, write_bytes
from shards.tar import pack
from tasks.partition.leaks import find_leaks
from tasks.verify.version import verify
from tests.bank_entries import write_index
from tests.entries import blank_entry


def entry(kind: str, name: str, photo: str, split: str = "train", **fields: str) -> Entry:
    return blank_entry(kind, name, photo=photo, split=split, **fields)


def write_bank(
    folder: Path,
    entries: Sequence[Entry],
    evaluated: Sequence[dict[str, str]] = (),
    held_out: dict[str, list[str]] | None = None,
) -> str:
    open_bank(str(folder))
    by_kind = {kind: [(one, {"json": b"{}"}) for one in entries if one.kind == kind] for kind in ENTRY_KINDS}
    shards = [
        write_shard(str(folder), f"{kind}-000000.tar", items) for kind, items in by_kind.items() if items
    ]
    files = {shard.name: shard.sha256 for shard in shards}
    datasets: dict[str, dict[str, object]] = {"COFW": {"file": None, "faces": 0}}
    if evaluated:
        data, name = (
            pack([(one["id"], {"json": json.dumps(one).encode()}) for one in evaluated]),
            "realocc-000000.tar",
        )
        write_bytes(str(folder / name), data)
        files[name] = sha256_bytes(data)
        datasets |= {"RealOcc": {"file": name, "faces": len(evaluated)}}
    evaluation = {"faces": len(evaluated), "datasets": datasets}
    written = [one for shard in shards for one in shard.entries]
    close_bank(str(folder), written, files, {}, {"evaluation": evaluation, "held_out": held_out or {}})
    return str(folder)


CLEAN = (
    entry("face", "00000", "p0", "test", person="ada"),
    entry("face", "00001", "p1", person="bea"),
    entry("face", "00002", "p0", "excluded", person="ada"),
    entry("object", "0007", "p7", category="cup"),
    entry("hand", "h", "p8", person="11k:1"),
    entry("texture", "t", "p9", "test", category="banded"),
)


def test_a_bank_without_leaks_has_none(tmp_path: Path) -> None:
    seen = {"id": "00041", "photo": "p41", "person": "cy"}
    url = write_bank(tmp_path, CLEAN, [seen], {"texture": ["banded"], "hand": ["11k:2"]})
    assert find_leaks(Bank(url)) == []
    report = verify(url)
    assert (report.findings, report.samples, report.what) == ((), 6, "entries")


def test_every_photograph_and_person_on_both_sides_is_named(tmp_path: Path) -> None:
    leaking = (
        entry("object", "0008", "p0", category="cup"),
        entry("object", "0009", "p0", category="cup"),
        entry("face", "00003", "p3", person="ada"),
        entry("face", "00004", "p41"),
        entry("face", "00005", "p5", person="cy"),
    )
    url = write_bank(tmp_path, (*CLEAN, *leaking), [{"id": "00041", "photo": "p41", "person": "cy"}])
    expected = [
        "person ada: expected on one side, got face 00000 in test and face 00003 in train",
        "person cy: expected on one side, got RealOcc's 00041 in test and face 00005 in train",
        "photograph p0: expected on one side, got face 00000 in test and object 0008 and 1 more in train",
        "photograph p41: expected on one side, got RealOcc's 00041 in test and face 00004 in train",
    ]
    assert find_leaks(Bank(url)) == expected
    assert verify(url).findings == tuple(expected)
    final, _ = final_splits((*CLEAN, *leaking), [entry("face", "00041", "p41", person="cy")])
    leaked = {one.id for one in leaking}
    assert {one.split for one in final if one.id in leaked} == {"test"}


def test_a_held_out_class_or_person_that_is_trained_on_is_named(tmp_path: Path) -> None:
    more = (entry("texture", "u", "p10", category="banded"), entry("texture", "v", "p11", category="banded"))
    held = {"texture": ["banded", "dotted"], "hand": ["11k:1"], "object": []}
    url = write_bank(tmp_path, (*CLEAN, *more), (), held)
    assert find_leaks(Bank(url)) == [
        "hand person 11k:1: expected held out, got h in train",
        "texture category banded: expected held out, got u and 1 more in train",
    ]


def test_held_out_names_have_test_entries_alone() -> None:
    more = (
        entry("texture", "u", "p10", category="dotted"),
        entry("texture", "v", "p11", "test", category="dotted"),
        entry("hand", "g", "p12", "test", person="11k:2"),
        entry("object", "0010", "p13", "test", category="scissors"),
        entry("object", "0011", "p14", "excluded", category="scissors"),
        entry("object", "0012", "p15", "test"),
        entry("face", "00009", "p16", "test", person="dan"),
    )
    assert held_out_names((*CLEAN, *more)) == {
        "object": ["scissors"],
        "hand": ["11k:2"],
        "texture": ["banded"],
    }


@pytest.mark.parametrize("damage", ["changed", "missing", "stray"])
def test_damaged_files_of_a_bank_are_named(tmp_path: Path, damage: str) -> None:
    url = write_bank(tmp_path, CLEAN)
    shard = tmp_path / "face-000000.tar"
    if damage == "changed":
        shard.write_bytes(shard.read_bytes()[:-1] + b"x")
    elif damage == "missing":
        shard.unlink()
    else:
        (tmp_path / "face-000001.tar").write_bytes(b"x")
        (tmp_path / ".partial").write_bytes(b"x")
        (tmp_path / "records").mkdir()
    (finding,) = verify(url).findings
    expected = {
        "changed": "face-000000.tar: expected sha256 ",
        "missing": "face-000000.tar: expected by bank.json, missing",
        "stray": "face-000001.tar: not listed in bank.json",
    }
    assert finding.startswith(expected[damage])


def test_duplicates_on_both_sides_are_a_leak(tmp_path: Path) -> None:
    url = write_bank(tmp_path, [entry("face", "00234", "a", "test"), entry("face", "00235", "b")])
    assert find_leaks(Bank(url)) == []
    write_index(tmp_path, known_defects={"duplicates": [["00234", "00235"]]})
    assert find_leaks(Bank(url)) == [
        "duplicates of face 00234: expected on one side, got face 00234 in test and face 00235 in train"
    ]
