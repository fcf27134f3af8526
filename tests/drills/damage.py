"""Damage one file of a small raw tree after another, and run census and prepare on each.

``python -m tests.drills.damage FOLDER FILE COUNT`` prints one JSON line before and one after each damage, so
that whoever reads them knows which one hung or ended the process. The bank is prepared in this process: what
a worker does to an input is a plain function.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import shutil
import struct
import sys
import traceback
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self

import numpy as np

from tests.celeba_tables import attributes, mapping
from tests.cofw_files import add_cofw, pictures
from tests.faceocc_files import add_cutout
from tests.raw_trees import (
    add_face,
    add_objects,
    add_sidecar,
    annotation,
    coffee,
    disc,
    encoded,
    mask_bytes,
    portrait,
    whole_tree,
    write,
)

FACES, CORRECTED = "CelebAMask-HQ", "CelebAMask-HQ-masks_corrected"
# Address space of the process: libraries alone take some 2 GB of it.
MEMORY = 8 << 30
# A file of each kind that a reader reads.
FILES = (
    f"{FACES}/CelebA-HQ-img/0.jpg",
    f"{FACES}/CelebA-HQ-img/3.png",
    f"{FACES}/CelebAMask-HQ-mask-anno/0/00000_skin.png",
    f"{FACES}/natocc.csv",
    f"{FACES}/CelebAMask-HQ-attribute-anno.txt",
    f"{FACES}/CelebAMask-HQ-pose-anno.txt",
    f"{FACES}/CelebA-HQ-to-CelebA-mapping.txt",
    f"{FACES}/identity_CelebA.txt",
    f"{FACES}-WO-train.txt",
    f"{CORRECTED}/1.png",
    f"{CORRECTED}/provenance.jsonl",
    f"{CORRECTED}/verdicts.csv",
    "COCO/annotations/instances_sample.json",
    "COCO/sample/000000000001.jpg",
    "COCO/natocc.csv",
    "11k-hands/Hands/Hand_0000002.jpg",
    "11k-hands/HandInfo.csv",
    "11k-hands/11k_hands_sample.txt",
    "11k-hands_masks/Hand_0000002.png",
    "dtd/images/pitted/pitted_0001.jpg",
    "dtd/labels/train1.txt",
    "dtd/labels/labels_joint_anno.txt",
    "RealOcc/image/00041.jpg",
    "RealOcc/mask/00041.png",
    "RealOcc/split/val.txt",
    "FaceOcc/internet/mask/a.png",
    "coco_object/object_image_sr/one.jpeg",
    "coco_object/object_mask_x4/one.png",
    "COFW/COFW_train_color.mat",
    "iHarmony4/IHD_train.txt",
)


def make_tree(raw: Path) -> None:
    """One of every kind of file, all sound."""
    whole_tree(raw)
    add_face(
        raw, "3", encoded(np.dstack([portrait(), np.full((160, 160), 255, np.uint8)]), "PNG"), suffix=".png"
    )
    faces = raw / FACES
    add_sidecar(faces, {"file": "CelebA-HQ-img/0.jpg", "person": "p", "landmarks": '{"nose": [3, 4]}'})
    write(
        faces / "CelebAMask-HQ-attribute-anno.txt",
        attributes(("0.jpg", "Young"), ("1.jpg", ""), ("3.jpg", "")),
    )
    write(faces / "CelebAMask-HQ-pose-anno.txt", b"3\nYaw Pitch Raw\n0.jpg 1 2 3\n1.jpg 1 2 3\n3.jpg 9 8 7\n")
    write(faces / "CelebA-HQ-to-CelebA-mapping.txt", mapping((0, 5), (1, 6), (3, 7)))
    write(faces / "identity_CelebA.txt", b"000006.jpg 12\n000007.jpg 13\n000008.jpg 14\n")
    write(raw / f"{FACES}-WO-train.txt", b"0.jpg\n1.jpg\n3.jpg\n")
    write(raw / CORRECTED / "1.png", mask_bytes(disc(80, 80)))
    names = ("id", "file", "sha256", "format", "tool", "annotation", "annotation_sha256", "who", "date")
    line = dict.fromkeys((*names, "date_from", "previous_sha256", "review"), "x") | {"file": "1.png"}
    write(raw / CORRECTED / "provenance.jsonl", json.dumps(line).encode() + b"\n")
    write(raw / CORRECTED / "verdicts.csv", b"file,verdict,who,date\n0.jpg,WO,me,2024-01-01\n")
    add_objects(raw, [annotation(7), annotation(8, segmentation={"counts": [0, 60000], "size": [200, 300]})])
    add_sidecar(raw / "COCO", {"file": "sample/000000000001.jpg", "photo": "ab" * 32, "split": "train"})
    write(raw / "11k-hands/11k_hands_sample.txt", b"Hand_0000002.jpg\n")
    write(raw / "dtd/labels/train1.txt", b"pitted/pitted_0001.jpg\n")
    write(raw / "dtd/labels/labels_joint_anno.txt", b"pitted/pitted_0001.jpg pitted\n")
    add_cutout(raw, "internet/mask/a.png")
    write(raw / "coco_object/object_image_sr/one.jpeg", encoded(coffee()))
    write(raw / "coco_object/object_mask_x4/one.png", encoded(disc(200, 300), "PNG"))
    add_cofw(raw / "COFW", "train", pictures(2))
    composite = write(raw / "iHarmony4/HCOCO/composite_images/c1_2_1.jpg", encoded(coffee()))
    write(composite.parents[1] / "masks/c1_2.png", encoded(disc(200, 300), "PNG"))
    write(composite.parents[1] / "real_images/c1.jpg", encoded(coffee()))
    write(raw / "iHarmony4/IHD_train.txt", b"HCOCO/composite_images/c1_2_1.jpg\n")


Damage = Callable[[Path, random.Random], None]


def replaced(change: Callable[[bytes, random.Random], bytes]) -> Damage:
    def damage(path: Path, chance: random.Random) -> None:
        path.write_bytes(change(path.read_bytes(), chance))

    return damage


def instead(make: Callable[[Path], object]) -> Damage:
    def damage(path: Path, chance: random.Random) -> None:
        path.unlink()
        make(path)

    return damage


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(1, max(2, len(data)))]


def flip(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 8, 64))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def zero(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    length = chance.randrange(1, len(data) - start + 1)
    return data[:start] + bytes(length) + data[start + length :]


def huge(data: bytes, chance: random.Random) -> bytes:
    """The size in a picture's header raised; a number in a text made long."""
    width, height = chance.choice(((12_000, 12_000), (60_000, 60_000), (256, 40_000)))
    if data.startswith(b"\x89PNG"):
        header = data[12:16] + struct.pack(">II", width, height) + data[24:29]
        return data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
    if data.startswith(b"\xff\xd8"):
        at = data.find(b"\xff\xc0")
        return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]
    digits = [at for at, sign in enumerate(data) if 48 <= sign < 58]
    at = chance.choice(digits) if digits else 0
    return data[:at] + b"9" * chance.choice((20, 5000)) + data[at:]


