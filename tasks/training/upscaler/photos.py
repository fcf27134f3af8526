"""Open the photographs for an upscaler's training from a folder or a bank."""

from __future__ import annotations

from collections.abc import Sequence

from natocc.kinds import ENTRY_KINDS
from tasks.training.upscaler.photos_bank import photos_in_bank
from tasks.training.upscaler.photos_folder import Photos, photos_in_folder


def open_photos(
    *,
    photos: str | None,
    bank: str | None,
    kinds: Sequence[str] = ("face", "object"),
    least: int,
    held_out: int,
) -> Photos:
    """Open a folder or a bank. Raises ValueError for both or none, and the errors of either source."""
    if (photos is None) == (bank is None):
        given = "none" if photos is None else "both"
        raise ValueError(f"photographs: expected either --photos DIR or --bank URL, got {given}")
    if photos is not None:
        return photos_in_folder(photos, least=least, held_out=held_out)
    unknown = sorted(set(kinds) - set(ENTRY_KINDS))
    if unknown or not kinds:
        got = ", ".join(unknown) or "none"
        raise ValueError(f"--kinds: expected some of {', '.join(ENTRY_KINDS)}, got {got}")
    return photos_in_bank(str(bank), kinds, least=least, held_out=held_out)
