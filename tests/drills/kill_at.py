"""Kill a run at a chosen moment: just before it opens, renames, links or removes a certain file.

``watched`` puts a module into the run's path that Python imports first, in every process of the run. It
counts what the process does with files below a folder. With a moment, it ends the whole run by SIGKILL there;
without one, it writes the moments of a calm run, from which moments can be chosen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.drills.test_interrupted import COMMAND

_LOG, _FOLDERS = "NATOCC_DRILL_LOG", "NATOCC_DRILL_FOLDERS"
_MOMENT, _GROUP = "NATOCC_DRILL_MOMENT", "NATOCC_DRILL_GROUP"
_MODULE = f"""
import json, os, signal, sys

folders = json.loads(os.environ["{_FOLDERS}"])
moment = json.loads(os.environ.get("{_MOMENT}", "null"))
worker = any("multiprocessing" in text for text in sys.orig_argv)
count = 0
if not worker:
    # Workers may be in a group of their own.
    os.environ["{_GROUP}"] = str(os.getpgrp())

def hook(event, args):
    global count
    if event == "open":
        writes = bool(args[2] & (os.O_WRONLY | os.O_RDWR)) if isinstance(args[2], int) else False
        event = "write" if writes else "read"
    elif event not in ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir"):
        return
    paths = [os.fspath(arg) for arg in args if isinstance(arg, (str, os.PathLike))]
    if event != "read" and event != "write" and paths and not os.path.isabs(paths[0]) and args[-1] >= 0:
        # A name in an open folder, as when a tree is removed.
        paths = [os.path.join(os.readlink(f"/proc/self/fd/{{args[-1]}}"), paths[0])]
    paths = [path for path in paths if isinstance(path, str) and any(path.startswith(f) for f in folders)]
    if not paths:
        return
    count += 1
    if moment is None:
        line = json.dumps({{"worker": worker, "number": count, "event": event, "path": paths[-1]}})
        handle = os.open(os.environ["{_LOG}"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, (line + chr(10)).encode())
        os.close(handle)
    elif moment == [worker, count]:
        os.killpg(int(os.environ["{_GROUP}"]), signal.SIGKILL)
        os.killpg(0, signal.SIGKILL)

sys.addaudithook(hook)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """The ``number``-th event of a process, just before it happens."""

    worker: bool
    number: int
    event: str
    path: str


class Watch:
    """Runs commands whose files below ``folders`` are watched."""

    def __init__(self, place: Path, folders: Sequence[Path]) -> None:
        self._place = place
        place.mkdir()
        (place / "sitecustomize.py").write_text(_MODULE)
        paths = os.pathsep.join([str(place), *filter(None, sys.path)])
        self._environment = os.environ | {
            "PYTHONPATH": paths,
            _FOLDERS: json.dumps([str(folder) for folder in folders]),
        }

    def moments(self, arguments: Sequence[str]) -> list[Moment]:
        """Run the command to its end; what its processes did, in order."""
        log = self._place / "log"
        log.write_text("")
        done = self._run(arguments, {_LOG: str(log)})
        assert done.returncode == 0, done.stderr
        return [Moment(**json.loads(line)) for line in log.read_text().splitlines()]

    def kill(self, arguments: Sequence[str], moment: Moment) -> bool:
        """Run the command and kill all its processes at the moment; False if it ended before."""
        chosen = json.dumps([moment.worker, moment.number])
        return self._run(arguments, {_MOMENT: chosen}).returncode == -9

    def _run(self, arguments: Sequence[str], more: dict[str, str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *arguments],
            env=self._environment | more,
            start_new_session=True,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
