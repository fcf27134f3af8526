"""A picture of a version or of a bank, told apart by their index files."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeVar

from assets.bank.reader import Bank, Entry
from manifests.dataset import MANIFEST, read_dataset, resolve_version
from manifests.rows import Row, decode_rows
from natocc.codecs import decode_plane, decode_rgb, encode_jpeg, encode_png_rgb
from natocc.geometry import Image
from natocc.kinds import ENTRY_KINDS, FACE
from natocc.occluders.bank_files import INDEX as BANK_INDEX
from shards import storage
from shards.reader import read_shard
from tasks.contact_sheet import Strip, compose_sheet, on_checks, overlay
from tasks.face_tile import face_facts, face_tile

K = TypeVar("K", bound=str)
T = TypeVar("T")


def preview(url: str, out: str, count: int = 24) -> str:
    """Write a contact sheet (PNG, or JPEG by its name) of ``count`` samples or entries; returns where it is.

    Of a bank, faces come first, the most suspicious of those shown leading; cut-outs lie on a checkerboard.

    Raises FileNotFoundError where the URL is neither a bank nor a version, ValueError for a count
    below 1.
    """
    if count < 1:
        raise ValueError(f"-n: expected at least 1 picture, got {count}")
    if storage.exists(storage.join(url, BANK_INDEX)):
        sheet = _bank_sheet(Bank(url), count)
    else:
        sheet = _version_sheet(resolve_version(url), count)
    storage.write_bytes(out, encode_jpeg(sheet, 88) if out.endswith(".jpg") else encode_png_rgb(sheet))
    return out


def spread(groups: Mapping[K, Sequence[T]], count: int) -> list[T]:
    """``count`` items, shared evenly among the groups (by name) and evenly spaced within each."""
    names = sorted(groups)
    picks: list[T] = []
    for number, name in enumerate(names):
        items = groups[name]
        share = min(len(items), count // len(names) + (number < count % len(names)))
        picks += [items[position * len(items) // share] for position in range(share)]
    return picks


def _version_sheet(url: str, count: int) -> Image:
    dataset = read_dataset(url)
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in decode_rows(storage.read_bytes(storage.join(url, MANIFEST))):
        if row.verdict == "kept":
            groups[row.set].append(row)
    if not groups:
        raise ValueError(f"{url}: expected kept samples to show, got none")
    rows = spread(groups, count)
    recipe = dataset.recipe
    title = (
        f"{dataset.name} {dataset.version} · profile {recipe['profile']} · seed {recipe['seed']} · "
        f"size {recipe['size']} · {dataset.counts['kept']} kept · occluded, mask, alpha, clean"
    )
    return compose_sheet(_sample_strips(url, rows), title)


def _sample_strips(url: str, rows: Sequence[Row]) -> list[Strip]:
    wanted: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        wanted[row.shard].add(row.key)
    found: dict[str, dict[str, bytes]] = {}
    for shard, keys in wanted.items():
        samples = read_shard(storage.join(url, shard))
        found |= {key: members for key, members in samples if key in keys}
    return [_sample_strip(found[row.key]) for row in rows]


def _sample_strip(members: dict[str, bytes]) -> Strip:
    facts = json.loads(members["json"])
    image, alpha = decode_rgb(members["jpg"]), decode_plane(members["alpha.png"])
    pictures = [image, overlay(image, decode_plane(members["mask.png"])), alpha]
    if "clean.jpg" in members:
        pictures.append(decode_rgb(members["clean.jpg"]))
    occluder = facts["occluder"]["id"] if facts["occluder"] else "none"
    caption = (
        f"{facts['key']} · {occluder} · hidden {100 * facts['hidden_ratio']:.0f} % · "
        f"opacity {facts['opacity']:.2f}"
    )
    return Strip(pictures=tuple(pictures), caption=caption)


def _bank_sheet(bank: Bank, count: int) -> Image:
    groups = {kind: bank.entries(kind) for kind in ENTRY_KINDS if bank.entries(kind)}
    if not groups:
        raise ValueError(f"{bank.url}: expected entries to show, got an empty bank")
    entries = spread(groups, count)
    strips = {kind: [_entry_strip(bank, one) for one in entries if one.kind == kind] for kind in groups}
    suspected = sorted(strips.pop(FACE, []), key=lambda strip: -strip[0])
    shown = suspected + [strip for kind in groups if kind != FACE for strip in strips[kind]]
    counts = ", ".join(f"{len(found)} {kind}" for kind, found in groups.items())
    title = f"bank · {counts} · faces with their masks' outlines and how suspicious they are"
    return compose_sheet([strip for _, strip in shown], title, side=288, columns=5)


def _entry_strip(bank: Bank, entry: Entry) -> tuple[float, Strip]:
    """The entry's suspicion, 0 where none was measured, and what to show of it."""
    if entry.kind == FACE:
        return _face_strip(bank, entry)
    members = bank.read(entry)
    picture = decode_rgb(members["jpg"])
    if "alpha.png" in members:
        picture = on_checks(picture, decode_plane(members["alpha.png"]))
    caption = f"{entry.kind} {entry.id} {entry.category} {entry.split}"
    return 0.0, Strip(pictures=(picture,), caption=caption)


def _face_strip(bank: Bank, entry: Entry) -> tuple[float, Strip]:
    said = face_facts(bank, entry).get("suspicion")
    score, reason = 0.0, " ".join(word for word in ("face", entry.category) if word)
    if isinstance(said, dict):
        score, reason = float(said["score"]), f"{float(said['score']):.2f} {said['because']}"
    caption = f"{entry.id} {entry.split} {reason}"
    return score, Strip(pictures=(face_tile(bank, entry),), caption=caption)
