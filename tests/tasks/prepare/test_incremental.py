"""A bank that was prepared again in place equals one that is made anew, to the byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from assets.bank.reader import Bank
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.verify.bank import verify_bank
from tests.bank_entries import shard_file
from tests.raw_trees import (
    FACES,
    IMAGES,
    add_face,
    add_texture,
    disc,
    encoded,
    part_path,
    portrait,
    whole_tree,
)
from tests.tasks.prepare.text_source import InlinePool

pytestmark = pytest.mark.xdist_group("prepare_incremental")

OPTIONS = PrepareOptions(objects="all")
FACE_COUNT = 14


def files_of(bank: Path) -> dict[str, bytes]:
    """Every file, the records too."""
    return {
        path.relative_to(bank).as_posix(): path.read_bytes()
        for path in sorted(bank.rglob("*"))
        if path.is_file()
    }


def texts_of(bank: Path) -> dict[str, bytes]:
    return {name: data for name, data in files_of(bank).items() if not name.startswith("records/")}


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A raw tree of 14 faces and some refused, and its bank of about four faces a shard."""
    folder = tmp_path_factory.mktemp("incremental")
    whole_tree(folder / "raw")
    small = portrait(64, 64)
    for number in range(2, FACE_COUNT):
        add_face(folder / "raw", str(number), encoded(np.roll(small, number, axis=1)), {"skin": disc(32, 32)})
    for number in (20, 3):
        add_face(folder / "raw", str(number), b"text")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.prepare.sources.PER_SHARD", 4)
        patch.setattr("tasks.prepare.bank.WorkerPool", InlinePool)
        prepare(folder / "raw", str(folder / "bank"), OPTIONS, workers=1)
        yield folder / "raw", folder / "bank"


def add_photograph(raw: Path) -> None:
    add_face(raw, "100", encoded(portrait(64, 64)[::-1].copy()), {"skin": disc(32, 32)})


def add_bad_photograph(raw: Path) -> None:
    add_face(raw, "100", b"text")


def remove_photograph(raw: Path) -> None:
    (raw / FACES / IMAGES / "5.jpg").unlink()
    part_path(raw, "5", "skin").unlink()


def edit_mask(raw: Path) -> None:
    add_face(raw, "7", (raw / FACES / IMAGES / "7.jpg").read_bytes(), {"skin": disc(32, 32, 0.3)})


def add_class(raw: Path) -> None:
    add_texture(raw, "woven", "woven_0001.jpg")


def remove_dataset(raw: Path) -> None:
    shutil.rmtree(raw / "RealOcc")


@pytest.mark.parametrize(
    ("change", "most"),
    [
        (add_photograph, 2),
        (add_bad_photograph, 2),
        (remove_photograph, 2),
        (edit_mask, 1),
        (add_class, 1),
        (remove_dataset, 0),
    ],
)
def test_a_change_in_place_gives_the_bytes_of_a_bank_made_anew(
    change: Callable[[Path], None],
    most: int,
    before: tuple[Path, Path],
    tmp_path: Path,
) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    shutil.copytree(before[0], raw)
    shutil.copytree(before[1], bank)
    times = {path.name: path.stat().st_mtime_ns for path in bank.glob("*.tar")}
    change(raw)
    again = prepare(raw, str(bank), OPTIONS, workers=1)
    assert again.shards_made <= most and again.shards_kept >= 5
    written = [path for path in bank.glob("*.tar") if times.get(path.name) != path.stat().st_mtime_ns]
    assert len(written) == again.shards_made
    fresh = prepare(raw, str(tmp_path / "fresh"), OPTIONS, workers=1)
    assert files_of(bank) == files_of(tmp_path / "fresh")
    assert again.problems == fresh.problems and again.counts == fresh.counts
    assert verify_bank(str(bank))[1] == []


def test_a_bank_can_be_read_while_it_is_prepared_again(before: tuple[Path, Path], tmp_path: Path) -> None:
    raw, folder = tmp_path / "raw", tmp_path / "bank"
    shutil.copytree(before[0], raw)
    shutil.copytree(before[1], folder)
    edit_mask(raw)
    opened = texts_of(folder)

    def interrupt(done: int, total: int | None) -> None:
        # Faces come first: all of them are in the bank's folder now.
        if done == FACE_COUNT + 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(raw, str(folder), OPTIONS, workers=1, on_progress=interrupt)
    assert opened.items() < texts_of(folder).items()
    bank = Bank(str(folder))
    assert all(bank.read(entry) for entry in bank.entries("face"))
    (finding,) = verify_bank(str(folder))[1]
    assert "left by a `natocc prepare` that did not end; run it again, or remove the file" in finding
    assert prepare(raw, str(folder), OPTIONS, workers=1).shards_made == 0, "it was finished"
    assert verify_bank(str(folder))[1] == []


def test_files_of_earlier_releases_and_of_calls_that_did_not_end_are_removed(
    before: tuple[Path, Path], tmp_path: Path
) -> None:
    bank = tmp_path / "bank"
    shutil.copytree(before[1], bank)
    sound = files_of(bank)
    shard = shard_file(bank, "realocc-000000")
    for name in ("face-000000.tar", "object_voo-000001.tar", "hand-0123456789abcdef-01234567.tar"):
        shutil.copy(shard, bank / name)
    shutil.copy(shard, bank / "notes.tar")
    assert prepare(before[0], str(bank), OPTIONS, workers=1).unchanged
    (bank / "notes.tar").unlink()
    assert files_of(bank) == sound
