from __future__ import annotations

import io
import json
import os
import re
import shutil
import unicodedata
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from assets.bank.reader import Bank
from assets.problems import Problem
from natocc.document import BadDocument
from shards.reader import read_shard
from shards.storage import sha256_bytes
from tasks.prepare.bank import prepare
from tasks.prepare.options import PrepareOptions
from tasks.prepare.report import PrepareReport
from tasks.verify.version import verify
from tests.bank_entries import flip_bit, shard_file
from tests.raw_trees import (
    FACES,
    IMAGES,
    MASKS,
    add_face,
    add_hand,
    add_hand_info,
    add_objects,
    add_occluded,
    add_sidecar,
    add_texture,
    annotation,
    disc,
    encoded,
    mask_bytes,
    part_path,
    portrait,
    whole_tree,
    write,
)

pytestmark = pytest.mark.xdist_group("prepare")

PHOTOS, PARTS = f"{FACES}/{IMAGES}", f"{FACES}/{MASKS}"
COCO, PHOTO = "COCO/annotations/instances_sample.json", "COCO/sample/000000000001.jpg"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def bad_tree(raw: Path) -> None:
    """One of everything, beside one of every fault."""
    whole_tree(raw)
    jpeg, png = encoded(portrait()), encoded(portrait(), "PNG")
    add_face(raw, "10", jpeg[: len(jpeg) // 2])
    add_face(raw, "11", png[: len(png) // 2], suffix=".png")
    add_face(raw, "12", b"")
    add_face(raw, "13", b"some text\n")
    add_face(raw, "14", None, {"skin": disc(80, 60)})
    add_face(raw, "15", None, {})
    add_face(raw, "16", None, {"skin": disc(80, 80) * 0})
    add_face(raw, "17", None, {"skin": encoded(portrait(80, 80), "PNG")})
    add_face(raw, "18", None, {"skin": disc(80, 80), "hair": b"text"})
    add_face(raw, "00", jpeg, {})
    add_objects(
        raw,
        [
            annotation(7),
            annotation(20, image=2),
            annotation(21, segmentation=[[60, 50, 100, 50, 80, 50]]),
            annotation(22, segmentation=[]),
            annotation(23, segmentation={"size": [10, 10], "counts": [100]}),
            annotation(24, segmentation=[[310, 10, 400, 10, 350, 90]]),
        ],
    )
    write(raw / "COCO/annotations/instances_other.json", b"{")
    add_objects(raw, [annotation(7)], "third")
    add_hand(raw, 3, None, disc(150, 200) * 0)
    plain = np.full((150, 200, 3), 230, np.uint8)
    plain[:8, :8] = 226
    add_hand(raw, 4, plain)
    (raw / "11k-hands_masks/Hand_0000004.png").unlink()
    add_texture(raw, "pitted", "pitted_0002.jpg", b"text")
    (raw / "dtd/images/grid").mkdir()
    add_sidecar(
        raw / FACES,
        {"file": f"{IMAGES}/1.jpg", "split": "val", "person": ""},
        {"file": f"{IMAGES}/99.jpg", "split": "test", "person": "ada"},
    )
    add_occluded(raw, "00042", None, disc(80, 80) // 255)
    write(raw / "RealOcc/split/val.txt", b"00041\n00042\n00043\n")


BAD = f"""\
{COCO} annotation 21: expected an outline with an area on the picture, got one without
{COCO} annotation 22: expected polygons or RLE, got no segmentation
{COCO} annotation 23: expected the image's size 300x200, got 10x10
{COCO} annotation 24: expected an outline with an area on the picture, got one without
COCO/annotations/instances_other.json: expected COCO json with images, categories, annotations, got text that is cut short at byte 1
COCO/annotations/instances_third.json annotation 7: expected an id of its own, got the id 7 of another annotation
{FACES}/natocc.csv:2: expected a split among train, test, excluded, got 'val'
{PHOTOS}/00.jpg: expected an id of its own, got the id 00000 of {PHOTOS}/0.jpg
{PHOTOS}/10.jpg: expected a photograph, got a damaged image (…); fetch the file again
{PHOTOS}/11.png: expected a photograph, got a damaged image (…); fetch the file again
{PHOTOS}/12.jpg: expected a photograph, got an empty file
{PHOTOS}/13.jpg: expected a photograph, got 10 bytes that are no JPEG, PNG, WEBP, BMP image
{PARTS}/0/00014_skin.png: expected the aspect of its photograph 160x160, got 60x80
{PHOTOS}/15.jpg: expected part masks {MASKS}/*/00015_skin.png and others, got no part file
{PARTS}/0/00016_skin.png: expected a mask with pixels, got an empty mask
{PARTS}/0/00017_skin.png: expected a mask with equal channels, or of one colour on black, got a coloured picture
{PARTS}/0/00018_hair.png: expected a mask, got 4 bytes that are no JPEG, PNG, WEBP, BMP image
11k-hands_masks/Hand_0000003.png: expected a mask with pixels, got an empty mask
11k-hands/Hands/Hand_0000004.jpg: expected a hand, or a mask 11k-hands_masks/Hand_0000004.png, got nothing that stands out from the background
dtd/images/grid: expected at least one picture, got an empty texture class
dtd/images/pitted/pitted_0002.jpg: expected a photograph, got 4 bytes that are no JPEG, PNG, WEBP, BMP image
RealOcc/mask/00042.png: expected a mask of its photograph's size 160x160, got 80x80
""".splitlines()  # fmt: skip


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, PrepareReport, list[Problem]]:
    folder = tmp_path_factory.mktemp("bad")
    bad_tree(folder / "raw")
    reported: list[Problem] = []
    report = prepare(
        folder / "raw", str(folder / "bank"), PrepareOptions(objects="all"), workers=1, report=reported.append
    )
    return folder, report, reported


def refused(report: PrepareReport) -> list[str]:
    """The lines, without the decoder's own words on how a file is damaged."""
    lines = [str(problem) for problem in report.problems if problem.action == "refused"]
    return [re.sub(r"damaged image \(.*\)", "damaged image (…)", line) for line in lines]


@pytest.mark.parametrize("line", BAD)
def test_bad_input_is_refused_by_name(bad: tuple[Path, PrepareReport, list[Problem]], line: str) -> None:
    assert refused(bad[1]).count(line) == 1


def test_nothing_else_is_refused_and_nothing_lost(bad: tuple[Path, PrepareReport, list[Problem]]) -> None:
    folder, report, reported = bad
    assert report.refused == len(BAD)
    assert sorted(reported, key=str) == sorted(report.problems, key=str)
    bank, lines = Bank(str(folder / "bank")), refused(report)

    def about(*beginnings: str) -> int:
        return sum(line.startswith(beginnings) for line in lines)

    photographs = len(list((folder / "raw" / PHOTOS).iterdir()))
    hands = len(list((folder / "raw/11k-hands/Hands").iterdir()))
    textures = len(list((folder / "raw/dtd/images").rglob("*.jpg")))
    assert photographs == len(bank.entries("face")) + about(PHOTOS, PARTS) == 12
    assert hands == len(bank.entries("hand")) + about("11k-hands") == 3
    assert textures == len(bank.entries("texture")) + about("dtd/images/pitted") == 2
    assert [entry.source for entry in bank.entries("object")] == [f"{PHOTO} annotation 7"]
    assert about("COCO") == 6
    assert [(one.path, one.kind, one.count) for one in report.unmatched] == [
        (COCO, "annotations without a photograph", 1),
        (f"{FACES}/natocc.csv", "rows without a photograph", 1),
        ("RealOcc/split/val.txt", "names without a photograph", 1),
    ]
    assert [key for key, _ in read_shard(str(shard_file(folder / "bank", "realocc-000000")))] == ["00041"]


def test_a_face_whose_side_car_row_is_damaged_is_not_trained_on(
    bad: tuple[Path, PrepareReport, list[Problem]],
) -> None:
    splits = {entry.id: entry.split for entry in Bank(str(bad[0] / "bank")).entries("face")}
    assert splits == {"00000": "train", "00001": "excluded"}


def test_problems_lie_beside_the_bank_and_are_told_again(
    bad: tuple[Path, PrepareReport, list[Problem]],
) -> None:
    folder, report, _ = bad
    lines = (folder / "bank/problems.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == json.loads(json.dumps(list(map(asdict, report.problems))))
    assert Bank(str(folder / "bank")).index["files"]["problems.jsonl"] == sha256_bytes(
        (folder / "bank/problems.jsonl").read_bytes()
    )
    again = prepare(folder / "raw", str(folder / "bank"), PrepareOptions(objects="all"), workers=1)
    assert again.unchanged and again.problems == report.problems and again.counts == report.counts


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, PrepareReport]:
    """The raw tree, its bank, the report; tests that change either work on a copy."""
    folder = tmp_path_factory.mktemp("made")
    whole_tree(folder / "raw")
    return (
        folder / "raw",
        folder / "bank",
        prepare(folder / "raw", str(folder / "bank"), PrepareOptions(objects="all"), workers=1),
    )


def test_a_sound_tree_gives_one_entry_an_input(made: tuple[Path, Path, PrepareReport]) -> None:
    _, bank, report = made
    assert report.counts == {"train faces": 2, "objects": 1, "hands": 1, "textures": 1, "occluded faces": 1}
    assert report.refused == 0 and report.absent == ()
    assert [(problem.path, problem.action) for problem in report.problems] == [
        (f"{PHOTOS}/0.jpg", "converted"),
        (f"{PHOTOS}/1.jpg", "converted"),
    ]
    index = Bank(str(bank)).index
    assert (index["upscaler"], index["objects"]) == ("lanczos", "all")
    assert index["selection"] == {"annotations": 1, "chosen": 1, "held_out": 0, "blurred": 0}


def test_bytes_do_not_depend_on_workers_or_on_when_files_were_made(
    made: tuple[Path, Path, PrepareReport], tmp_path: Path
) -> None:
    raw, bank, _ = made
    shutil.copytree(raw, tmp_path / "raw", copy_function=shutil.copyfile)
    prepare(tmp_path / "raw", str(tmp_path / "bank"), PrepareOptions(objects="all"), workers=2)
    assert contents(tmp_path / "bank") == contents(bank)


def test_unchanged_shards_stay_and_changed_ones_are_made_again(
    made: tuple[Path, Path, PrepareReport], tmp_path: Path
) -> None:
    shutil.copytree(made[0], tmp_path / "raw")
    shutil.copytree(made[1], tmp_path / "bank")
    raw, bank = tmp_path / "raw", str(tmp_path / "bank")
    again = prepare(raw, bank, PrepareOptions(objects="all"), workers=1)
    assert again.unchanged and again.counts == made[2].counts
    before = Bank(bank)
    add_face(raw, "1", encoded(portrait()[:, ::-1].copy()), {"skin": disc(80, 80, 0.4)})
    assert not prepare(raw, bank, PrepareOptions(objects="all"), workers=1).unchanged
    after = Bank(bank)
    same = [
        one.sha256 == two.sha256
        for one, two in zip(before.entries("face"), after.entries("face"), strict=True)
    ]
    assert same == [True, False], "a changed mask changes its face and no other"
    assert before.entries("object") == after.entries("object")
    listed = tmp_path / "ids.txt"
    listed.write_text("7\n")
    assert not prepare(raw, bank, PrepareOptions(objects=str(listed)), workers=1).unchanged, "another option"
    shard_file(bank, "face-000000").unlink()
    assert not prepare(raw, bank, PrepareOptions(objects=str(listed)), workers=1).unchanged, (
        "a bank that is not whole"
    )


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (PrepareOptions(objects="all", upscaler="cubic"), ValueError, "--upscaler: expected one of lanczos, .* got 'cubic'"),
        (PrepareOptions(objects="all", upscaler="glean", weights="none"), FileNotFoundError, "glean: expected its weights in none/glean"),
        (PrepareOptions(objects="no.txt"), ValueError, "--objects: expected default, all or a file of annotation ids, got 'no.txt'"),
    ],
)  # fmt: skip
def test_a_wrong_option_leaves_the_bank_alone(
    made: tuple[Path, Path, PrepareReport], options: PrepareOptions, error: type[Exception], message: str
) -> None:
    raw, bank, _ = made
    before = contents(bank)
    with pytest.raises(error, match=message):
        prepare(raw, str(bank), options, workers=1)
    with pytest.raises(ValueError, match="--workers: expected at least 1, got 0"):
        prepare(raw, str(bank), PrepareOptions(objects="all"), workers=0)
    assert contents(bank) == before


def test_wrong_input_as_a_whole_leaves_the_bank_alone(
    made: tuple[Path, Path, PrepareReport], tmp_path: Path
) -> None:
    raw, bank, _ = made
    before = contents(bank)
    shutil.copytree(raw, tmp_path / "raw")
    (tmp_path / "ids.txt").write_text("7\n8\n")
    with pytest.raises(ValueError, match="got 1 other, the first 8"):
        prepare(tmp_path / "raw", str(bank), PrepareOptions(objects=str(tmp_path / "ids.txt")), workers=1)
    with pytest.raises(FileNotFoundError, match="found it one level deeper"):
        prepare(tmp_path, str(bank), workers=1)
    with pytest.raises(
        FileNotFoundError, match="expected a folder with CelebAMask-HQ in it, got no such folder"
    ):
        prepare(tmp_path / "gone", str(bank), workers=1)
    write(tmp_path / "raw/dtd/natocc.csv", b"file,spilt\n")
    with pytest.raises(ValueError, match=r"dtd/natocc.csv: expected a column file and others"):
        prepare(tmp_path / "raw", str(bank), workers=1)
    assert contents(bank) == before


def test_an_unwritable_bank_is_found_at_once(made: tuple[Path, Path, PrepareReport], tmp_path: Path) -> None:
    blocked = write(tmp_path / "file", b"in the way")
    for bank in (blocked, blocked / "bank"):
        with pytest.raises(OSError, match="file"):
            prepare(made[0], str(bank), workers=1)


def test_photographs_and_persons_of_test_faces_are_kept_out_of_training(tmp_path: Path) -> None:
    """A test face without a side-car photo still bars the hand that was cut from that very file."""
    raw = tmp_path / "raw"
    for stem, picture in (
        ("0", portrait()),
        ("1", portrait()[::-1].copy()),
        ("2", portrait()[:, ::-1].copy()),
    ):
        add_face(raw, stem, picture)
    add_face(raw, "3", encoded(portrait(120, 120)))
    digest = sha256_bytes((raw / PHOTOS / "0.jpg").read_bytes())
    add_sidecar(
        raw / FACES,
        {"file": f"{IMAGES}/0.jpg", "split": "test", "person": "ada"},
        {"file": f"{IMAGES}/1.jpg", "split": "train", "person": "ada"},
        {"file": f"{IMAGES}/2.jpg", "person": "bea"},
    )
    add_hand(raw, 2)
    add_hand(raw, 3)
    add_hand_info(raw, [])
    add_sidecar(raw / "11k-hands", {"file": "Hands/Hand_0000002.jpg", "photo": digest.upper()})
    add_texture(raw, "pitted", "pitted_0001.jpg", encoded(portrait(100, 100)))
    add_occluded(raw, "00041", encoded(portrait(100, 100)), disc(100, 100) // 255)
    report = prepare(raw, str(tmp_path / "bank"), workers=1)
    bank = Bank(str(tmp_path / "bank"))
    assert [entry.split for entry in bank.entries("face")] == ["test", "test", "train", "train"]
    assert [entry.split for entry in bank.entries("hand")] == ["test", "train"]
    assert [entry.split for entry in bank.entries("texture")] == ["test"], (
        "the really occluded face's photograph"
    )
    assert report.moved_to_test == bank.index["moved_to_test"] == 3
    assert len(report.moved_first) == 3
    assert report.absent == ("COCO",)


def test_known_defects_are_recorded_and_a_duplicate_of_a_test_face_is_tested_on(tmp_path: Path) -> None:
    raw, url = tmp_path / "raw", str(tmp_path / "bank")
    for stem, side in (("0", 160), ("234", 128), ("235", 96)):
        add_face(raw, stem, portrait(side, side))
    add_sidecar(raw / FACES, {"file": f"{IMAGES}/235.jpg", "split": "test"})
    assert (prepare(raw, url, workers=1).moved_to_test, "known_defects" in Bank(url).index) == (0, False)
    write(raw / FACES / "defects.csv", b"kind,face,other,parts\nduplicate,235,234,\nmissing,0,,hair\n")
    report, bank = prepare(raw, url, workers=1), Bank(url)
    faces = bank.entries("face")
    assert [face.split for face in faces] == ["train", "test", "test"]
    assert (report.moved_first, report.refused) == (("face 00234",), 0)
    assert [bank.metadata(face)["known_defects"] for face in faces] == [
        [{"kind": "missing", "parts": ["hair"]}],
        [{"kind": "duplicate", "other": "00235"}],
        [{"kind": "duplicate", "other": "00234"}],
    ]
    assert bank.index["known_defects"] == {
        "faces": 3,
        "listed": 3,
        "kinds": {"duplicate": 2, "missing": 1},
        "duplicates": [["00234", "00235"]],
    }
    write(raw / FACES / "defects.csv", b"kind,face,other\nduplicat,235,234\n")
    report = prepare(raw, url, workers=1)
    assert [face.split for face in Bank(url).entries("face")] == ["train", "test", "test"], "a slip"
    assert (report.refused, Bank(url).duplicates) == (2, (("00234", "00235"),))
    write(raw / FACES / "defects.csv", b"kind;fase\n")
    with pytest.raises(ValueError, match=r"defects\.csv: expected the columns kind and face"):
        prepare(raw, url, workers=1)
    assert Bank(url).duplicates == (("00234", "00235"),)


def test_names_of_all_kinds_are_kept_apart(tmp_path: Path) -> None:
    stems = [
        "a.b",
        "a.c",
        "my photo",
        unicodedata.normalize("NFC", "Zoë"),
        unicodedata.normalize("NFD", "Ångström"),
    ]
    for number, stem in enumerate(stems):
        grey = io.BytesIO()
        Pillow.fromarray(portrait()).rotate(number).save(grey, "JPEG")
        add_face(tmp_path / "raw", stem, grey.getvalue(), suffix=".JPG" if number % 2 else ".jpeg")
    bank = Bank(prepare(tmp_path / "raw", str(tmp_path / "bank"), workers=1).bank)
    assert len({entry.id for entry in bank.entries("face")}) == len(stems)
    assert len({entry.sha256 for entry in bank.entries("face")}) == len(stems)
    assert {Path(entry.source).stem for entry in bank.entries("face")} == set(stems)


def test_a_name_that_is_no_text_is_named_and_written_about(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    whole_tree(raw)
    odd = (raw / PHOTOS / "x.jpg").as_posix().encode().replace(b"x.jpg", b"\xff.jpg")
    with open(odd, "wb") as stream:  # noqa: PTH123
        stream.write(b"text")
    report = prepare(raw, str(tmp_path / "bank"), workers=1)
    assert [str(problem) for problem in report.problems if problem.action == "refused"] == [
        PHOTOS + "/\\udcff.jpg: expected a name in UTF-8, got other bytes"
    ]
    assert len(Bank(report.bank).entries("face")) == 2


def test_hands_without_masks_are_cut_out_and_hung_by_any_number_of_workers(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    add_face(raw, "0")
    for number in range(1, 4):
        add_hand(raw, number)
    shutil.rmtree(raw / "11k-hands_masks")
    add_hand_info(raw, [])
    reports = [prepare(raw, str(tmp_path / f"bank{workers}"), workers=workers) for workers in (1, 2)]
    assert [report.counts["hands"] for report in reports] == [3, 3] and reports[0].refused == 0
    shards = [shard_file(tmp_path / f"bank{workers}", "hand-000000") for workers in (1, 2)]
    assert shards[0].name == shards[1].name and shards[0].read_bytes() == shards[1].read_bytes()
    for _, members in read_shard(str(shards[0])):
        metadata = json.loads(members["json"])
        assert (metadata["mask"], metadata["rot_deg"], metadata["rot_from"]) == ("segmented", 180, "wrist")


def few_a_shard(raw: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faces in three shards: 2, then 1, 3 and 4, then 0."""
    monkeypatch.setattr("tasks.prepare.sources.PER_SHARD", 2)
    for number in range(5):
        add_face(raw, str(number), encoded(np.roll(portrait(), number, axis=1)))


def test_a_call_that_was_cut_off_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    few_a_shard(raw, monkeypatch)

    def stop(done: int, total: int | None) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare(raw, str(bank), workers=1, on_progress=stop)
    with pytest.raises(FileNotFoundError, match="expected a bank"):
        Bank(str(bank))
    with pytest.raises(FileNotFoundError, match="got an unfinished one; run the same `natocc prepare` again"):
        verify(str(bank))
    assert list(bank.glob("*.tar")) == [shard_file(bank, "face-000000")]
    calls: list[tuple[int, int | None]] = []
    report = prepare(raw, str(bank), workers=1, on_progress=lambda *call: calls.append(call))
    assert (report.shards_made, report.shards_kept) == (2, 1)
    assert list(dict.fromkeys(calls)) == [(number, None) for number in range(6)]
    assert calls.count((0, None)) > 5, "every input that is read shows that work goes on"
    assert len(Bank(str(bank)).entries("face")) == 5
    prepare(raw, str(tmp_path / "calm"), workers=1)
    assert contents(bank) == contents(tmp_path / "calm")


def test_a_damaged_bank_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    few_a_shard(raw, monkeypatch)
    prepare(raw, str(bank), workers=1)
    before = contents(bank)
    (bank / "entries.parquet").unlink()
    assert not prepare(raw, str(bank), workers=1).unchanged
    assert contents(bank) == before
    flip_bit(shard_file(bank, "face-800000"), 2000)
    report = prepare(raw, str(bank), workers=1)
    assert (report.shards_made, report.shards_kept) == (1, 2)
    assert contents(bank) == before


def test_a_flipped_bit_in_any_file_is_found_and_prepared_away(
    made: tuple[Path, Path, PrepareReport], tmp_path: Path
) -> None:
    """By the call that ``verify`` names, with size and time of the file as before."""
    raw, bank = made[0], tmp_path / "bank"
    shutil.copytree(made[1], bank)
    files = [path for path in sorted(bank.rglob("*")) if path.is_file()]
    assert {path.name for path in files} >= {
        "bank.json", "entries.parquet", "problems.jsonl", "hand-000000.json"
    }  # fmt: skip
    before = {path: path.read_bytes() for path in files}
    # A damaged index hides all other damage.
    for victims in (
        [bank / "bank.json"],
        [path for path in files if before[path] and path.name != "bank.json"],
    ):
        for path in victims:
            times = path.stat().st_atime_ns, path.stat().st_mtime_ns
            flip_bit(path, len(before[path]) // 2)
            os.utime(path, ns=times)
        findings = verify(str(bank)).findings
        assert len(findings) == len(victims)
        for path in victims:
            names = str(path), str(path.relative_to(bank))
            assert [finding.startswith(names) for finding in findings].count(True) == 1, path
        assert all(f"repair it with `natocc prepare --raw DIR --bank {bank}`" in line for line in findings)
        prepare(raw, str(bank), PrepareOptions(objects="all"), workers=1)
        assert verify(str(bank)).findings == ()
        assert {path: path.read_bytes() for path in files} == before


def test_a_bank_of_schema_1_is_brought_up_to_date(
    made: tuple[Path, Path, PrepareReport], tmp_path: Path
) -> None:
    """As the release before wrote it: no hashes of members, of the index, of records."""
    bank = Path(shutil.copytree(made[1], tmp_path / "bank"))
    index = json.loads((bank / "bank.json").read_bytes())
    del index["sha256"], index["written_by"]
    (bank / "bank.json").write_text(json.dumps(index | {"format": "natocc-bank/1"}))
    for path in (bank / "records").iterdir():
        path.write_text(json.dumps(json.loads(path.read_bytes())["record"]))
    with pytest.raises(BadDocument, match="bring it up to date with `natocc prepare"):
        verify(str(bank))
    report = prepare(made[0], str(bank), PrepareOptions(objects="all"), workers=1)
    assert report.counts == made[2].counts and not report.unchanged
    assert contents(bank) == contents(made[1])
    assert verify(str(bank)).findings == ()


@pytest.mark.parametrize("damage", ["shard cut", "shard gone", "record cut", "record gone", "touched"])
def test_a_damaged_shard_is_made_again_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    few_a_shard(raw, monkeypatch)
    prepare(raw, str(bank), workers=1)
    before = contents(bank)
    shard, record = shard_file(bank, "face-800000"), bank / "records/face-800000.json"
    if damage == "touched":
        os.utime(raw / PHOTOS / "3.jpg", ns=(0, 0))
    elif damage.endswith("gone"):
        (shard if "shard" in damage else record).unlink()
    else:
        victim = shard if "shard" in damage else record
        victim.write_bytes(victim.read_bytes()[:-600])
    report = prepare(raw, str(bank), workers=1)
    made = 0 if damage == "touched" else 1
    assert (report.shards_made, report.shards_kept) == (made, 3 - made)
    assert contents(bank) == before


def test_a_shard_of_which_all_is_refused_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, bank = tmp_path / "raw", tmp_path / "bank"
    few_a_shard(raw, monkeypatch)
    for number in (1, 3, 4):
        write(raw / PHOTOS / f"{number}.jpg", b"text")
    report = prepare(raw, str(bank), workers=1)
    assert report.refused == 3
    assert sorted(bank.glob("*.tar")) == [shard_file(bank, f"face-{place}") for place in ("000000", "c00000")]
    assert [one.id for one in Bank(str(bank)).entries("face")] == ["00000", "00002"]
    again = prepare(raw, str(bank), workers=1)
    assert again.unchanged and again.problems == report.problems


def test_options_make_again_what_they_concern(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", str(tmp_path / "bank")
    whole_tree(raw)
    prepare(raw, bank, PrepareOptions(objects="all"), workers=1)
    (raw / "dtd/images/pitted/pitted_0001.jpg").unlink()
    add_texture(raw, "woven", "woven_0001.jpg")
    report = prepare(raw, bank, PrepareOptions(objects="all"), workers=1)
    assert (report.shards_made, report.shards_kept) == (1, 4)


def test_content_decides_where_times_are_not_trusted(tmp_path: Path) -> None:
    raw, bank = tmp_path / "raw", str(tmp_path / "bank")
    add_face(raw, "0", encoded(portrait()))
    mask = part_path(raw, "0", "skin")
    times = mask.stat().st_mtime_ns
    prepare(raw, bank, workers=1)
    size = mask.stat().st_size
    other = mask_bytes(disc(80, 80, 0.5))
    mask.write_bytes(other[:size] + b"\0" * (size - len(other)))
    os.utime(mask, ns=(times, times))
    assert prepare(raw, bank, workers=1).unchanged
    assert not prepare(raw, bank, workers=1, reread=True).unchanged
