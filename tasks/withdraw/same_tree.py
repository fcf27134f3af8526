"""Whether a raw folder is the one that a bank was prepared from: else a withdrawal would change more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from assets.reading.folders import relative
from assets.reading.naming import normal
from assets.wording import count_of
from natocc.files.read import is_there
from tasks.prepare.options import PrepareOptions
from tasks.prepare.sources import distinct, find_sources
from tasks.prepare.upscaling.choose import choose_upscaler
from tasks.withdraw.find import KnownInput
from tasks.withdraw.spelling import files_read


def check_lacking(raw: Path, staying: Iterable[KnownInput]) -> None:
    """Raise ValueError if the raw folder lacks a file of entries that stay: they would be lost."""
    sources = {one.source for one in staying}
    absent = sorted(source for source in sources if not is_there(raw / source))
    if absent:
        raise ValueError(
            f"--raw {raw}: expected the raw folder that the bank was made of, got one without "
            f"{len(absent)} of its {len(sources)} files, the first {absent[0]}; give the right one, or run "
            "natocc prepare first if they were removed"
        )


def check_beside(raw: Path, bank: str, options: PrepareOptions, entries: Iterable[KnownInput]) -> None:
    """Raise ValueError if preparing the raw folder reads photographs that the bank was not prepared from.

    Photographs of objects are not compared, since they are chosen by their pixels.
    """
    known = {normal(path) for path, _ in files_read(bank)} | {normal(one.source) for one in entries}
    new = [path for path in _photographs(raw, options) if normal(path) not in known]
    if new:
        raise ValueError(
            f"--raw {raw}: expected the raw folder that the bank was made of, got one with "
            f"{count_of(len(new), 'photographs')} more, the first {new[0]}; run natocc prepare first, or "
            "give that folder"
        )


def _photographs(raw: Path, options: PrepareOptions) -> Iterator[str]:
    choice = choose_upscaler(
        options.upscaler, options.weights, device=options.device, precision=options.precision
    )
    for source in find_sources(raw, [], options, choice.upscaler):
        for item in distinct(source.read(lambda problem: None), raw, lambda problem: None):
            yield relative(item.image, raw)
