from __future__ import annotations

import pytest

from manifests.shard_plan import device_of_transfer, named_split, shard_prefix, transfer_backend


@pytest.mark.parametrize(
    ("split", "named"), [("train", "train"), ("test", "test"), ("all", "train"), ("list", "train")]
)
def test_only_shards_of_held_out_faces_are_called_test(split: str, named: str) -> None:
    assert named_split(split) == named
    assert shard_prefix(split, "hand_sot") == f"{named}-hand_sot-"


@pytest.mark.parametrize(
    ("device", "backend"), [(None, "sot"), ("cuda", "sot-torch-cuda"), ("cpu", "sot-torch-cpu")]
)
def test_a_recorded_backend_tells_where_colours_were_moved(device: str | None, backend: str) -> None:
    assert transfer_backend("sot", device) == backend
    assert device_of_transfer(backend) == device


def test_no_backend_has_no_device() -> None:
    assert device_of_transfer(None) is None and device_of_transfer("table") is None
