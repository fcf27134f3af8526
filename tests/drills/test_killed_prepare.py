"""``natocc prepare`` killed at 20 random moments, and at 5 while it publishes: ``make drills``."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from assets.bank.reader import Bank
from assets.bank.writer import FORMER_INDEX, is_shard
from natocc.kinds import ENTRY_KINDS
from tasks.verify.bank import is_bank, verify_bank
from tests.drills.test_interrupted import finished
from tests.raw_trees import FACES, IMAGES, add_face, disc, encoded, portrait, whole_tree

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

KILLS, SEED = 20, 15
# Kills while the new bank takes the place of the old one, which random moments hardly ever meet.
KILLS_IN_PUBLISHING = 5
# Seconds after the index has been copied.
MOST_PUBLISHING = 0.005
# Faces, eight a shard. Some are removed, edited and added for the second bank.
FACE_COUNT, REMOVED, ADDED = 200, 2, 10
EDITED = range(10, FACE_COUNT, 5)
# The command with small shards, so that a small tree has many.
COMMAND = [
    sys.executable,
    "-c",
    "import tasks.prepare.sources as sources; sources.PER_SHARD = 8; from commands.main import app; app()",
]
STAGES = ("before the first shard", "shards", "publishing", "after publishing")

Files = dict[str, bytes]


@dataclass(frozen=True)
class Calm:
    """The changed raw tree, its bank and the bank of the tree before; seconds of a run from one to other."""

    raw: Path
    before: Path
    after: Path
    seconds: float


def prepare_command(raw: Path, bank: Path) -> list[str]:
    return [*COMMAND, "prepare", "--raw", str(raw), "--bank", str(bank), "--objects", "all", "--workers", "2"]


def files_of(bank: Path) -> Files:
    return {
        path.relative_to(bank).as_posix(): path.read_bytes()
        for path in sorted(bank.rglob("*"))
        if path.is_file()
    }


def write_face(raw: Path, number: int, radius: float = 0.45) -> None:
    small = np.roll(portrait(64, 64), number, axis=1)
    add_face(raw, str(number), encoded(small), {"skin": disc(32, 32, radius)})


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Calm:
    folder = tmp_path_factory.mktemp("calm")
    raw, before = folder / "raw", folder / "before"
    whole_tree(raw)
    for number in range(2, FACE_COUNT):
        write_face(raw, number)
    assert finished(prepare_command(raw, before)).returncode == 0
    for number in range(2, 2 + REMOVED):
        (raw / FACES / IMAGES / f"{number}.jpg").unlink()
    for number in EDITED:
        write_face(raw, number, 0.3)
    for number in range(FACE_COUNT, FACE_COUNT + ADDED):
        write_face(raw, number)
    shutil.copytree(before, folder / "again")
    start = time.monotonic()
    assert finished(prepare_command(raw, folder / "again")).returncode == 0
    seconds = time.monotonic() - start
    assert finished(prepare_command(raw, folder / "after")).returncode == 0
    assert files_of(folder / "again") == files_of(folder / "after"), "in place as anew"
    return Calm(raw=raw, before=before, after=folder / "after", seconds=seconds)


def stage_of(bank: Path, calm: Calm) -> str:
    """Where a run was killed, by what lies in the bank's folder."""
    index = bank / "bank.json"
    if not index.exists() or (bank / FORMER_INDEX).exists():
        return STAGES[2]
    if index.read_bytes() == (calm.after / "bank.json").read_bytes():
        return STAGES[3]
    names = {path.name for path in bank.glob("*.tar")}
    return STAGES[1] if names - {path.name for path in calm.before.glob("*.tar")} else STAGES[0]


def read_all(bank: Path) -> Files | None:
    """Every member of every entry; None for a bank that is named as unfinished, in one line."""
    if not (bank / "bank.json").exists():
        message = "expected a bank, got an unfinished one; run the same `natocc prepare` again"
        with pytest.raises(FileNotFoundError, match=message):
            is_bank(str(bank))
        run = finished([*COMMAND, "info", str(bank)])
        assert run.returncode != 0 and "unfinished" in run.stderr and "Traceback" not in run.stderr
        return None
    opened = Bank(str(bank))
    return {
        f"{kind} {entry.id} {name}": data
        for kind in ENTRY_KINDS
        for entry in opened.entries(kind)
        for name, data in opened.read(entry).items()
    }


def check_next_run(bank: Path, calm: Calm, members: tuple[Files | None, ...]) -> bool:
    """Whether the bank could be read after the kill; the next run makes the calm run's bytes of it."""
    found = read_all(bank)
    assert found is None or found in members
    again = finished(prepare_command(calm.raw, bank))
    assert again.returncode == 0, again.stderr
    assert files_of(bank) == files_of(calm.after)
    assert verify_bank(str(bank))[1] == []
    return found is not None


def kill_after(run: subprocess.Popen[str], seconds: float) -> bool:
    """Whether it was still running."""
    try:
        run.wait(seconds)
    except subprocess.TimeoutExpired:
        run.send_signal(signal.SIGKILL)
        run.wait()
        return True
    return False


def kill_in_publishing(run: subprocess.Popen[str], bank: Path, seconds: float) -> bool:
    """Kill it ``seconds`` after the index has been copied."""
    while run.poll() is None:
        if (bank / FORMER_INDEX).exists():
            return kill_after(run, seconds)
    return False


def test_the_next_run_finishes_whatever_was_killed(
    calm: Calm, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = random.Random(SEED)
    members = (read_all(calm.before), read_all(calm.after))
    # One in each part of the run's length, so that they are spread over the whole.
    shares = [(part + draw.random()) / KILLS for part in range(KILLS)]
    shares += [draw.random() for _ in range(KILLS_IN_PUBLISHING)]
    seconds = calm.seconds
    met: Counter[tuple[str, str]] = Counter()
    for number, share in enumerate(shares):
        bank, killed = tmp_path / str(number), False
        while not killed:
            shutil.rmtree(bank, ignore_errors=True)
            shutil.copytree(calm.before, bank)
            start = time.monotonic()
            run = subprocess.Popen(prepare_command(calm.raw, bank), stdout=-3, stderr=-3, text=True)
            if number < KILLS:
                killed = kill_after(run, share * seconds)
                # The machine is faster now than at the calm run.
                seconds = seconds if killed else min(seconds, time.monotonic() - start)
            else:
                killed = kill_in_publishing(run, bank, share * MOST_PUBLISHING)
        stage = stage_of(bank, calm)
        partial = any(path.name.startswith(".partial-") for path in bank.rglob("*"))
        was_readable = check_next_run(bank, calm, members)
        met[stage, "readable" if was_readable else "named as unfinished"] += 1
        met["with a temporary file, removed later", ""] += partial
        shutil.rmtree(bank)
    with capsys.disabled():
        print(f"\n{KILLS} kills over {seconds:.1f} s, {KILLS_IN_PUBLISHING} while publishing:")
        for (stage, state), count in sorted(met.items()):
            print(f"  {count:2} {stage} {state}".rstrip())
    assert sum(is_shard(path.name) for path in calm.after.iterdir()) >= 7
    assert sum(count for (stage, _), count in met.items() if stage in STAGES) == KILLS + KILLS_IN_PUBLISHING
