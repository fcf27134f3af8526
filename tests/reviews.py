"""Small banks to review: the portrait at 160x120 with masks of half that size, and their raw photographs."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from assets.problems import Problem
from assets.review.index import Answer, AnswerReader, Review, read_review
from natocc.codecs import decode_plane, encode_jpeg, encode_png
from natocc.geometry import Image
from tasks.review.export import export_review
from tests.entries import blank_entry
from tests.raw_trees import FACES, IMAGES, disc, encoded, portrait, write

HEIGHT, WIDTH = 160, 120


def face_mask(number: int = 0) -> Image:
    """A face with two eye holes, an island in one of them, and a piece apart."""
    mask = disc(HEIGHT // 2, WIDTH // 2, 0.7)
    cv2.circle(mask, (22, 34), 6, 0, -1)
    cv2.circle(mask, (38, 34 + number % 3), 6, 0, -1)
    cv2.circle(mask, (22, 34), 2, 255, -1)
    mask[2:6, 3:9] = 255
    return mask


def small_bank(
    folder: Path, faces: dict[str, dict[str, object]] | None = None, *, first_mask: int = 0
) -> tuple[Path, str]:
    """A raw folder and a bank of the same faces: photograph's name to what the entry's json says."""
    raw, url = folder / "raw", str(folder / "bank")
    writer = BankWriter(url)
    named: dict[str, dict[str, object]] = {"0.jpg": {}, "7.jpg": {}, "12.jpg": {}} if faces is None else faces
    for number, (name, facts) in enumerate(named.items()):
        data = encode_jpeg(np.roll(portrait(HEIGHT, WIDTH), 5 * number, axis=1))
        path = write(raw / FACES / IMAGES / name, data)
        entry = blank_entry(
            "face",
            f"{int(path.stem):05d}" if path.stem.isdigit() else path.stem,
            dataset=FACES,
            photo="0" * 64,
            licence="",
            source=path.relative_to(raw).as_posix(),
            height=HEIGHT,
            width=WIDTH,
        )
        members = {
            "jpg": data,
            "mask.png": encode_png(face_mask(first_mask + number)),
            "json": json.dumps({"mask": "policy"} | facts).encode(),
        }
        writer.add(entry, members)
    writer.close()
    return raw, url


def mask_in(url: str, face_id: str) -> Image:
    bank = Bank(url)
    (entry,) = (one for one in bank.entries("face") if one.id == face_id)
    return decode_plane(bank.read(entry)["mask.png"])


def exported(folder: Path, form: str) -> tuple[Path, Review]:
    """A review of the small bank in one format."""
    _, url = small_bank(folder)
    export_review(url, folder / "review", form=form)
    return folder / "review", read_review(folder / "review")


def answers(read: AnswerReader, folder: Path) -> tuple[dict[str, Answer], list[str]]:
    """What the reader of a format makes of a folder: answers by id, and its problems."""
    problems: list[Problem] = []
    found = {one.face.id: one for one in read(folder, read_review(folder), problems.append)}
    return found, [str(problem) for problem in problems]


def bitmap(mask: Image) -> bytes:
    return encoded(mask, "PNG")
