from __future__ import annotations

from assets.bank.face_labels import count_masks, is_corrected, lacks_policy_labels
from natocc.occluders.bank_files import StoredMember
from tests.bank_entries import entry

STORED = StoredMember(0, 1, "")
WITHOUT = entry("0", category="")
EARLIER = entry("1", category="corrected", members={"mask.png": STORED})  # type: ignore[arg-type]
MASK_ALONE = entry("2", category="corrected", members={"mask_policy.png": STORED})  # type: ignore[arg-type]


def test_a_corrected_face_has_labels_by_policy_in_members_of_their_own() -> None:
    faces = (WITHOUT, EARLIER, MASK_ALONE)
    assert [is_corrected(face) for face in faces] == [False, True, True]
    assert [lacks_policy_labels(face, parsing=False) for face in faces] == [False, True, False]
    assert [lacks_policy_labels(face, parsing=True) for face in faces] == [False, True, True]


def test_masks_are_counted_by_origin_and_other_entries_are_not() -> None:
    texture = entry("3", kind="texture", category="corrected")
    assert count_masks([WITHOUT, EARLIER, MASK_ALONE, texture]) == {"corrected": 2, "policy": 1}
    assert count_masks([]) == {"corrected": 0, "policy": 0}
