"""Colours that torch moves on a device: the samples of NumPy, recorded as what they are."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
import torch

from assets.bank.reader import Bank
from manifests.shard_plan import ShardPlan
from models import sliced_transport
from natocc.codecs import decode_rgb
from natocc.transfer.transport import Transport, move_by_batches
from tasks.errors import BuildStopped
from tasks.render.groups import attempt_all
from tasks.render.harmonise import open_harmoniser
from tasks.render.inputs import open_inputs
from tasks.render.replay import replay
from tasks.render.sample import SampleResult, attempt
from tasks.render.transport import DeviceTransport, open_transport
from tests.tasks.render.shards import plan_of

SETS = [{"name": "one", "kind": "hand", "colour_transfer": 1.0}]


def planned(bank: Bank, device: str | None, **fields: object) -> ShardPlan:
    chosen = {"sets": SETS, "repeats": 3, "transfer_method": "sot", "profile": "paper"} | fields
    return replace(plan_of(bank, "hand", 3, **chosen), transfer_device=device)


def samples(bank: Bank, plan: ShardPlan) -> list[SampleResult]:
    harmonise = open_harmoniser(plan.harmoniser, plan.network, None)
    shard, transport = open_inputs(plan, bank), open_transport(plan.transfer_device)
    return list(attempt_all(shard, harmonise, transport=transport))


@pytest.fixture(scope="module")
def moved(bank_url: str) -> dict[str | None, list[SampleResult]]:
    """The same samples by NumPy and by torch."""
    bank = Bank(bank_url)
    return {device: samples(bank, planned(bank, device)) for device in (None, "cpu")}


def test_samples_are_those_of_numpy_and_their_records_tell_who_moved_them(
    moved: dict[str | None, list[SampleResult]],
) -> None:
    kept = 0
    for one, other in zip(moved[None], moved["cpu"], strict=True):
        assert (one.row.key, one.row.verdict) == (other.row.key, other.row.verdict)
        assert json.loads(one.row.backends)["colour_transfer"] == "sot"
        assert json.loads(other.row.backends)["colour_transfer"] == "sot-torch-cpu"
        if one.members:
            pictures = [decode_rgb(made.members["jpg"]).astype(int) for made in (one, other)]
            assert np.abs(pictures[0] - pictures[1]).max() <= 1
            fields = [json.loads(made.members["json"]) for made in (one, other)]
            assert fields[0]["params"] == fields[1]["params"]
            assert fields[0]["measured"] == fields[1]["measured"] and "black_values" in fields[0]["measured"]
            kept += 1
    assert kept > 1


def test_groups_give_the_bytes_of_one_by_one(
    bank_url: str, moved: dict[str | None, list[SampleResult]]
) -> None:
    bank = Bank(bank_url)
    plan = planned(bank, "cpu")
    shard = open_inputs(plan, bank)
    assert [attempt(shard, sample) for sample in plan.samples] == moved["cpu"]


@pytest.mark.parametrize("device", [None, "cpu"])
def test_a_sample_is_replayed_where_its_record_says(
    device: str | None,
    bank_url: str,
    moved: dict[str | None, list[SampleResult]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str | None] = []

    def opened(recorded: str | None) -> DeviceTransport | None:
        asked.append(recorded)
        return open_transport(recorded)

    monkeypatch.setattr("tasks.render.replay.open_transport", opened)
    members = next(made.members for made in moved[device] if made.members)
    assert replay(members, Bank(bank_url)) == members
    assert asked == [device]


@pytest.mark.skipif(torch.cuda.is_available(), reason="a GPU")
def test_a_missing_device_of_a_record_is_said(
    bank_url: str, moved: dict[str | None, list[SampleResult]]
) -> None:
    members = dict(next(made.members for made in moved["cpu"] if made.members))
    members["json"] = members["json"].replace(b"sot-torch-cpu", b"sot-torch-cuda")
    with pytest.raises(BuildStopped, match="transfer_method sot: --device: expected a GPU for cuda"):
        replay(members, Bank(bank_url))


def test_records_without_the_switch_are_replayed_with_algorithm_1(
    bank_url: str, moved: dict[str | None, list[SampleResult]]
) -> None:
    members = dict(next(made.members for made in moved[None] if made.members))
    fields = json.loads(members["json"])
    params = json.loads(fields["params"])
    assert params["transfer"].pop("algorithm_1") is True
    members["json"] = json.dumps(fields | {"params": json.dumps(params)}).encode()
    assert replay(members, Bank(bank_url))["jpg"] == members["jpg"]


def test_the_recipe_turns_algorithm_1_off(bank_url: str, moved: dict[str | None, list[SampleResult]]) -> None:
    bank = Bank(bank_url)
    off = samples(bank, planned(bank, None, algorithm_1=False))
    for one, other in zip(moved[None], off, strict=True):
        assert json.loads(other.row.params or "")["transfer"]["algorithm_1"] is False
        assert not one.members or one.members["jpg"] != other.members["jpg"]


def test_memory_that_runs_out_stops_the_build(bank_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> None:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(sliced_transport, "_mean_motion", no_memory)
    bank = Bank(bank_url)
    with pytest.raises(BuildStopped, match="sot: cpu: expected memory for the colours of one picture"):
        samples(bank, planned(bank, "cpu"))


def test_a_group_is_moved_together(bank_url: str) -> None:
    class Recorder(DeviceTransport):
        batch = 2
        sizes: list[int] = []  # noqa: RUF012

        def __init__(self) -> None:
            pass

        def __call__(self, transports: object) -> list[np.ndarray]:
            made: list[Transport] = list(transports)  # type: ignore[call-overload]
            self.sizes.append(len(made))
            return [move_by_batches(transport) for transport in made]

    bank = Bank(bank_url)
    plan = planned(bank, None)
    harmonise = open_harmoniser(plan.harmoniser, plan.network, None)
    made = list(attempt_all(open_inputs(plan, bank), harmonise, transport=Recorder()))
    assert Recorder.sizes == [2, 1] and [one.row.repeat for one in made] == [0, 1, 2]
