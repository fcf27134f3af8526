"""Open the photographs for an upscaler's training from a folder or a bank."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.training.upscaler.options import kinds_problem, photo_source_problem
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
    if problem := photo_source_problem(photos, bank):
        raise ValueError(problem)
    if photos is not None:
        return photos_in_folder(photos, least=least, held_out=held_out)
    if problem := kinds_problem(kinds):
        raise ValueError(problem)
    return photos_in_bank(str(bank), kinds, least=least, held_out=held_out)
