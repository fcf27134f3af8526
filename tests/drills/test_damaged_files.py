"""Every kind of file of a raw tree, damaged in twenty ways: ``make drills``.

Census and prepare end in time, within bounded memory, without a traceback, and what they say names the file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.drills.damage import FILES, make_tree

pytestmark = pytest.mark.drill

COUNT = 20
# Seconds for all damages of one file; each of them takes about one.
TIMEOUT = 280


def results_of(folder: Path, name: str) -> list[dict[str, Any]]:
    """What the damages of one file led to, in their order."""
    command = [sys.executable, "-m", "tests.drills.damage", str(folder), name, str(COUNT)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired as error:
        started = [line for line in (error.stdout or b"").decode().splitlines() if '"start"' in line]
        pytest.fail(f"{name}: hangs in {started[-1] if started else 'the sound tree'}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, f"{name}: ended in {lines[-1:]}: {done.stderr[-2000:]}"
    return lines


@pytest.mark.timeout(TIMEOUT + 20)
@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_and_stops_nothing_else(tmp_path: Path, name: str) -> None:
    sound, *damaged = results_of(tmp_path, name)
    assert not sound["sound"]["faults"] and not sound["sound"]["trace"]
    counts: Counter[str] = Counter()
    for found in (line for line in damaged if "done" in line):
        what = f"{name}, {found['done']}"
        assert not found["trace"], f"{what}: {found['trace']}"
        for line in (*found["lines"], *found["faults"]):
            assert line.isprintable(), what
            assert len(line) < 2000, what
        new = [line for line in found["lines"] if line not in sound["sound"]["lines"]]
        for line in new:
            assert names_a_file(tmp_path / "raw", line), f"{what}: {line}"
        for fault in found["faults"]:
            assert Path(name).name in fault or names_a_file(tmp_path / "raw", fault), f"{what}: {fault}"
        counts["faults" if found["faults"] else "problems" if new else "no remark"] += 1
    print(f"{name}: {dict(counts)}")
    assert sum(counts.values()) == COUNT
    assert counts["no remark"] < COUNT


def names_a_file(raw: Path, line: str) -> bool:
    """Whether a line begins with a path of the raw tree, perhaps of a file that is not there."""
    path = line.partition(": expected ")[0].removeprefix(f"{raw}/")
    return (raw / path.partition("/")[0]).exists() or path.startswith(str(raw))


def test_the_sound_tree_has_every_file(tmp_path: Path) -> None:
    make_tree(tmp_path)
    assert [name for name in FILES if not (tmp_path / name).is_file()] == []
