"""Write the layout of the demo photographs into a folder, file by file, and record its content."""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path

import cv2

from assets.demo.catalogue import DEMO_ROOT, Catalogue
from assets.demo.layout.faces import lay_out_faces, lay_out_occluded
from assets.demo.layout.hands import lay_out_hands
from assets.demo.layout.objects import lay_out_objects
from assets.demo.layout.task import Task
from assets.demo.layout.textures import lay_out_textures
from natocc.files.clutter import is_clutter
from shards import storage
from shards.lock import lock

LAYOUT_RECORD = "natocc-sample.json"
_PARTS = (lay_out_faces, lay_out_occluded, lay_out_objects, lay_out_hands, lay_out_textures)


def refuse_foreign(dest: Path) -> None:
    """Raise FileExistsError if the folder contains files that an earlier run did not write."""
    if (
        dest.is_dir()
        and not all(is_clutter(path.name) for path in dest.iterdir())
        and not (dest / LAYOUT_RECORD).is_file()
    ):
        raise FileExistsError(
            f"{dest}: expected no folder, an empty one or an earlier sample ({LAYOUT_RECORD} in it), "
            "got other files; name another --out"
        )


def write_layout(dest: Path, task: Task) -> int:
    """Write new and changed files, and delete files of an earlier run that are no longer part of the layout.

    Returns the number of changed files. If everything is up to date, it quickly returns 0. An interrupted run
    leaves complete files and a record marked as unfinished; the next run completes them.
    """
    refuse_foreign(dest)
    with lock(str(dest)):
        return _write_alone(dest, task)


def _write_alone(dest: Path, task: Task) -> int:
    made_of = _fingerprint(task.chosen)
    before: dict[str, str] = {}
    if (dest / LAYOUT_RECORD).is_file():
        record = json.loads((dest / LAYOUT_RECORD).read_text(encoding="utf-8"))
        before = record["files"]
        if record["made_of"] == made_of and all(_hash(dest / name) == was for name, was in before.items()):
            return 0
    files: dict[str, str] = {}
    changed = 0
    for name, data in chain.from_iterable(part(task) for part in _PARTS):
        if not files:
            _record(dest, before, made_of="unfinished")
        files[name] = storage.sha256_bytes(data)
        if _hash(dest / name) != files[name]:
            storage.write_bytes(str(dest / name), data)
            changed += 1
    for name in sorted(before.keys() - files.keys()):
        (dest / name).unlink(missing_ok=True)
        changed += 1
    _record(dest, files, made_of=made_of)
    return changed


def _record(dest: Path, files: dict[str, str], *, made_of: str) -> None:
    content = {"made_of": made_of, "files": dict(sorted(files.items()))}
    storage.write_bytes(str(dest / LAYOUT_RECORD), json.dumps(content, indent=1).encode())


def _hash(path: Path) -> str | None:
    return storage.sha256_of(str(path)) if path.is_file() else None


def _fingerprint(chosen: Catalogue) -> str:
    """Hash of everything the layout depends on: pictures, annotations, code and codec."""
    ours = sorted(path for path in DEMO_ROOT.rglob("*") if path.suffix in {".py", ".json", ".png"})
    content = {
        "opencv": cv2.__version__,
        "pictures": [item.source.sha256 for item in chosen.items()],
        "annotations": [
            [path.relative_to(DEMO_ROOT).as_posix(), storage.sha256_bytes(path.read_bytes())] for path in ours
        ],
    }
    return storage.sha256_bytes(json.dumps(content).encode())
