from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import tasks.withdraw.run as run
from assets.bank.reader import Bank
from manifests.dataset import latest_version, read_dataset, read_manifest
from manifests.history import entry_of, number_parts, read_history
from shards import storage
from shards.reader import read_shard
from tasks.garbage.collect import collect_garbage
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.verify.bank import verify_bank
from tasks.verify.version import verify
from tasks.withdraw.plan import plan_withdrawal
from tasks.withdraw.run import WithdrawalReport, withdraw
from tests.raw_trees import FACES, add_objects, add_occluded, annotation, square
from tests.s3_server import S3Server
from tests.tasks.withdraw.conftest import Place


def withdrawn(place: Place, name: str, **fields: object) -> WithdrawalReport:
    return withdraw(plan_withdrawal(place.options(name, **fields)))


def faces_of(place: Place, version: str) -> set[str]:
    """The faces of a version, by manifest and shards alike."""
    url = str(place.dataset / version)
    dataset = read_dataset(url)
    rows = read_manifest(url, dataset)
    stored = [
        json.loads(members["json"])["face"]["id"]
        for record in dataset.shards
        for _, members in read_shard(f"{url}/{record.file}", record.sha256)
    ]
    faces = {row.face_id for row in rows}
    assert set(stored) == faces and verify(url).findings == ()
    return {face.partition("_")[0] for face in faces}


def test_the_latest_version_is_built_again_without_a_person_and_no_rebuild_brings_it_back(
    place: Place,
) -> None:
    photo = place.raw / FACES / "CelebA-HQ-img/ada.jpg"
    report = withdrawn(place, "Ada", reason="asked")
    (replaced,) = report.replaced
    assert (report.banned, report.bank_changed, replaced.version) == (3, True, place.latest)
    assert latest_version(str(place.dataset)) == replaced.by and replaced.gone is None
    assert faces_of(place, str(replaced.by)) == {"bob", "eve"}
    assert faces_of(place, place.latest) == faces_of(place, place.old) == {"ada", "bob", "eve"}
    entry = entry_of(read_history(str(place.dataset)), str(replaced.by))
    assert entry is not None and (entry.number, entry.change, entry.removed) == ("2.0.0", "edits", 4)
    # Downloaded again under another name, and as it was.
    for name in ("new.jpg", "ada.jpg"):
        photo = photo.rename(photo.with_name(name))
        prepare(place.raw, place.bank, workers=1)
        assert [face.id.partition("_")[0] for face in Bank(place.bank).entries("face")] == ["bob", "eve"]
    assert place.build() == replaced.by
    assert withdrawn(place, "Ada") == WithdrawalReport(banned=0, bank_changed=False)


def test_everywhere_replaces_older_versions_by_themselves_without_the_samples(place: Place) -> None:
    before = datetime.now(UTC) + timedelta(days=3)
    report = withdrawn(place, "Ada", everywhere=True, grace_days=3)
    older, latest = report.replaced
    assert (latest.version, older.version) == (place.latest, place.old)
    assert faces_of(place, str(older.by)) == faces_of(place, str(latest.by)) == {"bob", "eve"}
    assert latest_version(str(place.dataset)) == latest.by
    history = read_history(str(place.dataset))
    for one in report.replaced:
        old, new = (entry_of(history, str(name)) for name in (one.version, one.by))
        assert old is not None and new is not None and new.instead_of == one.version
        assert old.gone == one.gone and datetime.fromisoformat(str(one.gone)) >= before.replace(microsecond=0)
    dataset = read_dataset(str(place.dataset / str(older.by)))
    assert dataset.instead_of == place.old and dataset.left_out["withdrawn"] == {"randocc": 2}
    card = (place.dataset / str(older.by) / "README.md").read_text()
    assert f"It replaces version {place.old}" in card
    assert "2 samples of set randocc, made from what was withdrawn" in card
    assert withdrawn(place, "Ada", everywhere=True).replaced == ()


def test_no_version_is_replaced_by_one_that_lacks_more(place: Place) -> None:
    # The latest version is of the same recipe, and has no sample of what is withdrawn.
    place.build(limit=1)
    (eve,) = (face for face in Bank(place.bank).entries("face") if face.id.startswith("eve"))
    report = withdrawn(place, eve.id, everywhere=True, grace_days=0)
    assert [one.version for one in report.replaced] == [place.old, place.latest]
    for one in report.replaced:
        old, new = (read_dataset(str(place.dataset / str(name))) for name in (one.version, one.by))
        kept, left = (
            {row.key for row in read_manifest(str(place.dataset / dataset.version), dataset)}
            for dataset in (old, new)
        )
        assert left == {key for key in kept if "-eve" not in key}


def test_a_rebuild_that_lacks_other_samples_replaces_nothing(place: Place) -> None:
    # As over a bank that has lost a photograph since.
    (place.raw / FACES / "CelebA-HQ-img/eve.jpg").unlink()
    prepare(place.raw, place.bank, workers=1)
    older, latest = withdrawn(place, "Ada", everywhere=True).replaced
    assert faces_of(place, str(older.by)) == faces_of(place, str(latest.by)) == {"bob", "eve"}
    assert latest_version(str(place.dataset)) == latest.rebuild and latest.lost == 4
    assert faces_of(place, str(latest.rebuild)) == {"bob"}


def test_an_older_version_is_replaced_by_its_rebuild_that_is_there(place: Place) -> None:
    (built,) = withdrawn(place, "Ada").replaced
    older, former = withdrawn(place, "Ada", everywhere=True).replaced
    assert (former.version, former.by) == (place.latest, built.by)
    assert (older.version, older.by != built.by) == (place.old, True)


