from __future__ import annotations

import shutil

import numpy as np
import pytest

from tasks.prepare.bank import prepare
from tasks.withdraw.plan import plan_withdrawal
from tests.raw_trees import FACES, add_face, add_texture, portrait
from tests.tasks.withdraw.conftest import Place


def test_a_raw_folder_that_lacks_files_is_refused_but_for_the_withdrawn_one_s(place: Place) -> None:
    (place.raw / FACES / "CelebA-HQ-img/ada.jpg").unlink()
    assert plan_withdrawal(place.options("Ada")).counts == {"face": 1}, "its own file may be gone"
    with pytest.raises(ValueError, match=r"without 1 of its 4 files, the first .*ada\.jpg; give the right"):
        plan_withdrawal(place.options("Bob"))


def test_a_raw_folder_with_more_photographs_is_refused_where_the_bank_would_get_them(place: Place) -> None:
    add_face(place.raw, "joe", portrait() // 2)
    add_texture(place.raw, "wool", "new.jpg", np.full((80, 80, 3), 90, np.uint8))
    before = place.files()
    with pytest.raises(
        ValueError, match=r"2 photographs more, the first .*joe\.jpg; run natocc prepare first"
    ):
        plan_withdrawal(place.options("Ada", dry_run=True))
    assert place.files() == before
    # Nothing of it is prepared.
    assert plan_withdrawal(place.options("dtd/images/wool/new.jpg")).roles == ("file",)


def test_an_input_that_was_refused_is_none_more(place: Place) -> None:
    (place.raw / "dtd/images/wool/bad.jpg").write_bytes(b"no picture")
    prepare(place.raw, place.bank, workers=1)
    assert plan_withdrawal(place.options("Ada")).counts == {"face": 1}
    shutil.rmtree(f"{place.bank}/records")
    with pytest.raises(ValueError, match=r"1 photograph more, the first dtd/images/wool/bad\.jpg"):
        plan_withdrawal(place.options("Ada"))
