"""Entries of a bank with bytes in place of pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.bank.reader import Bank, Entry
from assets.bank.writer import BankWriter
from natocc.document import encode_document, parse_document
from natocc.occluders.bank_files import BANK_FORMAT, BANK_INDEX


def entry(name: str, kind: str = "face", **fields: str) -> Entry:
    said = {"dataset": "d", "category": "c", "split": "train", "photo": name, "licence": "l", "source": name}
    empty = {"person": None, "grade": None, "height": 1, "width": 2, "sha256": "", "shard": "", "members": {}}
    return Entry(**({"kind": kind, "id": name} | said | empty | fields))  # type: ignore[arg-type]


def write(folder: Path, names: list[str], **limits: int) -> Bank:
    writer = BankWriter(str(folder), **limits)
    for name in names:
        writer.add(entry(name), {"jpg": name.encode() * 100, "mask.png": b"m"})
    writer.close(upscaler="lanczos")
    return Bank(str(folder))


def write_index(folder: Path, **fields: Any) -> None:
    """Write the bank's index again with other fields; a field of None is left out."""
    url = folder / BANK_INDEX
    index = parse_document(url.read_bytes(), str(url), BANK_FORMAT) | fields
    known = {name: value for name, value in index.items() if value is not None}
    url.write_bytes(
        encode_document(
            BANK_FORMAT,
            {name: value for name, value in known.items() if name not in ("format", "written_by", "sha256")},
        )
    )


def shard_file(bank: Path | str, name: str) -> Path:
    """The file of a prepared shard, whatever its content: ``face-000000-9f86d081.tar`` of ``face-000000``."""
    (path,) = Path(bank).glob(f"{name}-*.tar")
    return path


def flip_bit(path: Path, at: int, bit: int = 0) -> None:
    """Change one bit of the byte ``at`` of a file."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)
