"""Files that are given for checkpoints and are something else: what they are, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

_FETCH = "fetch the file again, and compare its hash"
_SAVE = "load it where it was made, and save its tensors by torch.save(model.state_dict(), 'weights.pth')"
_UNPACK = "unpack it, and use the file of weights in it"
_NO_WEIGHTS = "name the file of weights"

# By the first bytes of a file.
_BEGINNINGS = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself", "fetch it by git lfs pull"),
    (b"\x93NUMPY", "an array of NumPy", _SAVE),
    (b"\x89HDF\r\n", "a file of HDF5, as Keras writes it", _SAVE),
    (b"GGUF", "a file of GGUF", _SAVE),
    (b"\x1f\x8b", "a file compressed by gzip", _UNPACK),
    (b"BZh", "a file compressed by bzip2", _UNPACK),
    (b"\xfd7zXZ", "a file compressed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a file compressed by zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "an archive of 7-Zip", _UNPACK),
    (b"Rar!", "an archive of RAR", _UNPACK),
    (b"\x89PNG", "a picture", _NO_WEIGHTS),
    (b"\xff\xd8\xff", "a picture", _NO_WEIGHTS),
    (b"%PDF", "a PDF", _NO_WEIGHTS),
    (
        b"7767517",
        "the layers of a model of ncnn",
        "name the .bin or .param file of a pair that lies together",
    ),
)
# By the names of files in a zip archive.
_MEMBERS = (
    ("constants.pkl", "an archive of TorchScript, which holds code", _SAVE),
    ("archive_format", "a program exported by torch.export, which holds code", _SAVE),
    ("saved_model.pb", "a model of TensorFlow", _SAVE),
    ("model.weights.h5", "a model of Keras", _SAVE),
)


def foreign_kind(begins: bytes, members: Sequence[str] = ()) -> tuple[str, str] | None:
    """What a file is that is no checkpoint, and what to do; None if that is not known.

    ``begins``: its first 512 bytes, or fewer. ``members``: the names in it, if it is a zip archive.
    """
    if not begins:
        return "an empty file", _FETCH
    for start, kind, advice in _BEGINNINGS:
        if begins.startswith(start):
            return kind, advice
    if begins[257:262] == b"ustar" or begins.startswith(b"sys_info\0"):
        return "an archive of tar", f"{_UNPACK}; or {_SAVE}, if torch wrote it"
    names = {PurePosixPath(name).name for name in members}
    for name, kind, advice in _MEMBERS:
        if name in names:
            return kind, advice
    if names and all(name.endswith(".npy") for name in names):
        return "arrays of NumPy", _SAVE
    return _text_kind(begins) or _onnx(begins)


def _text_kind(begins: bytes) -> tuple[str, str] | None:
    start = begins.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<"):
        return "a web page", _FETCH
    if b'"weight_map"' in begins or (start.startswith(b"{") and b'"total_size"' in begins):
        return (
            "the index of a checkpoint in several files",
            "load it where it was made, and save all tensors as one file",
        )
    if start[:1] in (b"{", b"["):
        return "a text of JSON", _NO_WEIGHTS
    # Pickles of protocol 0 are text too.
    if (
        begins.isascii()
        and all(byte >= 32 or byte in b"\t\r\n" for byte in begins)
        and not _is_pickle(begins)
    ):
        return "a text", _FETCH
    return None


def _is_pickle(begins: bytes) -> bool:
    return begins[:1] in (b"(", b"c", b"}", b"]")


def _onnx(begins: bytes) -> tuple[str, str] | None:
    """A model of ONNX begins with its version and its producer, as protocol buffers do."""
    if begins[:1] == b"\x08" and begins[2:3] in (b"\x12", b":") and len(begins) > 8:
        return "a model of ONNX", _SAVE
    return None