def test_no_number_is_above_that_of_the_latest_version(place: Place) -> None:
    withdrawn(place, "Ada", everywhere=True)
    history = read_history(str(place.dataset))
    highest = max(history, key=lambda entry: number_parts(entry.number))
    assert highest.version == latest_version(str(place.dataset))


def test_killed_anywhere_the_same_command_completes_it(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed_after(function: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            function(*args, **kwargs)
            raise KeyboardInterrupt

        return call

    for last in ("add_withdrawals", "prepare_again", "publish_without", "record_version", "build_again"):
        with monkeypatch.context() as patch:
            patch.setattr(run, last, killed_after(getattr(run, last)))
            with pytest.raises(KeyboardInterrupt):
                withdrawn(place, "Ada", everywhere=True)
    withdrawn(place, "Ada", everywhere=True)
    history = read_history(str(place.dataset))
    standing = {entry.instead_of: entry.version for entry in history if entry.instead_of}
    assert set(standing) == {place.old, place.latest}
    assert standing[place.latest] == latest_version(str(place.dataset))
    assert {entry.version for entry in history if entry.gone} == {place.old, place.latest}
    assert all(faces_of(place, name) == {"bob", "eve"} for name in standing.values())


def test_no_other_entry_changes_its_split(place: Place) -> None:
    # One photograph is said to be tested on, and its person brings the other along.
    rows = "file,person,split\nCelebA-HQ-img/ada.jpg,Ada,test\nCelebA-HQ-img/bob.jpg,Ada,\n"
    (place.raw / FACES / "natocc.csv").write_text(rows)
    prepare(place.raw, place.bank, workers=1)

    def splits() -> dict[str, str]:
        return {face.id.partition("_")[0]: face.split for face in Bank(place.bank).entries("face")}

    assert splits() == {"ada": "test", "bob": "test", "eve": "train"}
    withdrawn(place, f"{FACES}/CelebA-HQ-img/ada.jpg")
    assert splits() == {"bob": "test", "eve": "train"}
    prepare(place.raw, place.bank, workers=1)
    assert splits() == {"bob": "test", "eve": "train"}, "from the record of a kept shard"


def test_a_preparation_that_was_cut_off_is_completed(place: Place) -> None:
    plan = plan_withdrawal(place.options("Ada"))
    run.add_withdrawals(plan.raw, plan.rows)
    # As an unfinished preparation leaves a bank.
    Path(place.bank, "bank.json").rename(Path(place.bank, ".former-bank.json"))
    (replaced,) = withdrawn(place, "Ada").replaced
    assert faces_of(place, str(replaced.by)) == {"bob", "eve"}


def test_what_was_never_used_can_be_banned(place: Place) -> None:
    spare = place.raw / "dtd/images/wool/spare.jpg"
    spare.write_bytes((place.raw / "dtd/images/brick/red.jpg").read_bytes() + b"\n")
    report = withdrawn(place, "dtd/images/wool/spare.jpg")
    assert report == WithdrawalReport(banned=2, bank_changed=False)
    with (place.raw / "withdrawn.csv").open(newline="") as stream:
        assert {row["what"] for row in csv.DictReader(stream)} == {"file", "photograph"}
    prepare(place.raw, place.bank, workers=1)
    assert [entry.source for entry in Bank(place.bank).entries("texture")] == [
        "dtd/images/brick/red.jpg",
        "dtd/images/wool/grey.jpg",
    ]


@pytest.mark.drill
def test_versions_in_a_bucket_are_replaced_and_gc_removes_the_old_ones(place: Place, s3: S3Server) -> None:
    url = f"{s3.bucket('withdrawn')}/small"
    for path in place.dataset.rglob("*"):
        if path.is_file():
            storage.copy(str(path), f"{url}/{path.relative_to(place.dataset).as_posix()}")
    withdrawn(place, "Ada", everywhere=True, grace_days=0, dataset=url)
    standing = {entry.instead_of: entry.version for entry in read_history(url) if entry.instead_of}
    assert set(standing) == {place.old, place.latest} and latest_version(url) == standing[place.latest]
    assert collect_garbage(url, remove=True).kept == ()
    left = {name for name in storage.list_names(url) if not name.endswith(".json")}
    assert left == set(standing.values())
    for version in left:
        assert verify(f"{url}/{version}").findings == ()
        rows = read_manifest(f"{url}/{version}", read_dataset(f"{url}/{version}"))
        assert {row.face_id.partition("_")[0] for row in rows} == {"bob", "eve"}
    assert withdrawn(place, "Ada", everywhere=True, dataset=url).replaced == ()


def test_an_object_goes_alone_a_photograph_with_all_its_objects_and_faces_to_test_on_too(
    place: Place,
) -> None:
    boxes = [annotation(1), annotation(2, segmentation=square(170, 60, 100, 80), bbox=[170, 60, 100, 80])]
    add_objects(place.raw, boxes)
    add_occluded(place.raw, "real")
    prepare(place.raw, place.bank, PrepareOptions(objects="all"), workers=1)
    first, second = (entry.id for entry in Bank(place.bank).entries("object"))
    assert withdrawn(place, first).banned == 1
    bank = Bank(place.bank)
    assert [entry.id for entry in bank.entries("object")] == [second]
    assert bank.index["options"]["objects"] == "all" and verify_bank(place.bank)[1] == []
    withdrawn(place, "COCO/sample/000000000001.jpg")
    assert Bank(place.bank).entries("object") == ()
    (face,) = (metadata["source"] for _, _, metadata in Bank(place.bank).evaluated())
    assert withdrawn(place, face).bank_changed
    assert list(Bank(place.bank).evaluated()) == []
