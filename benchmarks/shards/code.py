"""What a change of code costs: the packages are copied, a copy is changed, and builds run from the copies."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from rich.table import Table

from benchmarks.shards.rebuilds import describe, inodes
from manifests.syntax_tree import PACKAGES, ROOT
from models.checkpoints.safetensors_io import encode_network
from models.rainnet.network import RainNet, RainNetConfig

_SHADOW, _CONSTANT = "natocc/photometric/shadow.py", r"^(_FROM_ABOVE = )(\S+)"


def add_code_changes(table: Table, bank: str, folder: Path, *, workers: int) -> None:
    """A row for each change of code or weights, on a small version of all kinds with a network."""
    sources = {name: _copy(folder / name) for name in ("same", "comment", "constant")}
    _edit(sources["comment"] / _SHADOW, r"\A", "# A remark.\n")
    _edit(sources["constant"] / _SHADOW, _CONSTANT, lambda found: f"{found[1]}{float(found[2]) * 1.01:.6g}")
    weights = {
        name: _weights(folder / f"weights-{name}", factor) for name, factor in (("a", 1.0), ("b", 1.01))
    }
    options = {
        "bank": bank,
        "workers": workers,
        "limit": 12,
        "harmoniser": "rainnet",
        "device": "cpu",
        "weights": weights["a"],
    }
    first = folder / "code-first"
    table.add_row(*_measure("(small version)", sources["same"], options | {"out": str(first)}))
    for words, source, changes in (
        ("a comment in natocc/", "comment", {}),
        ("a shadow constant", "constant", {}),
        ("the same, --confirm-code 4", "constant", {"confirm_code": 4}),
        ("other weights", "same", {"weights": weights["b"]}),
    ):
        out = shutil.copytree(first, folder / f"code-{re.sub('[^a-z]', '-', words)}")
        table.add_row(*_measure(words, sources[source], options | {"out": str(out)} | changes))


def _copy(target: Path) -> Path:
    for package in (*PACKAGES, "commands"):
        shutil.copytree(ROOT / package, target / package, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def _edit(path: Path, pattern: str, by: str | Callable[[re.Match[str]], str]) -> None:
    text, count = re.subn(pattern, by, path.read_text(encoding="utf-8"), count=1, flags=re.M)
    if count != 1:
        raise ValueError(f"{path}: expected a match of {pattern}, got none")
    path.write_text(text, encoding="utf-8")


def _weights(folder: Path, factor: float) -> str:
    """A small RainNet whose weights are multiplied by a factor."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        state = {name: value * factor for name, value in RainNet(RainNetConfig(width=4)).state_dict().items()}
    folder.mkdir()
    data = encode_network(state, {"network": "rainnet", "name": "rainnet", "licence": "none"})
    (folder / "rainnet.safetensors").write_bytes(data)
    return str(folder)


def _measure(words: str, source: Path, options: dict[str, object]) -> tuple[str, ...]:
    known = frozenset(inodes(Path(str(options["out"]))))
    flags = [part for name, value in options.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    program = "from commands.main import app; app()"
    command = [sys.executable, "-c", program, "build", "sample", *flags, "--json"]
    start = time.perf_counter()
    done = subprocess.run(
        command, check=True, cwd=source, env=os.environ | {"PYTHONPATH": str(source)}, stdout=subprocess.PIPE
    )
    return describe(json.loads(done.stdout), words, time.perf_counter() - start, known)
