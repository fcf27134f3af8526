from __future__ import annotations

import shutil

import pytest

from manifests.dataset import read_dataset
from manifests.recipe import RecipeError
from natocc.document import MissingDocument
from tasks.prepare.bank import prepare
from tasks.withdraw.plan import plan_withdrawal
from tests.raw_trees import FACES
from tests.tasks.withdraw.conftest import Place


def test_a_plan_tells_what_it_means_and_writes_nothing(place: Place) -> None:
    before = place.files()
    plan = plan_withdrawal(place.options("Ada"))
    assert plan.roles == ("person",) and plan.counts == {"face": 1} and not plan.unfinished
    assert [row.what for row in plan.rows] == ["person", "photograph", "file"]
    assert {one.version.dataset.version: len(one.keys) for one in plan.affected} == {
        place.old: 2,
        place.latest: 4,
    }
    assert [one.version.dataset.version for one in plan.latest] == [place.latest]
    assert plan.remarks == () and place.files() == before


def test_an_unknown_input_is_refused_with_the_nearest(place: Place) -> None:
    with pytest.raises(ValueError, match=r"got 'dtd/images/wool/gray\.jpg'; did you mean dtd/images/wool/"):
        plan_withdrawal(place.options("dtd/images/wool/gray.jpg"))
    with pytest.raises(ValueError, match=r"got '%'; natocc used-by and bank\.json list inputs"):
        plan_withdrawal(place.options("%"))


def test_the_raw_folder_of_another_bank_is_refused(place: Place) -> None:
    (place.raw / FACES / "CelebA-HQ-img/ada.jpg").unlink()
    assert plan_withdrawal(place.options("Ada")).counts == {"face": 1}, "its own file may be gone"
    with pytest.raises(ValueError, match=r"without 1 of its 4 files, the first .*ada\.jpg; give the right"):
        plan_withdrawal(place.options("Bob"))


def test_a_version_that_cannot_be_read_stops_what_needs_it(place: Place) -> None:
    (place.dataset / place.old / "dataset.json").write_text("{")
    assert len(plan_withdrawal(place.options("Ada")).remarks) == 1
    with pytest.raises(ValueError, match="1 version can't be read; nothing was changed"):
        plan_withdrawal(place.options("Ada", everywhere=True))
    (place.dataset / place.latest / "dataset.json").write_text("{")
    with pytest.raises(ValueError, match="2 versions can't be read; nothing was changed"):
        plan_withdrawal(place.options("Ada"))


def test_a_recipe_that_has_nothing_left_is_refused_before_anything_is_written(place: Place) -> None:
    shutil.copy(place.raw / "dtd/images/brick/red.jpg", place.raw / "dtd/images/wool/grey.jpg")
    prepare(place.raw, place.bank, workers=1)
    place.build()
    before = place.files()
    with pytest.raises(RecipeError, match="expected at least one texture"):
        plan_withdrawal(place.options("dtd/images/wool/grey.jpg"))
    assert place.files() == before


def test_no_bank_and_another_bank_are_told(place: Place) -> None:
    with pytest.raises(MissingDocument):
        plan_withdrawal(place.options("Ada", bank=str(place.root / "none")))
    (place.raw / "dtd/images/wool/grey.jpg").write_bytes(
        (place.raw / "dtd/images/brick/red.jpg").read_bytes() + b"\n"
    )
    prepare(place.raw, place.bank, workers=1)
    (remark,) = plan_withdrawal(place.options("Ada")).remarks
    built_of = read_dataset(str(place.dataset / place.latest)).bank["content_sha256"]
    assert f"an earlier state of this one ({built_of})" in remark
