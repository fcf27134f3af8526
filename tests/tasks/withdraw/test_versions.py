from __future__ import annotations

from pathlib import Path

import pytest

from manifests.dataset import DATASET_INDEX, MANIFEST
from natocc.document import BadDocument
from tasks.withdraw.versions import read_versions
from tests.tasks.withdraw.conftest import Place


def test_versions_of_a_dataset_or_of_a_folder_of_datasets_are_read(made: Place) -> None:
    for url in (made.dataset, made.dataset.parent):
        stored = read_versions(str(url))
        assert {one.dataset.version: one.latest for one in stored.versions} == {
            made.old: False,
            made.latest: True,
        }
        assert stored.unreadable == () and not stored.blocking
        assert all(len(one.rows()) == sum(one.dataset.counts.values()) for one in stored.versions)


@pytest.mark.parametrize("name", [DATASET_INDEX, MANIFEST, "train-randocc-000000.tar"])
@pytest.mark.parametrize("blocking", [False, True])
def test_what_cannot_be_read_is_named(place: Place, name: str, blocking: bool) -> None:
    version = place.latest if blocking else place.old
    (place.dataset / version / name).unlink()
    stored = read_versions(str(place.dataset))
    assert len(stored.versions) == 1 and stored.blocking is blocking
    (line,) = stored.unreadable
    assert version in line and name in line


def test_a_damaged_pointer_and_no_dataset_are_errors(place: Place, tmp_path: Path) -> None:
    (place.dataset / "latest.json").write_text("{")
    with pytest.raises(BadDocument, match=r"latest\.json"):
        read_versions(str(place.dataset))
    with pytest.raises(FileNotFoundError, match="expected a dataset"):
        read_versions(str(place.raw))
