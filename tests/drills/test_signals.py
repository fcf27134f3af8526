"""Random signals to builds, preparations and trainings, and two runs at once: ``make drills``.

Prints how many runs ended how.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from benchmarks.prepare import write_tree
from tests.commands.train.test_upscaler import SMALL
from tests.upscaler_training import photographs

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "natocc"]
MARK = "NATOCC_DRILL"
SOON, IN_USE = 5.0, 75
# Signals of one try, with pauses between them in seconds.
TRIES = [
    (signal.SIGINT,),
    (signal.SIGTERM,),
    (signal.SIGHUP,),
    (signal.SIGKILL,),
    (signal.SIGINT, 0.3, signal.SIGINT),
    (signal.SIGTERM, 0.0, signal.SIGTERM),
]


@dataclass(frozen=True, slots=True)
class Run:
    """A command in a session of its own, and the environment variable by which its processes are found."""

    process: subprocess.Popen[str]
    mark: str

    @classmethod
    def start(cls, arguments: list[str]) -> Run:
        mark = f"{MARK}={random.Random(time.monotonic()).random()}"
        name, _, value = mark.partition("=")
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", name: value}
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return cls(process, mark)

    def wait_for_handlers(self) -> None:
        """Until then, the signal meets the interpreter that is being started."""
        while self.process.poll() is None:
            status = Path(f"/proc/{self.process.pid}/status").read_text()
            caught = int(status.partition("SigCgt:")[2].split()[0], 16)
            if caught >> (signal.SIGTERM - 1) & 1:
                return
            time.sleep(0.01)

    def end(self) -> tuple[int, str]:
        _, message = self.process.communicate(timeout=300)
        return self.process.returncode, message

    def survivors(self) -> list[str]:
        found = []
        for path in Path("/proc").glob("[0-9]*/environ"):
            try:
                if self.mark.encode() in path.read_bytes():
                    found.append((path.parent / "cmdline").read_text().replace("\0", " "))
            except OSError:
                continue
        return found


def finished(arguments: list[str]) -> None:
    code, message = Run.start(arguments).end()
    assert code == 0, message


def stop(arguments: list[str], draw: random.Random, longest: float, counts: Counter[str]) -> None:
    """Start a run, send it the signals of a try at some moment, and look at its end."""
    numbers = draw.choice(TRIES)
    to_group = draw.random() < 0.5
    run = Run.start(arguments)
    run.wait_for_handlers()
    deadline = time.monotonic() + draw.uniform(0, longest)
    while time.monotonic() < deadline and run.process.poll() is None:
        time.sleep(0.01)
    if run.process.poll() is not None:
        code, message = run.end()
        assert code == 0, message
        counts["finished before"] += 1
        return
    start = time.monotonic()
    for number in numbers:
        if isinstance(number, float):
            time.sleep(number)
        elif run.process.poll() is None:
            os.kill(-run.process.pid if to_group else run.process.pid, number)
    code, message = run.end()
    seconds = time.monotonic() - start
    if code == 0:
        # The signal came as the interpreter ended.
        counts["finished before"] += 1
        return
    number = numbers[0]
    assert code == (-9 if number == signal.SIGKILL else 128 + number), message
    assert seconds < SOON, f"{number.name}: {seconds:.1f} s"
    assert "Traceback" not in message and "leaked" not in message, message
    if number != signal.SIGKILL:
        last = message.strip().splitlines()[-1]
        assert last.startswith(f"stopped by {number.name}: "), message
    while (left := run.survivors()) and time.monotonic() - start < 2 * SOON:
        time.sleep(0.05)
    assert left == []
    counts[f"{number.name}{' twice' if len(numbers) > 1 else ''}"] += 1


def contents(folder: Path) -> dict[str, bytes]:
    """All files; those of records hold times of files and are left out."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if "records" not in path.parts}


