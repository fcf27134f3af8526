"""What is wrong with a damaged file of safetensors, in words of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from models.checkpoints.header import header_fault, is_safetensors

WHOLE = save({"a": torch.zeros(4)}, {"format": "pt"})


def _file(header: object, content: int = 0) -> bytes:
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + bytes(content)


def test_only_the_beginning_of_safetensors_is_one() -> None:
    assert is_safetensors(WHOLE)
    assert (
        not is_safetensors(b'{"meta":{"a":1}}') and not is_safetensors(b"") and not is_safetensors(bytes(64))
    )


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "an empty file"),
        (b"<html>", "a file of another kind"),
        (WHOLE[:-1], "one of 15 bytes after its header, which speaks of 16: it was cut off or changed"),
        (WHOLE[:40], "one of 40 bytes with a header of "),
        ((1 << 40).to_bytes(8, "little") + b"{}", "one of 10 bytes with a header of 1099511627776: it was"),
        (
            _file({"a": {"dtype": "X\nX", "data_offsets": [0, 0]}}),
            "one with the tensor a of type X X, which is not",
        ),
        (_file({"a": 3}), "one whose header is not in the form of safetensors"),
        (_file({"a": {"dtype": "F32"}}), "one whose header is not in the form of safetensors"),
        (_file({"__metadata__": {"steps": 3}}), "one whose header has something else than text under steps"),
        (
            _file({"a": {"dtype": "F32", "data_offsets": [0, 4]}}, 4),
            "one whose header and content do not agree",
        ),
    ],
)
def test_the_fault_is_said(data: bytes, fault: str, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(data)
    for source in (data, tmp_path / "a"):
        found = header_fault(source)
        assert found.startswith(fault) and "\n" not in found
