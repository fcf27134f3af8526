"""The provenance of corrected masks: ``provenance.jsonl`` beside them, one line for each correction."""

from __future__ import annotations

import codecs
import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from assets.problems import BadInput, Problem, ReportProblem, unreadable
from assets.reading.unmatched import unmatched
from assets.text.strict_json import decode_json
from natocc.files.read import hash_if_readable, is_there, read_table_bytes
from natocc.files.text import decode_text

PROVENANCE = "provenance.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The author, tool and date of a mask; hashes are sha256 of files."""

    id: str
    file: str  # of the mask, beside this table
    sha256: str  # of the mask
    format: str  # of the review with the answer
    tool: str
    annotation: str  # the tool's file, relative to the review
    annotation_sha256: str
    who: str  # empty if unknown
    date: str  # YYYY-MM-DD
    date_from: str  # "given", "annotation file" or "file time"
    previous_sha256: str  # of the mask that was reviewed, as the bank held it
    review: str  # of the review's index

    def metadata(self) -> dict[str, object]:
        """The fields of an entry's json."""
        names = ("tool", "who", "date", "date_from", "sha256", "annotation_sha256", "previous_sha256")
        return {name: getattr(self, name) for name in names}


_LINE = TypeAdapter(Correction)


def read_provenance(folder: Path, raw: Path, report: ReportProblem) -> dict[str, list[Correction]]:
    """The corrections of each mask file, oldest first; empty without a table.

    An unreadable line is a Problem and is left out.
    """
    path, found = folder / PROVENANCE, defaultdict[str, list[Correction]](list)
    where = path.relative_to(raw).as_posix()
    try:
        lines = _lines(path) if is_there(path) else []
    except OSError as error:
        report(unreadable(error, "a correction as JSON a line").problem(where))
        return {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            decode_json(line, "a correction as JSON")
            correction = _LINE.validate_json(line)
        except BadInput as error:
            report(error.problem(f"{where}:{number}"))
            continue
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            got = f"{'.'.join(map(str, fault['loc']))} {fault['msg']}".strip()
            report(Problem(path=f"{where}:{number}", expected="a correction as JSON", got=got))
            continue
        found[correction.file].append(correction)
    return dict(found)


def _lines(path: Path) -> list[bytes]:
    """The lines, decoded one by one, since damage in one must not lose the others."""
    data = read_table_bytes(path)
    if b"\0" in data:
        decode_text(data, str(path))
    return data.removeprefix(codecs.BOM_UTF8).splitlines()


def add_provenance(data: bytes, corrections: list[Correction]) -> bytes:
    """The table with lines added at its end. ``data`` is its present content, empty for a new table."""
    lines = [json.dumps(asdict(correction), ensure_ascii=False, sort_keys=True) for correction in corrections]
    whole = data if not data or data.endswith(b"\n") else data + b"\n"
    return whole + "".join(f"{line}\n" for line in lines).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Corrected masks that reviews wrote, by the ids of their faces.

    ``origins`` are the fields of a mask's newest line, ``edited`` the faces whose mask was changed since.
    """

    origins: dict[str, dict[str, object]]
    edited: frozenset[str]


def corrections_of(
    raw: Path, folder: Path, masks: Mapping[str, tuple[Path, ...]], report: ReportProblem
) -> Reviewed:
    """Origin of each corrected mask: the newest line with the file's hash.

    A mask that was edited since its last line is a Problem. The mask is used, but the line is not. Lines
    whose mask is not in the folder are unmatched.
    """
    lines, found = read_provenance(folder, raw, report), dict[str, dict[str, object]]()
    edited = set[str]()
    where = (folder / PROVENANCE).relative_to(raw).as_posix()
    for face_id, paths in masks.items():
        for path in paths:
            if (written := lines.pop(path.name, None)) is None:
                continue
            digest = hash_if_readable(path)
            newest = next(
                (correction for correction in reversed(written) if correction.sha256 == digest), None
            )
            if newest is not None:
                found[face_id] = newest.metadata()
                continue
            edited.add(face_id)
            report(
                Problem(
                    path=path.relative_to(raw).as_posix(),
                    expected=f"the mask that {PROVENANCE} records",
                    got="another: edited since; taken, and its origin left out",
                    action="noted",
                )
            )
    if lost := [name for name in sorted(lines) if not is_there(folder / name)]:
        kind, todo = "corrections without a mask", "restore the masks, or remove the lines"
        report(unmatched(where, kind, lost, expected="each mask that it records", todo=todo))
    return Reviewed(origins=found, edited=frozenset(edited))
