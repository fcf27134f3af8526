"""Import a published weights file into the folder: identified, checked, and without pickled code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.weights.files import Weights, find_weights, read_weights_metadata, weights_folder, weights_path
from assets.weights.registry import entry_named
from models.checkpoints.safetensors_io import TENSORS, encode_network
from models.checkpoints.select import Selection
from models.identify import Known, identify
from shards.check_output import check_folder
from shards.lock import lock
from shards.storage import read_bytes, write_bytes
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.weights.match import Match, choose_source, match_registry
from tasks.weights.source import WeightsSource, weights_sources

# Fields of a header that only the registry can state.
_NEVER_BELIEVED = (TENSORS, "sizes", "published", "note")


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The imported weights in the folder."""

    weights: Weights
    # False if the same bytes already existed.
    changed: bool
    # Remarks on the file, one per line.
    remarks: tuple[str, ...]
    # Where the weights lie in the file; empty for a file that is the network itself.
    key: str = ""
    # The keys of everything else that has tensors.
    left: tuple[str, ...] = ()


def import_weights(
    path: Path,
    *,
    name: str | None = None,
    folder: str | Path | None = None,
    key: str = "",
    replace: bool = False,
    only_published: bool = False,
    on_progress: OnProgress = ignore_progress,
) -> Imported:
    """Convert one file to ``<folder>/<name>.safetensors``: the network's own tensors, float32.

    ``name`` is one of the registry, for a file whose hash, name and shapes fit several. ``key`` chooses
    weights of a file with several; without it averaged ones are taken, if there are any. ``only_published``
    refuses a file whose hash the registry does not know. The same file gives the same bytes each time.
    ``on_progress`` counts three steps: to hash, to read and identify, to convert and write.

    Raises FileNotFoundError, OSError, and ValueError for a file of no known network, for a damaged file, if
    several names fit, and if other weights exist there without ``replace``.
    """
    wanted = entry_named(name) if name else None
    check_folder(str(weights_folder(folder)))
    progress = ProgressCounter(on_progress, 3)
    source = choose_source(weights_sources(path), path, wanted)
    progress.add()
    network, selection = identify(source.read(), source.label, key, wanted.network if wanted else "")
    progress.add()
    header = _read_header(path) if source.alone else {}
    match = match_registry(source, network, header, wanted)
    if only_published and not match.published:
        raise ValueError("; ".join(match.remarks))
    data = encode_network(network.state(), _new_header(source, network, header, match, selection))
    changed = _write(weights_path(match.entry.name, folder), data, replace=replace)
    weights = find_weights(match.entry.name, folder)
    progress.add()
    remarks = (*_selection_remarks(source, selection), *match.remarks, *_header_remarks(header, match))
    return Imported(weights=weights, changed=changed, remarks=remarks, key=selection.key, left=selection.left)


def _read_header(path: Path) -> Mapping[str, str]:
    """The trustworthy header fields that training or an earlier import wrote."""
    try:
        header = read_weights_metadata(path)
    except ValueError:
        return {}
    return {key: value for key, value in header.items() if key not in _NEVER_BELIEVED}


def _new_header(
    source: WeightsSource, network: Known, header: Mapping[str, str], match: Match, selection: Selection
) -> dict[str, str]:
    """The header of the imported file."""
    entry = match.entry
    fields = {**header, "network": network.network, "name": entry.name}
    # The registry states the licence of published weights; other weights state theirs in the header.
    fields["licence"] = entry.licence if entry.page else header.get("licence", entry.licence)
    fields.setdefault("source_file", source.file)
    fields.setdefault("source_sha256", source.sha256)
    if entry.page:
        fields["published"] = "true" if match.published else "false"
    if match.published and match.published.note:
        fields["note"] = match.published.note
    if selection.key:
        fields["source_key"] = selection.key
    if selection.left:
        fields["source_left"] = ", ".join(selection.left)
    if network.sizes:
        fields["sizes"] = " ".join(f"{key}={size}" for key, size in network.sizes.items())
    return fields


def _selection_remarks(source: WeightsSource, selection: Selection) -> tuple[str, ...]:
    """What was taken of a file with more than one network's tensors, and what was left."""
    remark = selection.remark()
    return (f"{source.file}: {remark}",) if remark else ()


def _header_remarks(header: Mapping[str, str], match: Match) -> tuple[str, ...]:
    entry = match.entry
    if match.published or not entry.published_as(header.get("source_sha256", "")):
        return ()
    return (f"{entry.name}: its header names the published file, which proves nothing: import that",)


def _write(target: Path, data: bytes, *, replace: bool) -> bool:
    """Write a file unless it already exists. Returns whether it was written."""
    with lock(str(target.parent), wait=True):
        return _write_alone(target, data, replace=replace)


def _write_alone(target: Path, data: bytes, *, replace: bool) -> bool:
    existing = read_bytes(str(target)) if target.exists() else None
    if existing == data:
        return False
    if existing is not None and not replace:
        raise ValueError(
            f"{target}: expected no other weights under this name, got some ({_origin(target)}); "
            "remove them, or replace them by --replace"
        )
    write_bytes(str(target), data)
    return True


def _origin(target: Path) -> str:
    try:
        header = read_weights_metadata(target)
    except ValueError:
        return "a file of another make"
    return f"{header.get('source_file', 'of unknown origin')}, sha256 {header.get('source_sha256', '')[:8]}"
