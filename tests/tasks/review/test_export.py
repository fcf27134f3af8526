from __future__ import annotations

import errno
import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets.bank.reader import Bank
from assets.review.index import REVIEW_INDEX, read_review
from shards import storage
from shards.lock import InUse, lock
from shards.storage import sha256_bytes
from tasks.review.export import export_review
from tests.reviews import HEIGHT, WIDTH, small_bank

SOURCE = "CelebAMask-HQ/CelebA-HQ-img"


def queue(path: Path, *rows: tuple[str, str, float | None], **columns: list[object]) -> str:
    ids, names, scores = zip(*rows, strict=True) if rows else ((), (), ())
    table = {"id": list(ids), "source": [f"{SOURCE}/{name}" for name in names], "score": list(scores)}
    stream = io.BytesIO()
    pq.write_table(pa.table(table | columns), stream)
    path.write_bytes(stream.getvalue())
    return str(path)


def order(folder: Path) -> list[tuple[str, float | None]]:
    return [(face.id, face.score) for face in read_review(folder).faces]


def test_the_index_says_what_was_exported(tmp_path: Path) -> None:
    _, url = small_bank(
        tmp_path,
        {
            "7.jpg": {"mask": "corrected", "mask_sha256": "e" * 64},
            "0.jpg": {"mask": "faceocc", "mask_sha256": "f" * 64},
        },
    )
    calls: list[tuple[int, int | None]] = []
    report = export_review(url, tmp_path / "out", form="coco", on_progress=lambda *call: calls.append(call))
    assert (report.faces, report.order, calls[-1]) == (2, "id", (2, 2))
    review = read_review(tmp_path / "out")
    assert review.form == "coco" and [face.id for face in review.faces] == ["00000", "00007"]
    face = review.by_id["00007"]
    bank = Bank(url)
    members = bank.read(bank.entries("face")[1])
    assert (tmp_path / "out" / face.image).read_bytes() == members["jpg"]
    assert face.image_sha256 == sha256_bytes(members["jpg"])
    assert face.mask_sha256 == sha256_bytes(members["mask.png"])
    assert face.source == f"{SOURCE}/7.jpg" and face.order == 2
    assert (face.image_size, face.mask_size) == ((HEIGHT, WIDTH), (HEIGHT // 2, WIDTH // 2))
    assert face.corrected_sha256 == "e" * 64 and review.by_id["00000"].corrected_sha256 is None


def test_two_exports_are_the_same_bytes(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path)
    for form in ("labelme", "coco", "segments"):
        for name in ("a", "b"):
            export_review(url, tmp_path / form / name, form=form)
        one, two = (
            {path.relative_to(top): path.read_bytes() for path in sorted(top.rglob("*.*"))}
            for top in (tmp_path / form / "a", tmp_path / form / "b")
        )
        assert one == two and len(one) > 3


def test_a_queue_gives_the_order_and_a_count_its_top(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path)
    rows = queue(
        tmp_path / "q.parquet", ("00012", "12.jpg", 0.9), ("00000", "0.jpg", 0.4), ("00007", "7.jpg", None)
    )
    report = export_review(url, tmp_path / "all", form="segments", queue=rows)
    assert report.order == "queue"
    assert order(tmp_path / "all") == [("00012", 0.9), ("00000", 0.4), ("00007", None)]
    export_review(url, tmp_path / "top", form="segments", queue=rows, count=1)
    assert order(tmp_path / "top") == [("00012", 0.9)]
    assert sorted(path.name for path in (tmp_path / "top/images").iterdir()) == ["00012.jpg"]


def test_without_a_queue_the_mask_scores_of_the_bank_order(tmp_path: Path) -> None:
    faces: dict[str, dict[str, object]] = {
        "0.jpg": {"suspicion": {"score": 0.2}},
        "7.jpg": {},
        "12.jpg": {"suspicion": {"score": 0.7}},
    }
    _, url = small_bank(tmp_path, faces)
    assert export_review(url, tmp_path / "out", form="segments").order == "mask score"
    assert order(tmp_path / "out") == [("00012", 0.7), ("00000", 0.2), ("00007", None)]


def test_a_list_chooses_faces_in_the_order_of_the_rest(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path)
    names = tmp_path / "ids.txt"
    names.write_text("12.jpg\r\n\r\n00000\r\n")
    export_review(url, tmp_path / "out", form="segments", ids=names)
    assert [name for name, _ in order(tmp_path / "out")] == ["00000", "00012"]
    names.write_text("7\n99\n98\n")
    with pytest.raises(ValueError, match="expected ids of faces in the bank, got 2 others, the first 99"):
        export_review(url, tmp_path / "other", form="segments", ids=names)
    assert not (tmp_path / "other").exists()


def test_a_queue_of_another_bank_or_kind_is_refused(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path)
    path = tmp_path / "q.parquet"
    for rows, message in (
        (
            [("00000", "0.jpg", 1.0), ("00099", "99.jpg", 0.5)],
            "got 1 other, the first 00099; make the queue again",
        ),
        ([("00000", "another.jpg", 1.0)], "got 1 other, the first 00000"),
        ([("00000", "0.jpg", 1.0), ("00000", "0.jpg", 0.5)], "got one of them twice"),
    ):
        with pytest.raises(ValueError, match=message):
            export_review(url, tmp_path / "out", form="coco", queue=queue(path, *rows))
    stream = io.BytesIO()
    pq.write_table(pa.table({"id": ["00000"]}), stream)
    path.write_bytes(stream.getvalue())
    with pytest.raises(ValueError, match="with the columns id, source, score, got none named score, source"):
        export_review(url, tmp_path / "out", form="coco", queue=str(path))
    path.write_bytes(b"text")
    with pytest.raises(ValueError, match="expected a Parquet table with the columns id, source, score, got "):
        export_review(url, tmp_path / "out", form="coco", queue=str(path))
    with pytest.raises(FileNotFoundError, match="correct-masks"):
        export_review(url, tmp_path / "out", form="coco", queue=str(tmp_path / "none.parquet"))
    assert not (tmp_path / "out").exists()


def test_options_that_cannot_work_write_nothing(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path)
    with pytest.raises(ValueError, match="--format voc: expected one of labelme, coco, segments"):
        export_review(url, tmp_path / "out", form="voc")
    with pytest.raises(ValueError, match="--limit: expected at least 1 face, got 0"):
        export_review(url, tmp_path / "out", form="coco", count=0)
    assert not (tmp_path / "out").exists()
    (tmp_path / "full").mkdir()
    (tmp_path / "full/answer.json").write_text("{}")
    with pytest.raises(FileExistsError, match="expected a new or empty folder, got one with files in it"):
        export_review(url, tmp_path / "full", form="coco")


def test_a_damaged_or_missing_index_is_one_message(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path)
    export_review(url, tmp_path / "out", form="coco")
    path = tmp_path / "out" / REVIEW_INDEX
    index = json.loads(path.read_text())
    for text, message in (
        ("{", "expected the index of a review"),
        (json.dumps(index | {"format": "natocc-review/9"}), "got the format natocc-review/9"),
        (
            json.dumps(index | {"faces": [{"id": "7"}]}),
            r"got 0\.order: nothing",
        ),
    ):
        path.write_text(text)
        with pytest.raises(ValueError, match=message):
            read_review(tmp_path / "out")
    with pytest.raises(FileNotFoundError, match="`natocc review export`"):
        read_review(tmp_path)


@pytest.mark.parametrize("form", ["coco", "labelme", "segments"])
@pytest.mark.parametrize("written", [0, 1, 3, 4])
def test_an_export_that_fails_leaves_nothing_and_can_be_repeated(
    form: str, written: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, url = small_bank(tmp_path, {"7.jpg": {}, "0.jpg": {}})
    out, calls, write = tmp_path / "out", [], storage.write_bytes

    def full(name: str, data: bytes) -> None:
        if len(calls) == written:
            raise OSError(errno.ENOSPC, "No space left on device", name)
        calls.append(name)
        write(name, data)

    monkeypatch.setattr(storage, "write_bytes", full)
    if form == "coco" and written == 4:
        written = 3
    with pytest.raises(OSError, match=f"No space left on device: '{out}/"):
        export_review(url, out, form=form)
    monkeypatch.undo()
    assert not out.exists()
    out.mkdir()
    (out / ".DS_Store").touch()
    assert export_review(url, out, form=form).faces == 2


def test_one_export_at_a_time(tmp_path: Path) -> None:
    _, url = small_bank(tmp_path, {"7.jpg": {}})
    with lock(str(tmp_path / "out")), pytest.raises(InUse):
        export_review(url, tmp_path / "out", form="coco")
