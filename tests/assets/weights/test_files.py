from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from assets.weights.files import MissingWeights, find_weights, weights_folder


def _file(path: Path, facts: dict[str, str] | None) -> bytes:
    """A file of safetensors with one tensor, written by hand."""
    header: dict = {"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}
    text = json.dumps(header | ({} if facts is None else {"__metadata__": facts})).encode()
    data = len(text).to_bytes(8, "little") + text + bytes(4)
    path.write_bytes(data)
    return data


def test_the_folder_is_the_given_one_then_the_variable_then_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("NATOCC_WEIGHTS", raising=False)
    assert weights_folder() == Path("data/weights")
    monkeypatch.setenv("NATOCC_WEIGHTS", "/elsewhere")
    assert weights_folder() == Path("/elsewhere") and weights_folder("here") == Path("here")


def test_a_file_is_found_with_its_facts_and_hash(tmp_path: Path) -> None:
    facts = {"network": "rainnet", "licence": "unknown", "source_file": "net_G_last.pth"}
    data = _file(tmp_path / "rainnet.safetensors", facts)
    found = find_weights("rainnet", tmp_path)
    assert (found.name, found.network, found.path) == ("rainnet", "rainnet", tmp_path / "rainnet.safetensors")
    assert found.sha256 == hashlib.sha256(data).hexdigest() and dict(found.metadata) == facts


def test_a_missing_file_is_told_with_what_helps(tmp_path: Path) -> None:
    for name, advice in [
        ("glean", "train it and run natocc weights import FILE --as glean"),
        (
            "realesrgan",
            "run natocc weights fetch realesrgan, or get RealESRGAN_x4plus.pth from "
            "https://github.com/xinntao/Real-ESRGAN and run natocc weights import FILE",
        ),
        (
            "rainnet",
            "get net_G_last.pth from https://github.com/junleen/RainNet and run natocc weights import FILE",
        ),
        ("mine", "see natocc weights list for the names there are"),
    ]:
        with pytest.raises(MissingWeights) as error:
            find_weights(name, tmp_path)
        assert str(error.value) == (
            f"{name}: expected its weights in {tmp_path}/{name}.safetensors, found no such file; {advice}; "
            "or name another folder by --weights or $NATOCC_WEIGHTS"
        )
    assert isinstance(error.value, FileNotFoundError)


@pytest.mark.parametrize("facts", [None, {}, {"network": "unet"}])
def test_a_file_of_another_make_is_refused(facts: dict | None, tmp_path: Path) -> None:
    _file(tmp_path / "glean.safetensors", facts)
    with pytest.raises(ValueError, match=r"expected one of glean, rrdbnet, .* as network in its header"):
        find_weights("glean", tmp_path)


@pytest.mark.parametrize("data", [b"", b"<html>", b"PK\3\4" + bytes(100), (9).to_bytes(8, "little") + b"{"])
def test_a_damaged_file_is_refused(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "glean.safetensors").write_bytes(data)
    with pytest.raises(
        ValueError, match=r"glean\.safetensors: expected a whole file of safetensors"
    ) as error:
        find_weights("glean", tmp_path)
    assert "\n" not in str(error.value)


def test_a_folder_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "glean.safetensors").mkdir()
    with pytest.raises(ValueError, match="expected a file of safetensors, got a folder"):
        find_weights("glean", tmp_path)


@pytest.mark.parametrize("name", ["", "../glean", "a/b", ".hidden", "C:x", "a\0b", "a\nb", " "])
def test_a_name_is_no_path(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a plain name such as realesrgan"):
        find_weights(name, tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_may_not_be_read_is_an_error_of_the_system(tmp_path: Path) -> None:
    _file(tmp_path / "glean.safetensors", {"network": "glean"})
    (tmp_path / "glean.safetensors").chmod(0)
    with pytest.raises(OSError):
        find_weights("glean", tmp_path)
