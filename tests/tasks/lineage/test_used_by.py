from __future__ import annotations

import pytest

from assets.bank.reader import Bank
from manifests.dataset import read_manifest
from tasks.build.version import BuildReport
from tasks.lineage.used_by import used_by


def test_samples_of_an_input_are_found_by_each_of_its_names(built: BuildReport, bank_url: str) -> None:
    rows = read_manifest(built.url, built.dataset)
    hand, face = (Bank(bank_url).entries(kind)[0] for kind in ("hand", "face"))
    expected = {row.key for row in rows if row.occluder_id == hand.id}
    for name, role in ((hand.id, "occluder"), (hand.sha256, "occluder"), (hand.photo, "photograph")):
        use = used_by(built.url, name)
        assert role in use.roles and expected <= {row.key for row in use.rows}
    assert {row.key for row in used_by(built.url, hand.id).rows} == expected != set()
    assert len(used_by(built.url, face.id).rows) == len(rows)


def test_an_unknown_input_is_refused_with_the_nearest(built: BuildReport) -> None:
    with pytest.raises(ValueError, match=r"got 'hand-9'; did you mean hand-0"):
        used_by(built.url, "hand-9")
