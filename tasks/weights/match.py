"""Match a weights file to an entry of the registry by hash, by name, or by network and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.weights.files import readable
from assets.weights.registry import PublishedFile, RegistryEntry, registry
from models.checkpoints.safetensors_io import tensors_sha256
from models.identify import Known
from tasks.weights.source import WeightsSource


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The registry's data on a weights file."""

    entry: RegistryEntry
    # The published file that equals this file or is its origin.
    published: PublishedFile | None
    # The reason why the file is not verified as the published file.
    remarks: tuple[str, ...]


def choose_source(
    sources: Sequence[WeightsSource], path: Path, wanted: RegistryEntry | None
) -> WeightsSource:
    """The single checkpoint with a known hash, else with a known name, else the only checkpoint.

    ``wanted`` is the required entry. Raises ValueError if several checkpoints remain.
    """
    entries = [wanted] if wanted else list(registry().values())
    by_hash = [source for source in sources if any(_published(entry, source) for entry in entries)]
    names = {file.name for entry in entries for file in entry.files}
    by_name = [source for source in sources if source.file in names]
    for candidates in (by_hash, by_name, sources):
        if len(candidates) == 1:
            return candidates[0]
    listed = ", ".join(source.file for source in sources[:8]) or "none"
    raise ValueError(
        f"{readable(path)}: expected one file of weights that the registry knows in it, got {listed}; "
        "unpack the one that is meant, and import that"
    )


def match_registry(
    source: WeightsSource, network: Known, header: Mapping[str, str], wanted: RegistryEntry | None
) -> Match:
    """The entry of a checkpoint with this network; ``header`` is that of its file.

    Raises ValueError for a ``wanted`` entry that does not fit, and if several entries fit.
    """
    converted = _converted(header, network)
    by_hash = [
        entry for entry in registry().values() if _published(entry, source) or converted in entry.files
    ]
    if not by_hash:
        entry = _choose_entry(source, network, wanted)
        remarks = (_unverified(entry, source),) if entry.page else ()
        return Match(entry=entry, published=None, remarks=remarks)
    entry = by_hash[0]
    if wanted and wanted is not entry:
        raise ValueError(
            f"{source.label}: expected weights of {wanted.name}, got the file that is published as "
            f"{entry.name}; leave --as out"
        )
    return Match(entry=entry, published=_published(entry, source) or converted, remarks=())


def _choose_entry(source: WeightsSource, network: Known, wanted: RegistryEntry | None) -> RegistryEntry:
    """The entry of a file of unknown hash."""
    fitting = [entry for entry in registry().values() if entry.fits(network.network, network.sizes)]
    by_name = [entry for entry in fitting if any(file.name == source.file for file in entry.files)]
    got = f"{network.network}{_sizes(network.sizes)}"
    if wanted and wanted not in fitting:
        raise ValueError(
            f"{source.label}: expected {wanted.network}{_sizes(wanted.sizes)} for {wanted.name}, got {got}; "
            f"{_advice(fitting)}"
        )
    if wanted:
        return wanted
    for candidates in (by_name, fitting):
        if len(candidates) == 1:
            return candidates[0]
    raise ValueError(
        f"{source.label}: expected a file whose hash or name the registry knows, got {got} with sha256 "
        f"{source.sha256[:8]}; {_advice(fitting)}"
    )


def _published(entry: RegistryEntry, source: WeightsSource) -> PublishedFile | None:
    """The published file with the hash of this one; of a pair both hashes must agree."""
    file = entry.published_as(source.sha256)
    return file if file and file.beside == source.beside else None


def _converted(header: Mapping[str, str], network: Known) -> PublishedFile | None:
    """The published file from which an earlier import made these tensors.

    Its hash stands in the header, and the hash of the tensors in the registry.
    """
    digest, source = tensors_sha256(network.state()), header.get("source_sha256", "")
    files = (file for entry in registry().values() for file in entry.files)
    return next((file for file in files if file.is_hash(source) and file.converted == digest), None)


def _unverified(entry: RegistryEntry, source: WeightsSource) -> str:
    """The reason why a file is not verified as the published one."""
    hashes = [file for file in entry.files if file.sha256]
    if not hashes:
        return (
            f"{entry.name}: no hash is published, so that names and shapes alone speak for "
            f"{source.file} (sha256 {source.sha256[:8]})"
        )
    expected = " or ".join(f"{file.sha256[:8]} ({file.name})" for file in hashes)
    return f"{entry.name}: expected sha256 {expected}, got {source.sha256[:8]}: not the published file"


def _advice(fitting: Sequence[RegistryEntry]) -> str:
    if not fitting:
        return "the registry has no weights of this kind and size (natocc weights list)"
    return f"say which by --as {' or --as '.join(entry.name for entry in fitting)}"


def _sizes(sizes: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{key} {size}' for key, size in sizes.items())})" if sizes else ""
