"""A contact sheet of a version or of a bank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import PurePath
from typing import TypeVar

from assets.bank.reader import Bank, Entry
from assets.wording import list_counts
from manifests.dataset import Dataset, read_dataset, read_manifest
from manifests.rows import Row
from manifests.sample import read_metadata
from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png_rgb
from natocc.geometry import Image
from natocc.kinds import ENTRY_KINDS, FACE, POOLS
from natocc.occluders.bank_files import BANK_INDEX as BANK_INDEX
from shards import storage
from shards.check_output import check_file
from shards.reader import read_shard
from tasks.contact_sheet import Strip, compose_sheet, on_checks, overlay
from tasks.face_metadata import recorded_score
from tasks.face_tile import face_tile
from tasks.history.gone import resolve_readable
from tasks.inputs import PICTURE_ENDINGS

K = TypeVar("K", bound=str)
T = TypeVar("T")


def preview(url: str, out: str, count: int = 24) -> str:
    """Write a contact sheet of ``count`` samples or entries: PNG, JPEG or WebP by the ending of ``out``.

    Returns ``out``. For a bank, faces come first, the worst mask scores leading; cut-outs lie on a
    checkerboard.

    Raises OSError if ``out`` can't be written, FileNotFoundError if the URL is neither a bank nor a version,
    ValueError for a count below 1 and for any other ending.
    """
    if picture_ending(out) not in PICTURE_ENDINGS:
        raise ValueError(f"--out: expected a name that ends in {', '.join(PICTURE_ENDINGS)}, got {out!r}")
    if count < 1:
        raise ValueError(f"--limit: expected at least 1 picture, got {count}")
    check_file(out)
    if storage.exists(storage.join(url, BANK_INDEX)):
        sheet = _bank_sheet(Bank(url), count)
    else:
        sheet = _version_sheet(resolve_readable(url, alternative=f"a bank ({BANK_INDEX}), "), count)
    storage.write_bytes(out, _encode(sheet, picture_ending(out)))
    return out


def picture_ending(name: str) -> str:
    """The ending of a picture's name, in small letters."""
    return PurePath(name).suffix.lower()


def _encode(sheet: Image, ending: str) -> bytes:
    if ending == ".webp":
        from PIL import Image as Pillow

        stream = BytesIO()
        Pillow.fromarray(sheet).save(stream, "WEBP", quality=88)
        return stream.getvalue()
    return encode_png_rgb(sheet) if ending == ".png" else encode_jpeg(sheet, 88)


def pick_evenly(groups: Mapping[K, Sequence[T]], count: int) -> list[T]:
    """``count`` items, in order of the groups' names, evenly spaced within each group.

    Each group has an equal share; what a small one leaves goes to the others.
    """
    picks: list[T] = []
    for name, share in _shares({name: len(groups[name]) for name in sorted(groups)}, count).items():
        picks += [groups[name][position * len(groups[name]) // share] for position in range(share)]
    return picks


def _shares(sizes: Mapping[K, int], count: int) -> dict[K, int]:
    shares = dict.fromkeys(sizes, 0)
    while (free := [name for name in sizes if shares[name] < sizes[name]]) and count > 0:
        for name in free[:count]:
            shares[name] += 1
        count -= len(free)
    return shares


def _version_sheet(url: str, count: int) -> Image:
    dataset = read_dataset(url)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in read_manifest(url, dataset):
        if row.verdict == "kept":
            groups[row.set].append(row)
    if not groups:
        raise ValueError(f"{url}: expected kept samples to show, got none")
    rows = pick_evenly(groups, count)
    recipe = dataset.recipe
    title = (
        f"{dataset.name} {dataset.version} · profile {recipe['profile']} · seed {recipe['seed']} · "
        f"size {recipe['size']} · {len(rows)} of {dataset.counts['kept']} kept · occluded, mask, alpha, clean"
    )
    return compose_sheet(_sample_strips(url, dataset, rows), title)


def _sample_strips(url: str, dataset: Dataset, rows: Sequence[Row]) -> list[Strip]:
    hashes = {record.file: record.sha256 for record in dataset.shards}
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row.shard].add(row.key)
    found: dict[str, dict[str, bytes]] = {}
    for shard, keys in wanted.items():
        samples = read_shard(storage.join(url, shard), hashes.get(shard))
        found |= {key: members for key, members in samples if key in keys}
        if lacking := keys - found.keys():
            raise ValueError(
                f"{url}/{shard}: expected the manifest's sample {min(lacking)}, got none of that key"
            )
    return [_sample_strip(found[row.key]) for row in rows]


def _sample_strip(members: dict[str, bytes]) -> Strip:
    metadata = read_metadata(members["json"], "json")
    image, alpha = decode_rgb(members["jpg"]), decode_plane(members["alpha.png"])
    pictures = [image, overlay(image, decode_plane(members["mask.png"])), alpha]
    if "clean.jpg" in members:
        pictures.append(decode_rgb(members["clean.jpg"]))
    occluder = metadata["occluder"]["id"] if metadata["occluder"] else "none"
    caption = (
        f"{metadata['key']} · {occluder} · hidden {100 * metadata['hidden_ratio']:.0f} % · "
        f"opacity {metadata['opacity']:.2f}"
    )
    return Strip(pictures=tuple(pictures), caption=caption)


def _bank_sheet(bank: Bank, count: int) -> Image:
    groups = {kind: bank.entries(kind) for kind in ENTRY_KINDS if bank.entries(kind)}
    if not groups:
        raise ValueError(f"{bank.url}: expected entries to show, got an empty bank")
    entries = pick_evenly(groups, count)
    faces = [_face_strip(bank, entry) for entry in entries if entry.kind == FACE]
    worst_first = [strip for _, strip in sorted(faces, key=lambda scored: -scored[0])]
    others = [
        _occluder_strip(bank, entry) for kind in groups for entry in entries if entry.kind == kind != FACE
    ]
    plurals = {FACE: "faces", **{pool.name: pool.plural for pool in POOLS.values()}}
    counts = list_counts({plurals[kind]: len(found) for kind, found in groups.items()})
    title = f"bank · {counts}, {len(entries)} of them here · faces with their masks' contours and mask scores"
    return compose_sheet(worst_first + others, title, side=288, columns=5)


def _occluder_strip(bank: Bank, entry: Entry) -> Strip:
    members = bank.read(entry)
    picture = decode_rgb(members["jpg"])
    if "alpha.png" in members:
        picture = on_checks(picture, decode_plane(members["alpha.png"]))
    caption = f"{entry.kind} {entry.id} {entry.category} {entry.split}"
    return Strip(pictures=(picture,), caption=caption)


def _face_strip(bank: Bank, entry: Entry) -> tuple[float, Strip]:
    """The face's mask score, 0 if none was measured, and its strip."""
    recorded = recorded_score(bank.metadata(entry))
    if recorded is None:
        remark = " ".join(word for word in ("face", entry.category) if word)
    else:
        remark = f"{recorded.score:.2f} {recorded.because}"
    strip = Strip(pictures=(face_tile(bank, entry),), caption=f"{entry.id} {entry.split} {remark}")
    return (recorded.score if recorded else 0.0), strip
