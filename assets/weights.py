"""Weights of networks in one folder: which file a name means, and what its header says of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from safetensors import SafetensorError, safe_open

from assets.weights_registry import how_to_get, registry
from shards.storage import sha256_of

VARIABLE = "NATOCC_WEIGHTS"
DEFAULT = Path("data/weights")
KINDS = ("rrdbnet", "glean", "rainnet", "stylegan2", "vgg16")


class MissingWeights(FileNotFoundError):
    """A network's file is not there; the message names it, the folder and the command that helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One network's file, as ``natocc weights import`` and the training flows write it."""

    # Of the registry: realesrgan, glean, rainnet, vgg16 …; also the file's, without its ending.
    name: str
    # One of ``KINDS``.
    network: str
    path: Path
    # Of the file.
    sha256: str
    # Texts in its header: network, source_file, source_sha256, licence …
    facts: Mapping[str, str]


def weights_folder(given: str | Path | None = None) -> Path:
    """``given``, else ``$NATOCC_WEIGHTS``, else ``data/weights`` of the working folder."""
    return Path(given or os.environ.get(VARIABLE) or DEFAULT)


def weights_path(name: str, folder: str | Path | None = None) -> Path:
    """Where the file of this name belongs. ValueError for a name that is none."""
    if not name or name.startswith(".") or any(mark in name for mark in "/\\:\0"):
        raise ValueError(f"weights: expected a plain name such as realesrgan, got {name!r}")
    return weights_folder(folder) / f"{name}.safetensors"


def find_weights(name: str, folder: str | Path | None = None) -> Weights:
    """The file of this name: its header is read, its content hashed.

    Raises MissingWeights where it is not there, ValueError for a file of another make, OSError.
    """
    path = weights_path(name, folder)
    if not path.exists():
        entry = registry().get(name)
        advice = how_to_get(entry) if entry else "see natocc weights list for the names there are"
        raise MissingWeights(
            f"{name}: expected its weights in {path}, found no such file; {advice}; "
            f"or name another folder by --weights or ${VARIABLE}"
        )
    facts = read_facts(path)
    return Weights(name=name, network=facts["network"], path=path, sha256=sha256_of(str(path)), facts=facts)


def read_facts(path: Path) -> Mapping[str, str]:
    """The texts in the header of a file of ours. Raises ValueError for any other file, OSError."""
    advice = "bring the published file in by natocc weights import"
    if path.is_dir():
        raise ValueError(f"{path}: expected a file of safetensors, got a folder; {advice}")
    try:
        with safe_open(str(path), framework="np") as opened:
            facts = opened.metadata() or {}
    except SafetensorError as error:
        told = " ".join(str(error).split())[:160]
        raise ValueError(
            f"{path}: expected a whole file of safetensors, got another ({told}); {advice}"
        ) from error
    if facts.get("network") not in KINDS:
        raise ValueError(
            f"{path}: expected one of {', '.join(KINDS)} as network in its header, "
            f"got {facts.get('network')!r}; {advice}"
        )
    return MappingProxyType(dict(facts))
