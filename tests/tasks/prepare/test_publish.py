from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from assets.bank.reader import Bank
from assets.datasets.coco.selection import ObjectSelection
from assets.datasets.realocc import REALOCC
from natocc.occluders.bank_files import BANK_INDEX, BANK_TABLE
from tasks.prepare.bank import prepare
from tasks.prepare.collect import BankContents, collect_source
from tasks.prepare.options import PrepareOptions, options_of
from tasks.prepare.publish import check_bank_place, publish_bank
from tasks.prepare.upscaling.choose import UpscalerChoice, choose_upscaler
from tests.tasks.prepare.text_source import text_source, work_in, write_texts


@pytest.fixture
def contents(tmp_path: Path) -> BankContents:
    write_texts(tmp_path / "raw", a="one", b="bad", c="three", d="four")
    result = collect_source(text_source(tmp_path / "raw"), work_in(tmp_path), lambda problem: None)
    return BankContents(
        upscaling=choose_upscaler("lanczos"),
        selection=ObjectSelection(objects=[], counts={"annotations": 7}),
        sources=(result,),
        cofw=None,
        problems=result.problems,
    )


def test_the_bank_is_one_and_the_second_time_unchanged(contents: BankContents, tmp_path: Path) -> None:
    bank = str(tmp_path / "bank")
    report = publish_bank(bank, PrepareOptions(), contents, ("COCO",))
    assert (report.unchanged, report.shards_made, report.shards_kept) == (False, 2, 0)
    assert (report.absent, report.refused, report.upscaled) == (("COCO",), 1, {"texts": 3})
    assert [entry.id for entry in Bank(bank).entries("texture")] == ["a", "c", "d"]
    assert Bank(bank).index["selection"] == {"annotations": 7}
    lines = (tmp_path / "bank/problems.jsonl").read_text().splitlines()
    assert len(lines) == 1 and "bad text" in lines[0]
    assert not publish_bank(bank, PrepareOptions(), contents, ()).unchanged, "a shard was made again"
    kept = replace(contents, sources=(replace(contents.sources[0], made=0),))
    assert publish_bank(bank, PrepareOptions(), kept, ()).unchanged


def test_a_table_and_records_of_an_older_bank_are_removed(contents: BankContents, tmp_path: Path) -> None:
    bank = tmp_path / "bank"
    (bank / "cofw.parquet").write_bytes(b"old")
    (bank / "records/face-000000.json").write_text("{}")
    publish_bank(str(bank), PrepareOptions(), contents, ())
    assert not (bank / "cofw.parquet").exists()
    names = {path.name for path in (bank / "records").iterdir()}
    assert names == {"texture-000000.json", "texture-800000.json"}


def test_the_options_in_the_index_name_the_upscaler_and_device_that_were_used(
    contents: BankContents, tmp_path: Path
) -> None:
    used = replace(contents.upscaling.upscaler, name="mine", network="rrdbnet", sha256="a" * 64, device="cpu")
    choice = UpscalerChoice(order=("glean", "mine"), upscaler=used, skipped={"glean": "no weights"})
    options = PrepareOptions(upscaler="glean,mine", device="auto")
    publish_bank(str(tmp_path / "bank"), options, replace(contents, upscaling=choice), ())
    stored = options_of(str(tmp_path / "bank"))
    assert (stored.upscaler, stored.device) == ("mine", "cpu")
    index = Bank(str(tmp_path / "bank")).index
    assert index["upscaler"] == "mine" and index["upscaling"]["passed_over"] == {"glean": "no weights"}  # type: ignore[index]


def test_a_dataset_without_a_usable_face_is_listed_without_a_file(
    contents: BankContents, tmp_path: Path
) -> None:
    write_texts(tmp_path / "other/raw", a="bad")
    source = text_source(tmp_path / "other/raw", evaluation=REALOCC)
    none = collect_source(source, work_in(tmp_path / "other"), lambda problem: None)
    publish_bank(str(tmp_path / "bank"), PrepareOptions(), replace(contents, sources=(none,)), ())
    index = Bank(str(tmp_path / "bank")).index
    expected = {"file": None, "faces": 0, "licence": REALOCC.licence}
    assert index["evaluation"] == {"faces": 0, "datasets": {REALOCC.dataset: expected}}


@pytest.mark.parametrize("name", [BANK_INDEX, BANK_TABLE, "problems.jsonl", ".former-bank.json"])
def test_what_is_no_file_under_a_name_of_the_bank_is_named(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)
    with pytest.raises(
        OSError, match=rf"{name}: expected a file or nothing, got a named pipe; remove it, and"
    ):
        prepare(tmp_path / "raw", str(tmp_path), workers=1)
    assert (tmp_path / name).is_fifo()


def test_files_links_to_nothing_and_other_storage_are_no_problem(tmp_path: Path) -> None:
    (tmp_path / "bank.json").touch()
    (tmp_path / "problems.jsonl").symlink_to("nothing")
    for url in (str(tmp_path), str(tmp_path / "none"), "memory://place/bank"):
        check_bank_place(url)
