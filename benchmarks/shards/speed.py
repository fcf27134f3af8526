"""Shards written and samples copied, beside what ``tarfile`` alone writes of the same bytes."""

from __future__ import annotations

import io
import os
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from rich.table import Table

from assets.bank.reader import Bank
from benchmarks.shards.versions import finished_row, plan_samples
from manifests.rows import encode_rows
from manifests.shard_plan import ShardPlan
from shards import storage
from shards.tar import TarWriter, add_sample
from tasks.render.shard import render_shard
from tasks.render.stored import StoredShard

# As many bytes as the members of a sample of 1024² have.
_SIZES = {
    "jpg": 260_000,
    "mask.png": 5_000,
    "alpha.png": 18_000,
    "clean.jpg": 250_000,
    "clean_mask.png": 5_000,
}
_ROUNDS = 3
Samples = list[tuple[str, dict[str, bytes]]]


def add_speed(table: Table, bank: str, folder: Path, *, samples: int) -> None:
    """Rows for writing a shard and for copying all samples of one, with the floor of the same run."""
    plan = plan_samples(bank, folder, samples=samples, per_shard=samples).shards[0]
    content = _samples(plan)
    floor = _fastest(lambda: _plain(content, folder / "plain.tar"))
    ours = _fastest(lambda: _write(content, folder / "ours.tar"))
    size = (folder / "ours.tar").stat().st_size / 1e6
    table.add_row(
        "a shard written", f"{size:.0f} MB", f"{size / ours:.0f} MB/s", f"{floor / ours:.0%} of tarfile"
    )
    stored = StoredShard(
        url=str(folder / "ours.tar"),
        sha256=storage.sha256_of(str(folder / "ours.tar")),
        rows=encode_rows([finished_row(plan, number, "{}") for number in range(samples)]),
    )
    sha256 = str(Bank(bank).index["content_sha256"])
    out = str(folder / "copied")
    copied = _fastest(lambda: render_shard(plan, bank, sha256, out, None, (stored,)))
    table.add_row(
        "its samples copied",
        f"{size:.0f} MB",
        f"{size / copied:.0f} MB/s",
        f"{floor / copied:.0%} of tarfile",
    )


def _samples(plan: ShardPlan) -> Samples:
    """Noise, which no disk compresses."""
    noise = np.random.default_rng(0).integers(0, 256, 1 << 22, np.uint8).tobytes()
    found: Samples = []
    for number, sample in enumerate(plan.samples):
        start = number * 4099 % (1 << 21)
        members = {name: noise[start : start + size] for name, size in _SIZES.items()}
        text = b'{"cache_key": "%s"}' % sample.cache_key.encode()
        found.append((finished_row(plan, number, "{}").key, members | {"json": text.ljust(4_000)}))
    return found


def _plain(samples: Samples, path: Path) -> None:
    with path.open("wb") as stream:
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for key, members in samples:
                for name, data in members.items():
                    info = tarfile.TarInfo(f"{key}.{name}")
                    info.size = len(data)
                    tar.addfile(info, io.BytesIO(data))
        stream.flush()
        os.fsync(stream.fileno())


def _write(samples: Samples, path: Path) -> None:
    with storage.write_whole(str(path)) as stream:
        writer = TarWriter(stream)
        for key, members in samples:
            add_sample(writer, key, members)
        writer.close()


def _fastest(work: Callable[[], object]) -> float:
    """Seconds of the fastest of a few rounds."""
    seconds = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return min(seconds)
