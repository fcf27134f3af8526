from __future__ import annotations

from pathlib import Path

import pytest

from natocc.codecs import encode_png_rgb
from tasks.training.upscaler.photos import open_photos
from tests.raw_trees import portrait


def test_a_folder_is_opened_as_a_folder(tmp_path: Path) -> None:
    for number in range(3):
        (tmp_path / f"{number}.png").write_bytes(encode_png_rgb(portrait(40, 40 + number)))
    photos = open_photos(photos=str(tmp_path), bank=None, least=16, held_out=1)
    assert (len(photos.taken), len(photos.held_out)) == (3, 1)


@pytest.mark.parametrize(
    ("photos", "bank", "kinds", "message"),
    [
        (None, None, ("face",), "expected either --photos DIR or --bank URL, got none"),
        ("p", "b", ("face",), "expected either --photos DIR or --bank URL, got both"),
        (None, "b", ("face", "cat"), "--kinds: expected some of .*, got cat"),
        (None, "b", (), "--kinds: expected some of .*, got none"),
    ],
)
def test_sources_that_contradict_are_errors(
    photos: str | None, bank: str | None, kinds: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        open_photos(photos=photos, bank=bank, kinds=kinds, least=16, held_out=1)


def test_a_missing_bank_is_an_error_with_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="natocc prepare"):
        open_photos(photos=None, bank=str(tmp_path), least=16, held_out=1)
