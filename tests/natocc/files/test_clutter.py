from __future__ import annotations

import pytest

from natocc.files.clutter import is_clutter

LEFT = """
    .DS_Store ._0.png .git .gitignore .ipynb_checkpoints .Trash-1000 .directory .~lock.a.csv# .nfs01 Thumbs.db
    THUMBS.DB ehthumbs.db desktop.ini Desktop.ini __MACOSX @eaDir lost+found $RECYCLE.BIN 0.png~ ~$list.xlsx
    0.jpg.part 0.jpg.crdownload coco.zip.aria2 .AppleDouble 0.jpg:Zone.Identifier 0.jpg.tmp 0.jpg.!qB
    0.jpg.orig 0.jpg.icloud Picasa.ini wget-log wget-log.1 nohup.out 0.jpg.kate-swp ZbThumbnail.info
"""
DATA = "0.jpg a.png thumbs.jpg natocc.csv macosx part a.part.png photo~1.jpg lost 0.bak.png (1).jpg #1.jpg tmp.jpg wget-log.png orig icloud.png"


@pytest.mark.parametrize("name", [*LEFT.split(), "System Volume Information", "Icon\r"])
def test_what_programs_leave_is_never_data(name: str) -> None:
    assert is_clutter(name)


@pytest.mark.parametrize(
    "name", [*DATA.split(), "photo of me.jpg", "ü.png", "entries.parquet", "foreign.tar"]
)
def test_everything_else_may_be_data(name: str) -> None:
    assert not is_clutter(name)
