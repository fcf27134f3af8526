from __future__ import annotations

import json

import pytest

from assets.bank.reader import Bank
from tasks.build.version import BuildReport
from tasks.lineage.trace import trace_sample
from tasks.render.replay import find_sample


def test_a_sample_is_traced_to_its_inputs_by_either_key(built: BuildReport, bank_url: str) -> None:
    found = trace_sample(built.url, "hand_sot-00000-001")
    stored = json.loads(find_sample(built.url, found.key)["json"])
    assert (found.version, found.verdict) == (built.dataset.version, "kept")
    assert found.params == json.loads(stored["params"]) and found.cache_key == stored["cache_key"]
    entry = Bank(bank_url).entries("face")[0]
    assert (found.face["id"], found.face["sha256"], found.face["licence"]) == (
        entry.id,
        entry.sha256,
        entry.licence,
    )
    assert found.occluder is not None and found.occluder["id"] == stored["occluder"]["id"]
    assert found.libraries == built.dataset.libraries
    assert trace_sample(built.url, found.cache_key) == found


def test_an_unknown_key_is_refused_with_the_nearest(built: BuildReport) -> None:
    with pytest.raises(ValueError, match=r"got 'hand_sot-0000-001'; did you mean hand_sot-00000-001 or "):
        trace_sample(built.url, "hand_sot-0000-001")
    with pytest.raises(ValueError, match=r"got '%'; its manifest\.parquet lists all"):
        trace_sample(built.url, "%")
