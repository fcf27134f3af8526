from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from manifests.lineage import digest, library_versions

ROOT = Path(__file__).parents[2]
ROOMS = ("natocc", "shards", "manifests", "assets", "tasks")
TELL = "from manifests.lineage import PREPARE, code_version; print(code_version(), code_version(PREPARE))"


@pytest.fixture()
def tree(tmp_path: Path) -> Path:
    """The sources, copied, to be changed."""
    for room in ROOMS:
        for path in sorted((ROOT / room).glob("*.py")):
            target = tmp_path / room / path.name
            target.parent.mkdir(exist_ok=True)
            shutil.copy(path, target)
    return tmp_path


def versions(tree: Path) -> tuple[str, str]:
    """Hashes of what renders and of what prepares."""
    told = subprocess.run(
        [sys.executable, "-P", "-c", TELL],
        cwd=tree,
        env={"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    return told[0], told[1]


def append(path: Path, text: str = "\n# changed\n") -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def test_what_decides_the_pixels_decides_the_hash(tree: Path) -> None:
    before = versions(tree)
    for changed in ("natocc/blending.py", "tasks/render_sample.py", "shards/tar.py", "manifests/rows.py"):
        append(tree / changed)
        after = versions(tree)
        assert after[0] != before[0], changed
        before = after


def test_what_does_not_leaves_it(tree: Path) -> None:
    before = versions(tree)
    append(tree / "tasks" / "preview.py")
    append(tree / "manifests" / "card.py")
    (tree / "natocc" / "notes.txt").write_text("not a source")
    blending = tree / "natocc" / "blending.py"
    blending.write_bytes(blending.read_bytes().replace(b"\n", b"\r\n"))
    assert versions(tree) == before, "nor do line ends"


def test_a_reader_of_raw_data_changes_the_bank_and_not_the_samples(tree: Path) -> None:
    before = versions(tree)
    append(tree / "assets" / "celebamask.py")
    after = versions(tree)
    assert after[0] == before[0] and after[1] != before[1]


def test_a_new_and_a_renamed_source_count(tree: Path) -> None:
    before = versions(tree)[0]
    (tree / "natocc" / "extra.py").write_text("")
    added = versions(tree)[0]
    (tree / "natocc" / "extra.py").rename(tree / "natocc" / "other.py")
    assert len({before, added, versions(tree)[0]}) == 3


def test_a_digest_is_that_of_the_content_not_of_its_order() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest({"a": 1}) != digest({"a": 2}) and digest([1, 2]) != digest([2, 1])
    assert digest({}) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_libraries_that_make_bytes_are_named() -> None:
    assert set(library_versions()) == {
        "isal",
        "kornia-rs",
        "numpy",
        "opencv-python-headless",
        "pillow",
        "pyarrow",
        "simplejpeg",
    }
    assert all(version[0].isdigit() for version in library_versions().values())
