"""Bring a published file of weights into the folder: identified, checked, and without pickled code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.weights.files import Weights, find_weights, read_facts, readable, weights_path
from assets.weights.registry import Entry, PublishedFile, entry_named, registry
from models.checkpoints.safetensors_io import TENSORS, encode_network, tensors_sha256
from models.registry import Known, identify
from shards.storage import read_bytes, write_bytes
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.weights.source import WeightsSource, weights_sources

_NEVER_BELIEVED = (TENSORS, "sizes", "published", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What became of a file."""

    weights: Weights
    # Whether the folder held other bytes, or none, before; what was there already is not written again.
    changed: bool
    # What a reader should know of it, each in a line.
    remarks: tuple[str, ...]


def import_weights(
    path: Path,
    *,
    name: str | None = None,
    folder: str | Path | None = None,
    replace: bool = False,
    only_published: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> Imported:
    """Convert one file to ``<folder>/<name>.safetensors``: the network's own tensors, float32.

    ``name``: of the registry, where hash, file name and shapes leave a choice. ``only_published``:
    refuse a file whose hash the registry does not know. The same file gives the same bytes each time.
    ``on_progress`` counts three steps: to hash, to read and identify, to convert and write.

    Raises FileNotFoundError, OSError, and ValueError for a file of no known network, for one that is
    damaged, for a choice left open, and where other weights lie there without ``replace``.
    """
    asked = entry_named(name) if name else None
    progress = ProgressCounter(on_progress, 3)
    source = _one(weights_sources(path), path, asked)
    progress.add()
    state = source.read()
    known = identify(state, source.label)
    progress.add()
    own = _own_facts(path) if source.alone else {}
    made = _conversion(own, known)
    entry, remarks = _entry_of(source, known, asked, made)
    published = _published(entry, source) or made
    if only_published and not published:
        raise ValueError("; ".join(remarks))
    if not published and entry.published_as(own.get("source_sha256", "")):
        remarks.append(
            f"{entry.name}: its header names the published file, which proves nothing: import that"
        )
    facts = {**own, "network": known.network, "name": entry.name}
    # Of what is published, the registry says the terms; of what one makes oneself, whoever made it.
    facts["licence"] = entry.licence if entry.page else own.get("licence", entry.licence)
    facts.setdefault("source_file", source.file)
    facts.setdefault("source_sha256", source.sha256)
    # Of what one makes oneself nothing is published.
    if entry.page:
        facts["published"] = "true" if published else "false"
    if published and published.note:
        facts["note"] = published.note
    if known.sizes:
        facts["sizes"] = " ".join(f"{key}={size}" for key, size in known.sizes.items())
    data = encode_network(known.state(), facts)
    target = weights_path(entry.name, folder)
    before = read_bytes(str(target)) if target.exists() else None
    if before is not None and before != data and not replace:
        raise ValueError(
            f"{target}: expected no other weights under this name, got some ({_origin(target)}); "
            "remove them, or replace them by --replace"
        )
    if before != data:
        write_bytes(str(target), data)
    weights = find_weights(entry.name, folder)
    progress.add()
    return Imported(weights=weights, changed=before != data, remarks=tuple(remarks))


def _one(sources: Sequence[WeightsSource], path: Path, asked: Entry | None) -> WeightsSource:
    """The checkpoint that is meant: by hash, by name, or because there is no other."""
    entries = [asked] if asked else list(registry().values())
    by_hash = [source for source in sources if any(_published(entry, source) for entry in entries)]
    names = {file.name for entry in entries for file in entry.files}
    by_name = [source for source in sources if source.file in names]
    for found in (by_hash, by_name, sources):
        if len(found) == 1:
            return found[0]
    listed = ", ".join(source.file for source in sources[:8]) or "none"
    raise ValueError(
        f"{readable(path)}: expected one file of weights that the registry knows in it, got {listed}; "
        "unpack the one that is meant, and import that"
    )


def _entry_of(
    source: WeightsSource, known: Known, asked: Entry | None, made: PublishedFile | None
) -> tuple[Entry, list[str]]:
    """The entry that the file belongs to, and what is to be said of the choice."""
    entries = list(registry().values())
    by_hash = [entry for entry in entries if _published(entry, source) or made in entry.files]
    fitting = [entry for entry in entries if entry.fits(known.network, known.sizes)]
    by_name = [entry for entry in fitting if any(file.name == source.file for file in entry.files)]
    told = f"{known.network}{_told(known.sizes)}"
    if by_hash:
        if asked and asked is not by_hash[0]:
            raise ValueError(
                f"{source.label}: expected weights of {asked.name}, got the file that is published as "
                f"{by_hash[0].name}; leave --as out"
            )
        return by_hash[0], []
    if asked:
        if asked not in fitting:
            raise ValueError(
                f"{source.label}: expected {asked.network}{_told(asked.sizes)} for {asked.name}, got {told}; "
                f"{_choice(fitting)}"
            )
        chosen = asked
    elif len(by_name) == 1:
        chosen = by_name[0]
    elif len(fitting) == 1:
        chosen = fitting[0]
    else:
        raise ValueError(
            f"{source.label}: expected a file whose hash or name the registry knows, got {told} with sha256 "
            f"{source.sha256[:8]}; {_choice(fitting)}"
        )
    return chosen, [_unverified(chosen, source)] if chosen.page else []


def _unverified(entry: Entry, source: WeightsSource) -> str:
    """Why a file cannot be said to be the published one."""
    hashes = [file for file in entry.files if file.sha256]
    if not hashes:
        return (
            f"{entry.name}: no hash is published, so that names and shapes alone speak for "
            f"{source.file} (sha256 {source.sha256[:8]})"
        )
    wanted = " or ".join(f"{file.sha256[:8]} ({file.name})" for file in hashes)
    return f"{entry.name}: expected sha256 {wanted}, got {source.sha256[:8]}: not the published file"


def _choice(fitting: Sequence[Entry]) -> str:
    if not fitting:
        return "the registry has no weights of this kind and size (natocc weights list)"
    return f"say which by --as {' or --as '.join(entry.name for entry in fitting)}"


def _published(entry: Entry, source: WeightsSource) -> PublishedFile | None:
    """The published file that this is, by hash; a pair must agree in both."""
    found = entry.published_as(source.sha256)
    return found if found and found.beside == source.beside else None


def _conversion(own: Mapping[str, str], known: Known) -> PublishedFile | None:
    """The published file of which these tensors are the import: its hash in the header, its tensors here."""
    digest, source = tensors_sha256(known.state()), own.get("source_sha256", "")
    files = (file for entry in registry().values() for file in entry.files)
    return next((file for file in files if file.is_hash(source) and file.converted == digest), None)


def _own_facts(path: Path) -> Mapping[str, str]:
    """What a training of ours, or an earlier import, wrote into a file's header.

    Without what only the registry can say: a header may hold anything.
    """
    try:
        facts = read_facts(path)
    except ValueError:
        return {}
    return {key: value for key, value in facts.items() if key not in _NEVER_BELIEVED}


def _told(sizes: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{key} {size}' for key, size in sizes.items())})" if sizes else ""


def _origin(target: Path) -> str:
    try:
        facts = read_facts(target)
    except ValueError:
        return "a file of another make"
    return f"{facts.get('source_file', 'of unknown origin')}, sha256 {facts.get('source_sha256', '')[:8]}"
