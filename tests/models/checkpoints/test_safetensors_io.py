from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save

from models.checkpoints.read import read_state
from models.checkpoints.safetensors_io import encode_network, tensors_sha256
from models.rrdb.weights import load_rrdbnet
from tests.models.published import rrdbnet, tensors

FACTS = {
    "network": "rrdbnet",
    "licence": "BSD-3-Clause",
    "source_file": "größe.pth",
    "zeta": "1",
    "alpha": "2",
}


def _state() -> dict[str, torch.Tensor]:
    return {
        "b": torch.arange(6.0).view(2, 3),
        "a": torch.ones(3, dtype=torch.float16),
        "n": torch.tensor([7]),
    }


def test_a_network_comes_back_with_its_facts(tmp_path: Path) -> None:
    data = encode_network(_state(), FACTS)
    (tmp_path / "x.safetensors").write_bytes(data)
    with safe_open(tmp_path / "x.safetensors", framework="np") as opened:
        assert opened.metadata() == {**FACTS, "tensors_sha256": tensors_sha256(_state())}
    for source in (data, tmp_path / "x.safetensors", str(tmp_path / "x.safetensors")):
        loaded = read_state(source)
        assert loaded.keys() == _state().keys()
        assert all(
            value.dtype == loaded[key].dtype and value.equal(loaded[key]) for key, value in _state().items()
        )


def test_the_same_network_is_the_same_bytes_in_another_process() -> None:
    script = (
        "import hashlib; from tests.models.checkpoints.test_safetensors_io import FACTS, _state, encode_network; "
        "print(hashlib.sha256(encode_network(_state(), FACTS)).hexdigest())"
    )
    found = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    }
    assert len(found) == 1
    turned = {key: _state()[key] for key in ("n", "a", "b")}
    assert encode_network(turned, FACTS) == encode_network(_state(), dict(reversed(FACTS.items())))


def test_views_of_one_memory_are_saved_apart() -> None:
    whole = torch.arange(12.0).view(3, 4)
    loaded = read_state(encode_network({"t": whole.t(), "w": whole, "row": whole[1]}, FACTS))
    assert loaded["t"].equal(whole.t()) and loaded["row"].equal(whole[1])


def test_every_change_changes_the_hash() -> None:
    first = tensors_sha256(_state())
    other = _state()
    other["b"][1, 2] += 1e-6
    assert first not in {
        tensors_sha256(other),
        tensors_sha256({**_state(), "b": _state()["b"].view(3, 2)}),
        tensors_sha256({**_state(), "a": _state()["a"].to(torch.bfloat16)}),
        tensors_sha256({"c" if key == "b" else key: value for key, value in _state().items()}),
    }
    assert first == tensors_sha256(dict(reversed(_state().items())))


@pytest.mark.parametrize("facts", [{}, {"network": ""}, {"licence": "MIT"}, {"network": "glean", "steps": 3}])
def test_facts_are_texts_and_name_the_network(facts: dict) -> None:
    with pytest.raises(ValueError, match="facts: expected texts by name and network among them"):
        encode_network(_state(), facts)


def test_a_published_layout_loads_from_safetensors() -> None:
    state = tensors(rrdbnet(width=2, blocks=1, growth=1))
    network = load_rrdbnet(encode_network(state, FACTS))
    assert all(value.equal(state[key]) for key, value in network.state_dict().items())


def _with_header(change: dict) -> bytes:
    data = encode_network({"a": torch.zeros(4)}, FACTS)
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8:end]) | change).encode()
    return len(header).to_bytes(8, "little") + header + data[end:]


@pytest.mark.parametrize(
    "data",
    [
        encode_network({"a": torch.zeros(4)}, FACTS)[:-1],
        encode_network({"a": torch.zeros(4)}, FACTS) + b"\0",
        encode_network({"a": torch.zeros(4)}, FACTS)[:40],
        (1 << 62).to_bytes(8, "little") + b"{}",
        _with_header({"a": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}}),
        _with_header({"a": {"dtype": "F32", "shape": [5], "data_offsets": [0, 16]}}),
        _with_header({"a": {"dtype": "CODE", "shape": [4], "data_offsets": [0, 16]}}),
        _with_header({"b": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}),
    ],
)
def test_a_header_that_lies_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.pth").write_bytes(data)
    for source in (data, tmp_path / "x.pth"):
        with pytest.raises(ValueError, match=r"^bad: expected a whole file of safetensors, got one") as error:
            read_state(source, "bad")
        assert "\n" not in str(error.value)


def test_tensors_of_another_hash_than_the_recorded_one_are_never_read(tmp_path: Path) -> None:
    data = bytearray(encode_network(_state(), FACTS))
    data[-1] ^= 1
    path = tmp_path / "changed.safetensors"
    path.write_bytes(data)
    for source in (path, bytes(data)):
        with pytest.raises(
            ValueError, match=r"^it: expected tensors of the hash in its header, [0-9a-f]{8}, got those of"
        ) as error:
            read_state(source, "it")
        assert "\n" not in str(error.value)
    # Others record none.
    plain = save({"a": torch.ones(2)}, {"format": "pt"})
    assert read_state(plain)["a"].equal(torch.ones(2))


def test_a_path_that_is_no_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"\xff.safetensors")
    path.write_bytes(encode_network(_state(), FACTS))
    assert read_state(path)["a"].equal(_state()["a"])
