"""Random bits of a bank flipped, each followed by a build: ``make drills``."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import pytest
import yaml

from assets.bank.reader import Bank
from natocc.document import BadDocument
from natocc.kinds import ENTRY_KINDS
from natocc.occluders.bank_files import BadBank
from tasks.build.options import BuildOptions
from tasks.build.version import finish_job
from tasks.errors import BuildStopped
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.render.shard import render_shard
from tasks.verify.version import verify
from tests.bank_entries import flip_bit
from tests.jobs import start_job
from tests.raw_trees import whole_tree

pytestmark = pytest.mark.drill

FLIPS = 100


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank of every kind, with really occluded faces."""
    whole_tree(tmp_path / "raw")
    return Path(
        prepare(tmp_path / "raw", str(tmp_path / "bank"), PrepareOptions(objects="all"), workers=1).bank
    )


@pytest.fixture
def recipe(tmp_path: Path) -> str:
    sets = [{"name": kind, "kind": kind, "split": "all"} for kind in ("randocc", "object", "hand")]
    fields = {"name": "drill", "description": "Every kind.", "size": 128, "repeats": 2, "sets": sets}
    path = tmp_path / "drill.yaml"
    path.write_text(yaml.safe_dump(fields | {"subset": "all"}))
    return str(path)


def test_a_flipped_bit_stops_what_reads_it_and_is_found(bank: Path, recipe: str, tmp_path: Path) -> None:
    draw = random.Random(5)
    files = {path: path.read_bytes() for path in sorted(bank.rglob("*")) if path.is_file()}
    sound, counts = built(recipe, bank, tmp_path / "sound"), Counter[str]()
    for number in range(FLIPS):
        # Every second flip lies anywhere, the others in a file of any size.
        weights = [len(data) if number % 2 else bool(data) for data in files.values()]
        (path,) = draw.choices(list(files), weights)
        flip_bit(path, draw.randrange(len(files[path])), draw.randrange(8))
        name = str(path.relative_to(bank))
        (finding,) = verify(str(bank)).findings
        assert finding.startswith((name, str(path))), finding
        stopped = [
            error
            for error in (error_of_build(recipe, bank, sound, tmp_path), error_of_reading(bank))
            if error
        ]
        assert all(error.startswith(f"{path}: expected ") for error in stopped), stopped
        if not stopped:
            assert is_unread(bank, path, files[path]), name
        counts[f"{path.suffix}: {'stopped' if stopped else 'in bytes that nobody reads'}"] += 1
        path.write_bytes(files[path])
    print(
        f"\n{FLIPS} flips, all found by verify; "
        + "; ".join(f"{n} {what}" for what, n in sorted(counts.items()))
    )
    assert verify(str(bank)).findings == ()


def built(recipe: str, bank: Path, out: Path) -> dict[str, bytes]:
    """The version's files, built in this process."""
    job = start_job(BuildOptions(recipe=recipe, bank=str(bank), out=str(out)))
    rendered = [render_shard(plan, job.bank, job.bank_sha256, job.staging_url) for plan in job.todo]
    report = finish_job(job, rendered, 1.0)
    assert report.dataset.counts["failed"] == 0
    return {path.name: path.read_bytes() for path in sorted(Path(report.url).iterdir())}


def error_of_build(recipe: str, bank: Path, sound: dict[str, bytes], folder: Path) -> str:
    """The message with which a build stops; "" for a version that equals the sound one."""
    out = folder / "out"
    try:
        assert built(recipe, bank, out) == sound
    except (BuildStopped, BadBank, BadDocument) as error:
        assert not list(out.glob("drill/*/dataset.json"))
        return str(error)
    finally:
        shutil.rmtree(out, ignore_errors=True)
    return ""


def error_of_reading(bank: Path) -> str:
    """The message with which reading everything stops; "" if nothing is wrong."""
    try:
        opened = Bank(str(bank))
        for kind in ENTRY_KINDS:
            for entry in opened.entries(kind):
                opened.read(entry)
        list(opened.evaluated())
    except (BadBank, BadDocument) as error:
        return str(error)
    return ""


def is_unread(bank: Path, path: Path, before: bytes) -> bool:
    """Whether the flipped byte is none of an entry's: a record, a remark, a tar's headers and padding."""
    if path.suffix != ".tar":
        return path.parent.name == "records" or path.name == "problems.jsonl"
    after = path.read_bytes()
    (at,) = [place for place, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
    spans = [
        range(member.offset, member.offset + member.size)
        for kind in ENTRY_KINDS
        for entry in Bank(str(bank)).entries(kind)
        if entry.shard == path.name
        for member in entry.members.values()
    ]
    return bool(spans) and not any(at in span for span in spans)
