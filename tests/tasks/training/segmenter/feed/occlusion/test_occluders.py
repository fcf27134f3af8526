from __future__ import annotations

from pathlib import Path

import pytest

from natocc.document import MissingDocument
from natocc.occluders.bank_files import BadBank
from tasks.training.segmenter.feed.occlusion.occluders import list_occluders
from tests.tasks.training.segmenter.feed.feeds import occluder_bank


def test_occluders_of_the_split_train_are_listed_and_opened(tmp_path: Path) -> None:
    url = occluder_bank(tmp_path / "bank", licence="CC0-1.0")
    listed = list_occluders(url, ("object", "hand"))
    assert listed.counts == (("object", 1), ("hand", 1))
    assert listed.licences == (("d", ("CC0-1.0",)),), "without those of the split test"
    opened = listed.open(64)
    assert [*opened.objects, *opened.hands] == ["object-0", "hand-0"] and not opened.textures
    assert max(opened.objects["object-0"].size) == 64
    assert listed.open(64) is opened, "once a process"


def test_unstated_terms_are_said(tmp_path: Path) -> None:
    listed = list_occluders(occluder_bank(tmp_path / "bank", licence=""), ("hand",))
    assert listed.licences == (("d", ("licence not stated",)),)


def test_the_hash_is_that_of_the_occluders_and_not_of_the_place(tmp_path: Path) -> None:
    first = list_occluders(occluder_bank(tmp_path / "a"), ("hand",))
    assert list_occluders(occluder_bank(tmp_path / "b"), ("hand",)).sha256 == first.sha256
    assert list_occluders(str(tmp_path / "b"), ("object",)).sha256 != first.sha256


def test_a_bank_that_was_prepared_again_with_others_is_refused(tmp_path: Path) -> None:
    url = occluder_bank(tmp_path / "bank")
    listed = list_occluders(url, ("hand", "object"))
    occluder_bank(tmp_path / "bank", ("hand",))
    with pytest.raises(BadBank, match="expected the occluders that the training began with, got others"):
        listed.open(64)


def test_no_bank_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingDocument, match=str(tmp_path)):
        list_occluders(str(tmp_path), ("hand",))
