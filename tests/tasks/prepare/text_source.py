"""A source of text files, and the work around it without worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np

from assets.pictures.photograph import Picture
from assets.problems import Problem, ReportProblem
from assets.records import Origin
from tasks.prepare.entry import Prepared, make_entry, refuse
from tasks.prepare.shards import Work
from tasks.prepare.sources import InputSource
from tasks.progress import OnProgress, ProgressCounter, ignore_progress
from tasks.workers.pool import WorkerPool

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Text:
    id: str
    image: Path


class InlinePool(WorkerPool):
    """Runs functions where they are submitted."""

    def submit(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        future: Future[R] = Future()
        future.set_result(function(*args, **kwargs))
        return future


def read_texts(raw: Path, report: ReportProblem) -> Iterator[Text]:
    """Every file in order of the names; an empty one is a problem of the reader."""
    for path in sorted(raw.glob("*.txt")):
        if not path.stat().st_size:
            report(Problem(path=path.name, expected="text", got="nothing"))
        else:
            yield Text(id=path.stem, image=path)


def prepare_text(text: Text, raw: Path, mark: str) -> Prepared:
    """The text with a mark; a text that begins with "bad" is refused."""
    data = text.image.read_bytes()
    if data.startswith(b"bad"):
        return refuse(text.image.name, "good text", "bad text")
    picture = Picture(rgb=np.zeros((1, 1, 3), np.uint8), data=data, plain_jpeg=True, notes=())
    origin = Origin(dataset="mine", photo="", licence="free")
    entry = make_entry("texture", text.id, "text", text.image.name, origin, picture, (1, 1))
    members = {"json": data + mark.encode()}
    return Prepared(entry=entry, members=members, problems=(), counted=("texts",))


# The code identity of a source follows modules of the project's packages alone.
prepare_text.__module__ = Prepared.__module__


def text_source(raw: Path, *, per_shard: int = 2, mark: str = "m", **fields: Any) -> InputSource:
    return InputSource(
        name="texture",
        read=partial(read_texts, raw),
        function=prepare_text,
        arguments={"mark": mark},
        per_shard=per_shard,
        **fields,
    )


def work_in(folder: Path, *, on_progress: OnProgress = ignore_progress, reread: bool = False) -> Work:
    """Work from ``folder/raw`` to ``folder/bank``."""
    return Work(
        raw=folder / "raw",
        bank=str(folder / "bank"),
        pool=InlinePool(1),
        workers=1,
        reread=reread,
        open_bank=lambda: None,
        progress=ProgressCounter(on_progress),
    )


def write_texts(raw: Path, **texts: str) -> None:
    raw.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (raw / f"{name}.txt").write_text(text)
