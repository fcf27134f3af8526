"""Occluders from files into memory: from a prepared bank, or from a folder of cut-outs with transparency."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from PIL import ExifTags, UnidentifiedImageError
from PIL import Image as Pillow

from natocc.files.clutter import is_clutter
from natocc.files.colours import HighDynamicRange, colours_of
from natocc.files.content.planes import UnusablePixels, fault_of_alpha, planes_of
from natocc.files.content.signature import describe_foreign
from natocc.files.jpeg import DamagedPicture
from natocc.files.names import PICTURES, name_order
from natocc.files.pictures import DECODER_ERRORS, fault_of_frames, fault_of_scan, open_picture, quiet
from natocc.files.read import UnfitFile, read_picture_bytes, what_is
from natocc.files.show import one_line
from natocc.geometry import Image
from natocc.kinds import POOLS
from natocc.occluders.bank import LEAST_SIDE, OccluderBank, make_cutout, shrink_occluder
from natocc.occluders.bank_files import BankFiles, StoredEntry, open_bank_files, read_entries
from natocc.occluders.occluder import MEMBERS, Occluder, decode_occluder

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF")
# How pixels of each EXIF orientation become upright.
_TURNS: Mapping[object, Pillow.Transpose] = MappingProxyType(
    {
        2: Pillow.Transpose.FLIP_LEFT_RIGHT,
        3: Pillow.Transpose.ROTATE_180,
        4: Pillow.Transpose.FLIP_TOP_BOTTOM,
        5: Pillow.Transpose.TRANSPOSE,
        6: Pillow.Transpose.ROTATE_270,
        7: Pillow.Transpose.TRANSVERSE,
        8: Pillow.Transpose.ROTATE_90,
    }
)


def load_occluders(
    bank: str | Path,
    *,
    split: str | None = "train",
    long_side: int | None = 384,
    kinds: Collection[str] = tuple(POOLS),
) -> OccluderBank:
    """The occluders of a prepared bank, each at most ``long_side`` pixels long.

    ``split`` None means every split. Raises FileNotFoundError if there is no bank, ValueError if it holds
    none of these kinds in this split or is of another release's format, BadBank if a file of it is damaged.
    """
    if unknown := sorted(set(kinds) - set(POOLS)):
        raise ValueError(f"kinds: expected some of {', '.join(POOLS)}, got {', '.join(unknown)}")
    _check_side(long_side)
    files = open_bank_files(str(bank))
    stored = [entry for entry in read_entries(files) if entry.kind in POOLS]
    chosen = [entry for entry in stored if entry.kind in kinds and split in (None, entry.split)]
    if not chosen:
        held = {entry.split for entry in stored}
        raise ValueError(
            f"{bank}: expected {', '.join(kinds) or 'a kind'} of split {split!r}, "
            f"got splits {', '.join(sorted(held)) or 'none'} and none of these; "
            "choose another kind or split (None: every one)"
        )
    pools: dict[str, Any] = {pool.plural: {} for pool in POOLS.values()}
    for entry in chosen:
        pools[POOLS[entry.kind].plural][entry.id] = _load(files, entry, long_side)
    return OccluderBank(**pools)


def _check_side(long_side: int | None) -> None:
    if long_side is not None and long_side < LEAST_SIDE:
        raise ValueError(f"long_side: expected {LEAST_SIDE} pixels or more, got {long_side}")


def _load(files: BankFiles, entry: StoredEntry, long_side: int | None) -> Occluder:
    occluder = decode_occluder(files.read_members(entry, MEMBERS))
    return occluder if long_side is None else shrink_occluder(occluder, long_side)


def load_cutouts(folder: str | Path, *, long_side: int | None = 384) -> dict[str, Occluder]:
    """Every picture of a folder as a cut-out, by file name; numeric names come first, in numeric order.

    What file managers and the like leave there is skipped. Raises ValueError with a list of all unusable
    files: unreadable, not transparent, not pictures.
    """
    _check_side(long_side)
    root, problems = Path(folder), list[str]()
    if not root.is_dir():
        raise ValueError(f"{folder}: expected a folder of cut-outs, got none")
    found: dict[str, Occluder] = {}
    for path in sorted(root.iterdir(), key=lambda path: name_order(path.name)):
        if is_clutter(path.name):
            continue
        try:
            found[path.name] = _read(path, long_side)
        except ValueError as error:
            problems.append(f"{one_line(path.name)}: expected {one_line(error)}")
    if problems or not found:
        listed = "".join(f"\n  {problem}" for problem in problems) or " got an empty folder"
        raise ValueError(f"{folder}: expected pictures with an alpha channel alone:{listed}")
    return found


def _read(path: Path, long_side: int | None) -> Occluder:
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a name in UTF-8, got other bytes") from error
    if path.suffix.lower() not in PICTURES or path.is_dir():
        got = "a folder" if path.is_dir() else "another file"
        raise ValueError(f"a picture ({', '.join(PICTURES)}), got {got}")
    expected = "a picture with an alpha channel, got"
    try:
        data = read_picture_bytes(path)
    except UnfitFile as error:
        raise ValueError(f"{expected} {error.got}") from error
    except OSError as error:
        raise ValueError(f"{expected} {what_is(path) or error.strerror or error}") from error
    if not data:
        raise ValueError(f"{expected} an empty file")
    try:
        rgb, alpha = _decode(data)
    except UnidentifiedImageError as error:
        got = describe_foreign(data) or "a file that is not a picture"
        raise ValueError(f"{expected} {got}") from error
    except (Pillow.DecompressionBombError, HighDynamicRange, UnusablePixels) as error:
        raise ValueError(f"{expected} {error}") from error
    except DamagedPicture as error:
        raise ValueError(f"{expected} a damaged picture ({error}); fetch it again") from error
    except DECODER_ERRORS as error:
        raise ValueError(f"{expected} a damaged picture; fetch it again") from error
    if alpha is None:
        raise ValueError(f"{expected} a picture without one")
    if fault := fault_of_alpha(alpha):
        raise ValueError(f"{expected} {fault}")
    try:
        return make_cutout(rgb, alpha, long_side)
    except ValueError as error:
        raise ValueError(f"{expected} {error}") from error


def _decode(data: bytes) -> tuple[Image, Image | None]:
    """RGB uint8 HxWx3 in sRGB and alpha uint8 HxW, None without any; both upright.

    Raises UnusablePixels, DamagedPicture, HighDynamicRange or one of DECODER_ERRORS.
    """
    with quiet(), open_picture(data, _FORMATS) as picture:
        if fault := fault_of_frames(picture):
            raise UnusablePixels(fault)
        if fault := fault_of_scan(picture, data):
            raise DamagedPicture(fault)
        picture.load()
        planes = planes_of(picture, data)
        rgb = colours_of(picture, data).to_srgb(planes.colours)
        turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
    if planes.alpha is None:
        return np.asarray(rgb), None
    rgba = Pillow.fromarray(np.dstack([np.asarray(rgb), planes.alpha]))
    turned = np.asarray(rgba if turn is None else rgba.transpose(turn))
    return np.ascontiguousarray(turned[..., :3]), np.ascontiguousarray(turned[..., 3])
