from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.bank.reader import Bank, Entry
from assets.bank.writer import close_bank, open_bank, write_shard
from commands.main import app
from tasks.partition.propose import choose_persons, make_partition, subset_by_score
from tasks.partition.report import PROPOSED, REPORT, PartitionReport, write_partition
from tasks.prepare.bank import prepare
from tests.raw_trees import add_face, add_sidecar
from tests.tasks.partition.test_leaks import entry

OF = {"WO-train": ("WO", "train"), "WO-test": ("WO", "test"), "O": ("O", "train"), "O-test": ("O", "test")}


def face(number: int, group: str | None = None, person: str | None = None, photo: str = "") -> Entry:
    subset, split = OF.get(group or "", (None, "excluded" if group == "excluded" else "train"))
    name = f"{number:05d}"
    blank = entry("face", name, photo or f"p{number}", split)
    source = f"CelebAMask-HQ/CelebA-HQ-img/{number}.jpg"
    return replace(blank, subset=subset, person=person, source=source)


def write_bank(folder: Path, faces: Sequence[Entry], scores: dict[int, float] | None = None) -> Bank:
    open_bank(str(folder))

    def members(face: Entry) -> dict[str, bytes]:
        score = (scores or {}).get(int(face.id))
        metadata = {} if score is None else {"suspicion": {"score": score, "because": "a patch"}}
        return {"json": json.dumps(metadata).encode()}

    shard = write_shard(str(folder), "face-000000.tar", [(face, members(face)) for face in faces])
    close_bank(str(folder), shard.entries, {shard.name: shard.sha256}, {}, {})
    return Bank(str(folder))


def groups(report: PartitionReport) -> dict[str, str]:
    return {
        name: " ".join(file.removesuffix(".jpg") for file in files) for name, files in report.files.items()
    }


def test_faces_of_known_part_keep_it(tmp_path: Path) -> None:
    names = ("WO-train", "WO-train", "WO-test", "O", "excluded", "O-test")
    faces = [face(number, group) for number, group in enumerate(names)]
    calls: list[tuple[int, int | None]] = []
    bank = write_bank(tmp_path, faces, dict.fromkeys(range(6), 0.99))
    report = make_partition(bank, on_progress=lambda *call: calls.append(call))
    assert groups(report) == {"WO-train": "0 1", "WO-test": "2", "O": "3", "excluded": "4", "O-test": "5"}
    assert (report.proposed, report.by_score, report.unknown, report.leaks) == ((), 0, (), ())
    assert report.rows() == [
        ("WO-train", 2, 24603), ("WO-test", 1, 716), ("O", 1, 4597), ("excluded", 1, 86), ("O-test", 1, None),
    ]  # fmt: skip
    assert report.remark == "the bank already has 2 test faces, so no test persons are chosen"
    assert calls == [(0, 0)], "no score has to be read"


def test_faces_of_unknown_part_are_divided_by_their_scores_and_the_proposals_listed(
    tmp_path: Path,
) -> None:
    faces = [face(number) for number in (10, 9, 2, 3)] + [face(4, "O"), face(5, "excluded")]
    bank = write_bank(tmp_path / "bank", faces, {10: 0.7, 9: 0.2, 2: 0.9, 4: 0.1, 5: 0.9})
    report = make_partition(bank, threshold=0.6)
    assert groups(report) == {"WO-train": "9", "WO-test": "", "O": "2 4 10", "excluded": "5", "O-test": ""}
    assert report.unknown == ("3.jpg",) and report.by_score == 3
    write_partition(report, str(tmp_path / "out"))
    written = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert written["CelebAMask-HQ-O.txt"] == "2.jpg\n4.jpg\n10.jpg\n"
    assert written["CelebAMask-HQ-WO-test.txt"] == "# no faces\n", "an empty list is a list"
    assert "CelebAMask-HQ-O-test.txt" not in written
    assert [*csv.reader(written[PROPOSED].splitlines())] == [
        ["file", "score", "because"], ["2.jpg", "0.9", "a patch"], ["10.jpg", "0.7", "a patch"],
    ]  # fmt: skip
    assert json.loads(written[REPORT])["counts"]["O"] == {"faces": 3, "table_2": 4597}


def test_the_threshold_itself_is_not_above_it() -> None:
    assert subset_by_score({"a": 0.5, "b": 0.51}, 0.5) == {"a": "WO", "b": "O"}


def people(count: int) -> list[Entry]:
    """Three faces a person, the third occluded."""
    return [
        face(number, "O" if number % 3 == 2 else "WO-train", f"celeba:{number // 3}")
        for number in range(3 * count)
    ]


def test_a_fifth_of_few_persons_is_tested_on_as_a_whole(tmp_path: Path) -> None:
    report = make_partition(write_bank(tmp_path, people(20)))
    assert len(report.persons) == 4 and report.leaks == ()
    assert report.remark == "chosen for testing: 4 of 20 persons"
    counts = {name: len(files) for name, files in report.files.items()}
    assert counts == {"WO-train": 32, "WO-test": 8, "O": 16, "O-test": 4, "excluded": 0}
    numbers = {int(file.removesuffix(".jpg")) for file in report.files["WO-test"]}
    assert {f"celeba:{number // 3}" for number in numbers} == set(report.persons)


