from __future__ import annotations

import json
from dataclasses import asdict, replace

from assets.bank.reader import Bank
from manifests.sample import read_metadata, type_problems
from natocc.verdicts import KEPT, rejected
from tasks.render.describe import describe_sample, make_row
from tasks.render.inputs import SampleInputs
from tests.natocc.inputs import draw, face, make
from tests.tasks.render.shards import plan_of


def inputs_of(bank: Bank, kind: str, **fields: object) -> SampleInputs:
    plan = plan_of(bank, kind, **fields)
    (entry,), (occluder, *_) = bank.entries("face"), bank.entries(kind)
    return SampleInputs(plan=plan, face=entry, repeat=3, cache_key="abc", occluder=occluder, upscaler="glean")


def test_the_json_names_both_entries_and_the_row_says_the_same(bank_url: str) -> None:
    inputs = inputs_of(Bank(bank_url), "object", harmoniser="statistics")
    params = draw(face(), "object", harmonise=True)
    composite = make(face(), params)
    written, row = describe_sample(inputs, params, composite), make_row(inputs, KEPT, params, composite)
    assert written["params"] == row.params == json.dumps(asdict(params)) and written["network"] == ""
    metadata = read_metadata(json.dumps(written).encode(), "json")
    assert metadata["key"] == row.key == "one-00000-003"
    assert metadata["cache_key"] == row.cache_key == "abc"
    assert metadata["backends"] == json.loads(row.backends)
    assert metadata["backends"] == {"upscaler": "glean", "colour_transfer": None, "harmoniser": "statistics"}
    assert metadata["params"] == json.loads(json.dumps(asdict(params)))
    assert metadata["size"] == [256, 256] and metadata["network"] is None
    assert metadata["licences"] == ["public domain"]
    assert (metadata["face"]["id"], metadata["face"]["repeat"]) == (row.face_id, row.repeat) == ("00000", 3)
    assert (metadata["occluder"]["id"], metadata["occluder"]["category"]) == ("object-0", "object")
    assert row.hidden_ratio == metadata["hidden_ratio"] == round(composite.hidden_ratio, 6)


def test_a_stage_that_did_not_run_has_no_backend(bank_url: str) -> None:
    inputs = inputs_of(Bank(bank_url), "hand", harmoniser="statistics")
    params = draw(face(), "hand", transfer_strength=1.0)
    composite = make(face(), params)
    backends = describe_sample(replace(inputs, upscaler=None), params, composite)["backends"]
    assert backends == {"upscaler": "", "colour_transfer": "table", "harmoniser": ""}


def test_a_sample_without_an_occluder_has_its_fields_empty(bank_url: str) -> None:
    inputs = replace(inputs_of(Bank(bank_url), "object"), occluder=None, upscaler=None)
    params = draw(face(), "none")
    written = describe_sample(inputs, params, make(face(), params))
    assert list(type_problems(json.loads(json.dumps(written)))) == []
    assert set(written["occluder"].values()) == {""}  # type: ignore[attr-defined]


def test_a_sample_without_a_picture_has_a_row_of_what_is_known(bank_url: str) -> None:
    inputs = replace(inputs_of(Bank(bank_url), "object"), occluder=None, upscaler=None)
    row = make_row(inputs, rejected("no_occluder_of_another_photograph"))
    assert (row.verdict, row.reason) == ("rejected", "no_occluder_of_another_photograph")
    assert (row.face_id, row.occluder_id, row.params, row.hidden_ratio) == ("00000", None, None, None)
    assert set(json.loads(row.backends).values()) == {None}
