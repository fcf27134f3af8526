from __future__ import annotations

from pathlib import Path

import pytest

from assets.face_metadata.celeba import MAPPING
from assets.face_metadata.defects.tree import DEFECTS_FILE, TreeDefects, defects_of_tree, is_celebamask
from assets.face_metadata.photo_table import PhotoTable
from tests.celeba_tables import faces_of, mapping
from tests.raw_trees import FACES, IMAGES, write

TRUE = ((0, 119613), (1, 99094), (2, 200121), (3, 81059))


def tree(raw: Path, *stems: str, own: str = "", rows: tuple[tuple[int, int], ...] = TRUE) -> TreeDefects:
    for stem in stems:
        write(raw / FACES / IMAGES / f"{stem}.jpg", b"x")
    if rows:
        write(raw / FACES / MAPPING, mapping(*rows))
    if own:
        write(raw / FACES / DEFECTS_FILE, f"kind,face,other\n{own}".encode())
    return defects_of_tree(raw)


def test_celebamask_hq_is_known_by_its_mapping(tmp_path: Path) -> None:
    found = tree(tmp_path, "0", "234", "235", "404", "5162")
    assert list(found.by_face) == ["00234", "00235", "00404", "05162"]
    assert found.duplicates == (("00234", "00235"),)
    assert found.metadata_of("00235") == {
        "known_defects": [{"kind": "duplicate", "other": "00234", "source": "84"}]
    }
    assert found.metadata_of("00000") == {}
    assert found.index_fields() == {
        "known_defects": {
            "faces": 4,
            "listed": 35,
            "kinds": {"duplicate": 3, "not labelled": 1},
            "duplicates": [["00234", "00235"]],
        }
    }


def test_or_by_its_thirty_thousand_photographs() -> None:
    ids = {f"{number:05d}" for number in range(30_000)}
    assert is_celebamask(None, ids)
    assert is_celebamask(None, ids - {"00007"})
    assert not is_celebamask(None, ids - {"00007", "00008"})
    assert not is_celebamask(PhotoTable("m", {"0": 1}), ids), "the mapping says otherwise"


@pytest.mark.parametrize("rows", [(), ((0, 1), (234, 5), (235, 6)), TRUE[:3]])
def test_the_numbers_of_another_dataset_mean_other_faces(
    tmp_path: Path, rows: tuple[tuple[int, int], ...]
) -> None:
    found = tree(tmp_path, "0", "1", "234", "235", rows=rows)
    assert (found.by_face, found.duplicates, found.index_fields()) == ({}, (), {})
    _, problems = faces_of(tmp_path, "0", "1", "234", "235")
    assert [line for line in problems if "defects" in line] == [
        f"noted {FACES}/{IMAGES}: expected CelebAMask-HQ's own mapping or its 30,000 photographs, which tell "
        f"its numbers, got neither; known defects of 2 (00234, 00235) are not used; name them in {DEFECTS_FILE}"
    ]


def test_a_tree_may_name_defects_of_its_own(tmp_path: Path) -> None:
    own = "duplicate,ann,ben.jpg\nduplicate,9,cy\nduplicate,9,ben\nmisaligned,0,\nmisaligned,gone,\n"
    found = tree(tmp_path, "0", "ann", "ben", "cy", own=own, rows=())
    ((*ids,),) = found.duplicates
    assert sorted(name[:3] for name in ids) == ["ann", "ben", "cy_"], "by way of one that is not there"
    faces, problems = faces_of(tmp_path, "0", "ann", "ben", "cy")
    assert [len(face.metadata.get("known_defects", ())) for face in faces] == [1, 1, 2, 1]  # type: ignore[arg-type]
    assert problems[-1] == (
        f"noted {FACES}/{IMAGES}: expected faces without known defects, got 4 of the 6 faces that the tables "
        "name (duplicate 3, misaligned 1)"
    )
    assert any(
        line.startswith(f"unmatched {FACES}/{DEFECTS_FILE}: ") and "3 rows" in line for line in problems
    )


def test_a_row_that_repeats_a_known_one_counts_once(tmp_path: Path) -> None:
    found = tree(tmp_path, "234", "235", own="duplicate,235,234\n")
    assert [len(defects) for defects in found.by_face.values()] == [1, 1]


def test_what_may_be_a_duplicate_is_bound_to_what_it_may_be_one_of(tmp_path: Path) -> None:
    found = tree(tmp_path, "0", "22", "34", own="duplicat,0,22\nduplicate,22,34,extra\n", rows=())
    assert found.by_face == {} and found.duplicates == (("00000", "00022", "00034"),)
    assert found.index_fields()["known_defects"]["duplicates"] == [["00000", "00022", "00034"]]  # type: ignore[index]