def test_80_persons_are_tested_on_whatever_the_order_of_faces() -> None:
    faces = people(500)
    chosen = choose_persons(faces, 80)
    assert len(chosen) == 80 and chosen == choose_persons(faces[::-1], 80)
    assert len(chosen & choose_persons(faces[:-300], 80)) > 55, "others hardly change who is chosen"


def test_only_persons_with_unoccluded_training_faces_are_chosen() -> None:
    faces = [
        face(0, "O", "ada"),
        face(1, "WO-test", "bea"),
        face(2, "excluded", "cy"),
        face(3, "WO-train", "dan"),
    ]
    assert choose_persons(faces, 4) == {"dan"}


def test_who_shares_a_photograph_with_a_chosen_person_is_tested_on_too(tmp_path: Path) -> None:
    faces = [face(number, "WO-train", f"celeba:{number}", f"p{number // 2}") for number in range(20)]
    report = make_partition(write_bank(tmp_path, faces), identities=3)
    assert len(report.persons) == 3 and report.leaks == ()
    tested = {int(file.removesuffix(".jpg")) // 2 for file in report.files["WO-test"]}
    assert len(report.files["WO-test"]) == 2 * len(tested)


@pytest.mark.parametrize(
    ("faces", "identities", "message"),
    [
        (people(5), 5, "--test-identities: expected fewer than the 5 persons, got 5"),
        (people(5), -1, "--test-identities: expected 0 or more, got -1"),
        (
            [face(0, "WO-train", "ada"), face(1, "WO-train")],
            1,
            "--test-identities: expected a bank in which test persons can be chosen, but the person is known for only 1 of 2 training faces; leave it out",
        ),
        (
            [face(0)],
            None,
            "expected lists, verdicts or mask scores that tell occluded faces from others, got none",
        ),
    ],
)
def test_impossible_requests_are_errors(
    tmp_path: Path, faces: list[Entry], identities: int | None, message: str
) -> None:
    with pytest.raises(ValueError) as caught:
        make_partition(write_bank(tmp_path, faces), identities=identities)
    assert message in str(caught.value)


def test_a_threshold_beyond_the_scores_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="--threshold: expected a number from 0 to 1, got 50"):
        make_partition(write_bank(tmp_path, people(1)), threshold=50)


def test_another_list_of_that_name_is_not_overwritten(tmp_path: Path) -> None:
    report = make_partition(write_bank(tmp_path / "bank", people(20)))
    for _ in range(2):
        write_partition(report, str(tmp_path / "out"))
    (tmp_path / "out/CelebAMask-HQ-O.txt").write_text("7.jpg\n")
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    with pytest.raises(
        ValueError, match=r"CelebAMask-HQ-O\.txt: expected no such list or just this one, got another"
    ):
        write_partition(report, str(tmp_path / "out"))
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["partition", *arguments])
    return done.exit_code, done.output


def test_the_lists_put_beside_the_raw_data_give_the_bank_these_parts(tmp_path: Path) -> None:
    raw, bank, out = tmp_path / "raw", str(tmp_path / "bank"), tmp_path / "out"
    for number in range(10):
        add_face(raw, str(number))
    rows = [
        {"file": f"CelebA-HQ-img/{number}.jpg", "person": f"p{number // 2}", "photo": f"{number:064x}"}
        for number in range(10)
    ]
    add_sidecar(raw / "CelebAMask-HQ", *rows)
    (raw / "CelebAMask-HQ-O.txt").write_text("1.jpg\n2.jpg\n")
    (raw / "CelebAMask-HQ-WO-train.txt").write_text("".join(f"{n}.jpg\n" for n in (0, 3, 4, 5, 6, 7, 8, 9)))
    prepare(raw, bank, workers=1)
    code, output = run("--bank", bank, "--out", str(out), "--test-identities", "2")
    assert code == 0, output
    assert "chosen for testing: 2 of 5 persons" in output and "no leaks" in output
    for path in raw.glob("*.txt"):
        path.unlink()
    for path in out.glob("*.txt"):
        shutil.copy(path, raw)
    again = prepare(raw, bank, workers=1)
    assert [problem for problem in again.problems if "size" not in problem.got] == []
    made = {entry.id: (entry.subset, entry.split) for entry in Bank(bank).entries("face")}
    listed = {
        f"{int(Path(file).stem):05d}": OF[name]
        for name in OF
        if (out / f"CelebAMask-HQ-{name}.txt").exists()
        for file in (out / f"CelebAMask-HQ-{name}.txt").read_text().split()
    }
    assert made == listed and len(made) == 10
    assert sum(split == "test" for _, split in made.values()) == 4


def test_a_leak_is_listed_and_ends_with_1(tmp_path: Path) -> None:
    bank = write_bank(tmp_path / "bank", [face(0, "WO-train", "ada"), face(1, "WO-test", "ada")])
    code, output = run("--bank", bank.url, "--out", str(tmp_path / "out"))
    assert code == 1
    assert "person ada: expected on one side, got face 00001 in test and face 00000 in train" in output
    assert "1 leak" in output
