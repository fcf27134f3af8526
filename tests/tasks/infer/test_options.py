from __future__ import annotations

from pathlib import Path

import pytest

from tasks.infer.options import ExportOptions, SegmentOptions
from tasks.options import OptionsError


def test_masks_do_not_go_into_the_pictures_folder(tmp_path: Path) -> None:
    (tmp_path / "a.pt").write_bytes(b"x")
    for out in (tmp_path, tmp_path / "out"):
        with pytest.raises(OptionsError, match="expected another folder than one of pictures"):
            SegmentOptions(images=(tmp_path,), checkpoint=str(tmp_path / "a.pt"), out=out)


def test_an_exported_network_is_not_exported_again(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    path.write_bytes(b"x")
    with pytest.raises(OptionsError, match=r"expected a checkpoint of torch, got an \.onnx"):
        ExportOptions.for_run(checkpoint=str(path), out=tmp_path / "out")