@pytest.fixture()
def recipe(tmp_path: Path) -> str:
    path = tmp_path / "drill.yaml"
    fields = {"name": "drill", "description": "Long enough to be stopped.", "repeats": 60}
    sets = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand"}]
    path.write_text(yaml.safe_dump(fields | {"samples_per_shard": 5, "sets": sets}))
    return str(path)


def test_thirty_signals_to_builds(recipe: str, bank_url: str, tmp_path: Path) -> None:
    draw, counts = random.Random(1), Counter[str]()

    def build(out: Path) -> list[str]:
        return ["build", recipe, "--bank", bank_url, "--out", str(out), "--workers", "2"]

    finished(build(tmp_path / "calm"))
    for part in range(3):
        out = tmp_path / f"stopped-{part}"
        for _ in range(10):
            stop(build(out), draw, 6.0, counts)
        finished(build(out))
        assert contents(out) == contents(tmp_path / "calm")
    print(dict(counts))


def test_signals_to_preparations(tmp_path: Path) -> None:
    draw, counts = random.Random(2), Counter[str]()
    raw = tmp_path / "raw"
    write_tree(raw, 300, ("skin", "nose"))

    def prepare(bank: Path) -> list[str]:
        return ["prepare", "--raw", str(raw), "--bank", str(bank), "--workers", "2"]

    finished(prepare(tmp_path / "calm"))
    for _ in range(6):
        stop(prepare(tmp_path / "stopped"), draw, 4.0, counts)
    finished(prepare(tmp_path / "stopped"))
    assert contents(tmp_path / "stopped") == contents(tmp_path / "calm")
    print(dict(counts))


def test_signals_to_a_training(tmp_path: Path) -> None:
    draw, counts = random.Random(3), Counter[str]()
    photos = photographs(tmp_path / "photos")

    def train(out: Path) -> list[str]:
        given = ["--photos", photos, "--train-prior", *SMALL, "--steps", "60", "--every", "5", "--quiet"]
        return ["train-upscaler", "--out", str(out), *given]

    finished(train(tmp_path / "calm"))
    for _ in range(5):
        stop(train(tmp_path / "stopped"), draw, 12.0, counts)
    finished(train(tmp_path / "stopped"))
    ours, calm = contents(tmp_path / "stopped"), contents(tmp_path / "calm")
    assert ours.keys() == calm.keys()
    assert ours["upscaler.safetensors"] == calm["upscaler.safetensors"]
    print(dict(counts))


@pytest.mark.parametrize("wait", [False, True])
@pytest.mark.parametrize("number", range(4))
def test_two_runs_at_once(number: int, wait: bool, recipe: str, bank_url: str, tmp_path: Path) -> None:
    """Two builders, or two preparations, of one place: one works, the other is refused or waits."""
    raw, bank, out = tmp_path / "raw", tmp_path / "bank", tmp_path / "out"
    if number % 2:
        write_tree(raw, 48, ("skin", "nose"))
        arguments = ["prepare", "--raw", str(raw), "--bank", str(bank)]
        result = str(bank)
    else:
        arguments = ["build", recipe, "--bank", bank_url, "--out", str(out), "--limit", "20"]
        result = str(out / "drill")
    runs = [Run.start([*arguments, *(["--wait"] if wait else [])])]
    time.sleep(0.3 * number)
    runs.append(Run.start([*arguments, *(["--wait"] if wait else [])]))
    ended = [run.end() for run in runs]
    codes = sorted(code for code, _ in ended)
    # The second may begin after the first has ended.
    assert codes in ([0, 0], [0, IN_USE]) and (not wait or codes == [0, 0]), ended
    for code, message in ended:
        assert (
            code == 0
            or f"process {min(run.process.pid for run in runs)} on" in message
            or (f"process {max(run.process.pid for run in runs)} on" in message)
        )
    finished(["verify", result])
    assert not [
        path for path in tmp_path.rglob(".*") if path.name.startswith((".lock", ".partial", ".building"))
    ]
