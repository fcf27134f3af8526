from __future__ import annotations

import shutil
from pathlib import Path

from manifests.dataset import DATASET_INDEX, MANIFEST, read_dataset
from tasks.build.publish.restore import card_of, restore_dataset
from tasks.build.version import BuildReport


def test_index_and_card_follow_from_the_manifest(built: BuildReport, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(built.url, tmp_path / "version"))
    whole = (copy / DATASET_INDEX).read_bytes()
    (copy / DATASET_INDEX).unlink()
    restored = restore_dataset(str(copy))
    assert restored is not None and restored.encode() == whole
    assert card_of(restored) == (copy / "README.md").read_bytes()
    assert restored == read_dataset(built.url)
    (copy / MANIFEST).write_bytes((copy / MANIFEST).read_bytes()[:-1])
    assert restore_dataset(str(copy)) is None
