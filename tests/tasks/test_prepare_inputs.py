from __future__ import annotations

from pathlib import Path

from shards.storage import sha256_bytes
from tasks.prepare_inputs import fingerprint, hash_files
from tests.raw_trees import write


def test_every_file_is_hashed_through_links_to_folders_too(tmp_path: Path) -> None:
    write(tmp_path / "elsewhere/b.jpg", b"b")
    write(tmp_path / "raw/COCO/annotations/a.json", b"a")
    write(tmp_path / "raw/other/c", b"c")
    (tmp_path / "raw/COCO/train2017").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw/COCO/annotations/loop").symlink_to(tmp_path / "raw/COCO")
    (tmp_path / "raw/dtd").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "raw/COCO/gone.jpg").symlink_to(tmp_path / "nowhere")
    found = hash_files(tmp_path / "raw", ("COCO", "dtd", "RealOcc"), 2)
    assert found == {
        "COCO/annotations/a.json": sha256_bytes(b"a"),
        "COCO/train2017/b.jpg": sha256_bytes(b"b"),
        "dtd/b.jpg": sha256_bytes(b"b"),
    }


def test_inputs_and_options_decide_the_fingerprint() -> None:
    files = {"a": "1", "b": "2"}
    base = fingerprint(files, "all", "lanczos")
    assert fingerprint({"b": "2", "a": "1"}, "all", "lanczos") == base
    others = [
        fingerprint({"a": "2", "b": "2"}, "all", "lanczos"),
        fingerprint({"a": "1", "c": "2"}, "all", "lanczos"),
        fingerprint(files, "default", "lanczos"),
        fingerprint(files, (7,), "lanczos"),
        fingerprint(files, "all", "other"),
    ]
    assert len({base, *others}) == 6
