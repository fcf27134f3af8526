from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets.text.withdrawals import FILE, ONE_OBJECT, PERSON, PHOTOGRAPH
from manifests.withdrawn import ReplacedVersion, WithdrawnInput, add_to_withdrawal_record
from tasks.errors import BuildStopped
from tasks.history.banned import bans_of, refuse_gone, refuse_withdrawn_entries, refuse_withdrawn_version
from tasks.history.locate import locate_version
from tasks.history.record import record_version
from tests.entries import blank_entry
from tests.manifests.inputs import row
from tests.tasks.history.versions import put


def ban(root: str, what: str, name: str) -> None:
    add_to_withdrawal_record(root, [WithdrawnInput(what=what, name=name, input="given", date="2026-01-02")])


@pytest.mark.parametrize(
    ("what", "name"),
    [(PERSON, "Ada"), (PHOTOGRAPH, "f" * 64), (FILE, "voo/1.jpg"), (ONE_OBJECT, "cup-7")],
)
def test_an_entry_is_refused_by_each_kind_of_ban_in_one_line(tmp_path: Path, what: str, name: str) -> None:
    root = str(tmp_path)
    fields = {"person": "Ada", "photo": "f" * 64, "source": "voo/1.jpg annotation 7"}
    entry = replace(blank_entry("object", "cup-7"), **fields)
    other = replace(blank_entry("object", "cup-8"), photo="0" * 64, source="voo/2.jpg annotation 7")
    refuse_withdrawn_entries(root, lambda: [entry, other])
    ban(root, what, name)
    refuse_withdrawn_entries(root, lambda: [other])
    with pytest.raises(
        BuildStopped, match=r"got object cup-7 .*given as given, withdrawn on 2026-01-02"
    ) as info:
        refuse_withdrawn_entries(root, lambda: [other, entry])
    assert "\n" not in str(info.value) and "prepare the bank again" in str(info.value)


def test_the_id_of_an_object_is_none_of_a_face(tmp_path: Path) -> None:
    ban(str(tmp_path), ONE_OBJECT, "7")
    refuse_withdrawn_entries(str(tmp_path), lambda: [blank_entry("face", "7")])


def test_a_sample_is_known_by_its_face_and_by_its_occluder(tmp_path: Path) -> None:
    root = str(tmp_path)
    for name in ("a", "b"):
        ban(root, PHOTOGRAPH, name)
    rows = [
        row(0, face_photo=face, occluder_photo=hand) for face, hand in (("a", "x"), ("x", "b"), ("x", "y"))
    ]
    assert [getattr(bans_of(root).of_row(one), "name", None) for one in rows] == ["a", "b", None]


def test_a_version_with_withdrawn_inputs_or_a_replaced_one_is_refused(tmp_path: Path) -> None:
    root = str(tmp_path / "small")
    for version, photo in (("aaaa", "a"), ("bbbb", "b")):
        record_version(root, put(root, version, [row(0, face_photo=photo)]))
    ban(root, PHOTOGRAPH, "a")
    refuse_withdrawn_version(locate_version(f"{root}/bbbb"))
    with pytest.raises(BuildStopped, match="got one with sample hand-00000-000 of photograph a"):
        refuse_withdrawn_version(locate_version(f"{root}/aaaa"))
    gone = ReplacedVersion(version="bbbb", by=None, gone="2026-01-01T00:00:00+00:00")
    add_to_withdrawal_record(root, versions=[gone, replace(gone, version="aaaa", by="cccc")])
    record_version(root, put(root, "cccc", [row(0, face_photo="c")]))
    for version, advice in (("aaaa", "use cccc"), ("bbbb", "use the latest version")):
        with pytest.raises(BuildStopped, match=f"may be removed after 2026.*; {advice}"):
            refuse_gone(root, version)
