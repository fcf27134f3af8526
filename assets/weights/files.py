"""Weights of networks in one folder: the file for a name, and the metadata in its header."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from safetensors import SafetensorError, safe_open

from assets.weights.registry import how_to_get, registry
from models.checkpoints.header import header_fault
from models.registry import WITH_WEIGHTS
from shards.storage import sha256_of

VARIABLE = "NATOCC_WEIGHTS"
DEFAULT = Path("data/weights")
ENDING = ".safetensors"


class MissingWeights(FileNotFoundError):
    """A network's file is missing. The message names the file, the folder and the command that helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One network's file, as written by ``natocc weights import`` and the training flows."""

    # As in the registry: realesrgan, glean, rainnet, vgg16 …; also the file's name without its ending.
    name: str
    # As in models/registry.py.
    network: str
    path: Path
    # Of the file.
    sha256: str
    # Texts in the header: network, source_file, source_sha256, licence …
    metadata: Mapping[str, str]


def weights_folder(given: str | Path | None = None) -> Path:
    """``given``, else ``$NATOCC_WEIGHTS``, else ``data/weights`` of the working folder.

    The folder need not exist. Raises ValueError if the path is a file.
    """
    place = Path(given or os.environ.get(VARIABLE) or DEFAULT)
    if place.is_file():
        raise ValueError(
            f"weights: expected a folder of weights, got the file {readable(place)}; name the folder it is in"
        )
    return place


def readable(name: str | Path) -> str:
    """A file's name as one line of text, for any bytes."""
    text = str(name).encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def weights_path(name: str, folder: str | Path | None = None) -> Path:
    """The path for weights of this name. Raises ValueError for an invalid name."""
    if not is_name(name):
        raise ValueError(f"weights: expected a plain name such as realesrgan, got {name!r}")
    return weights_folder(folder) / f"{name}{ENDING}"


def is_name(name: str) -> bool:
    """Whether the name is valid for weights: one line of text, not a path, not a hidden file."""
    return name.isprintable() and bool(name.strip()) and name[0] != "." and not set(name) & set("/\\:")


def weights_in(folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the weights in a folder, and the names of all other files in it; both sorted.

    A missing folder counts as empty. Raises OSError if it cannot be read.
    """
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    files = [name for name in found if name.endswith(ENDING) and is_name(name.removesuffix(ENDING))]
    return tuple(name.removesuffix(ENDING) for name in files), tuple(
        name for name in found if name not in files
    )


def find_weights(name: str, folder: str | Path | None = None) -> Weights:
    """Find the file of this name, read its header and hash its content.

    Raises MissingWeights if it does not exist, ValueError if it is not a file of ours, and OSError.
    """
    path = weights_path(name, folder)
    if not path.exists() and not path.is_symlink():
        entry = registry().get(name)
        advice = how_to_get(entry) if entry else "see natocc weights list for the names there are"
        raise MissingWeights(
            f"{name}: expected its weights in {path}, found no such file; {advice}; "
            f"or name another folder by --weights or ${VARIABLE}"
        )
    metadata = read_weights_metadata(path)
    sha256 = sha256_of(str(path))
    return Weights(name=name, network=metadata["network"], path=path, sha256=sha256, metadata=metadata)


def verification_status(weights: Weights) -> str:
    """Compare the header with the registry: ``as published``, ``not verified`` or ``user-provided``.

    An import writes ``published`` and the source's hash. Weights are ``not verified`` if the registry does
    not know the hash, or if their tensors differ from known tensors of the published file. ``natocc weights
    check`` compares the tensors with the header.
    """
    entry = registry().get(weights.name)
    if entry is None or not entry.page:
        return "user-provided"
    file = entry.published_as(weights.metadata.get("source_sha256", ""))
    if weights.metadata.get("published") != "true" or file is None:
        return "not verified"
    known = file.converted in ("", weights.metadata.get("tensors_sha256"))
    return "as published" if known else "not verified"


def read_weights_metadata(path: Path) -> Mapping[str, str]:
    """The texts in the header of a file of ours. Raises ValueError for any other file, and OSError."""
    advice = "bring the published file in by natocc weights import"
    if not path.is_file():
        found = "a folder" if path.is_dir() else "what is no file, or a link that leads to none"
        raise ValueError(f"{path}: expected a file of safetensors, got {found}; {advice}")
    try:
        with safe_open(str(path), framework="np") as opened:
            metadata = opened.metadata() or {}
    except SafetensorError as error:
        raise ValueError(
            f"{path}: expected a whole file of safetensors, got {header_fault(path)}; {advice}"
        ) from error
    except OSError as error:
        # The library's message does not name the file.
        reason = error.strerror or "no answer"
        raise OSError(
            f"{path}: expected a file that can be read, got an error ({reason}); {advice}"
        ) from error
    if metadata.get("network") not in WITH_WEIGHTS:
        raise ValueError(
            f"{path}: expected one of {', '.join(WITH_WEIGHTS)} as network in its header, "
            f"got {metadata.get('network')!r}; {advice}"
        )
    return MappingProxyType(dict(metadata))