def signs(data: bytes, chance: random.Random) -> bytes:
    """Signs that a terminal obeys, in the middle of a text."""
    at = chance.randrange(len(data))
    return data[:at] + "\x1b[2J\u202e\n\r\"'\u2028".encode() + data[at:]


def nested(data: bytes, chance: random.Random) -> bytes:
    at = data.find(b"[") if b"[" in data else 0
    return data[:at] + b"[" * 200_000 + data[at:]


OTHERS = (
    b"GIF89a" + bytes(40),
    b"%PDF-1.7\n",
    b"PK\x03\x04" + bytes(60),
    b"<html></html>",
    b"\x1f\x8b" + bytes(20),
)
DAMAGES: dict[str, Damage] = {
    "cut": replaced(cut),
    "flip": replaced(flip),
    "zero": replaced(zero),
    "huge": replaced(huge),
    "signs": replaced(signs),
    "nested": replaced(nested),
    "empty": replaced(lambda data, chance: b""),
    "another file": replaced(lambda data, chance: chance.choice(OTHERS)),
    "mark": replaced(lambda data, chance: b"\xef\xbb\xbf" + data),
    "UTF-16": replaced(lambda data, chance: data.decode("latin-1").encode("utf-16")),
    "repeated": replaced(lambda data, chance: data * chance.choice((2, 300))),
    "folder": instead(lambda path: path.mkdir()),
    "pipe": instead(os.mkfifo),
    "device": instead(lambda path: path.symlink_to("/dev/zero")),
    "loop": instead(lambda path: path.symlink_to(path.name)),
    "dangling": instead(lambda path: path.symlink_to("nowhere")),
    "sparse": instead(lambda path: path.open("wb").truncate(1 << 40)),
    "unreadable": lambda path, chance: path.chmod(0),
    "gone": instead(lambda path: None),
}


class InlinePool:
    """``WorkerPool`` in this process, which takes seconds to start for each of a thousand preparations."""

    def __init__(self, workers: int) -> None:
        """Take the number of workers, as the pool does."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        """Do nothing: there is no process."""

    def submit(self, function: Callable[..., Any], *args: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(function(*args))
        except BaseException as error:  # as a worker hands it over
            future.set_exception(error)
        return future


def run(raw: Path, bank: Path) -> dict[str, Any]:
    """The lines that census and prepare print, and what ended prepare, if anything."""
    from commands.failures import describe_error
    from tasks.census.take import take_census
    from tasks.errors import BuildStopped
    from tasks.prepare import bank as preparation

    preparation.WorkerPool = InlinePool  # type: ignore[assignment,misc]
    found: dict[str, Any] = {"lines": [], "faults": [], "trace": ""}
    try:
        census = take_census(raw)
        found["lines"] += [str(problem) for problem in census.problems]
        found["faults"] += census.faults
        preparation.prepare(raw, str(bank), report=lambda problem: found["lines"].append(str(problem)))
    except (OSError, ValueError, BuildStopped) as error:
        found["faults"] += getattr(error, "problems", None) or [describe_error(error)]
    except Exception:
        found["trace"] = traceback.format_exc()
    return found


@contextlib.contextmanager
def damaged(file: Path, kept: Path) -> Iterator[None]:
    """Put the sound file back at the end."""
    try:
        yield
    finally:
        if file.is_dir() and not file.is_symlink():
            file.rmdir()
        else:
            file.unlink(missing_ok=True)
        shutil.copy2(kept, file)


def main(folder: Path, name: str, count: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    raw, bank, kept = folder / "raw", folder / "bank", folder / "kept"
    if not raw.is_dir():
        make_tree(raw)
        print(json.dumps({"sound": run(raw, bank)}), flush=True)
    shutil.copy2(raw / name, kept)
    names = list(DAMAGES)
    for number in range(count):
        kind = names[number % len(names)]
        print(json.dumps({"start": f"{kind} {number}"}), flush=True)
        with damaged(raw / name, kept):
            DAMAGES[kind](raw / name, random.Random(f"{name} {kind} {number}"))
            print(json.dumps({"done": f"{kind} {number}", **run(raw, bank)}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
