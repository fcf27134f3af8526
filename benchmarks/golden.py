"""Hashes of the content that a small pipeline makes: equal lines on two commits mean equal content.

``python -m benchmarks.golden`` lays the demo photographs out, prepares a bank, builds the recipe
``sample``, trains a small harmoniser for 20 steps on one thread, and builds a few samples with it. It
prints a line for every decoded member of every sample, every row of the manifests and of the bank, and
every tensor: sha256, then name. Places (shard, offset), compression and code identity are left out, and so
are hashes of compressed bytes. The json of a sample is compared by its values, whatever its schema. Each step
is a console command, so that it runs the same way whatever the modules are called.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from PIL import Image
from safetensors.numpy import load_file

TRAINING = ["--width", "8", "--batch", "2", "--steps", "20", "--every", "10", "--views", "1"]
TRAINING += ["--max-held-out", "4", "--device", "cpu"]
# Places of entries and rows, hashes of compressed bytes, numbers of schemas: no part of the content.
LEFT_OUT = ("shard", "members", "schema", "sha256", "face_sha256", "occluder_sha256", "weights_sha256")
ONE_THREAD = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dest", type=Path, default=Path("data/golden"), help="working folder, made again")
    parser.add_argument("--command", default=str(Path(sys.executable).with_name("natocc")))
    options = parser.parse_args()
    made = run(options.command, options.dest)
    total = hashlib.sha256()
    for digest, name in lines(*made):
        total.update(f"{digest} {name}\n".encode())
        print(digest, name)
    print(total.hexdigest(), "golden")


def run(command: str, dest: Path) -> tuple[Path, list[Path], Path]:
    """Run the pipeline; returns the bank, the versions and the file of the trained weights."""
    raw, bank, weights = dest / "raw", dest / "bank", dest / "weights"
    for folder in (bank, weights, dest / "training", dest / "plain", dest / "network"):
        shutil.rmtree(folder, ignore_errors=True)

    def natocc(*arguments: object) -> None:
        done = subprocess.run(
            [command, *(str(argument) for argument in arguments)],
            env=os.environ | ONE_THREAD,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            raise SystemExit(f"natocc {arguments[0]} failed with {done.returncode}:\n{done.stdout}")

    natocc("sample", "--dest", raw)
    natocc("prepare", "--raw", raw, "--bank", bank, "--objects", "all")
    natocc("build", "sample", "--bank", bank, "--out", dest / "plain")
    natocc("train-harmonizer", "--bank", bank, "--out", dest / "training", *TRAINING)
    trained = dest / "training" / "harmonizer.safetensors"
    weights.mkdir(parents=True)
    shutil.copy(trained, weights / "trained.safetensors")
    network = ("--harmoniser", "trained", "--weights", weights, "--limit", 6)
    natocc("build", "sample", "--bank", bank, "--out", dest / "network", *network)
    return bank, [published(dest / "plain" / "sample"), published(dest / "network" / "sample")], trained


def published(dataset: Path) -> Path:
    """The folder of the latest version."""
    return dataset / str(json.loads((dataset / "latest.json").read_text())["version"])


def lines(bank: Path, versions: list[Path], weights: Path) -> Iterator[tuple[str, str]]:
    """(sha256, name) of everything, in a fixed order."""
    for row in rows(bank / "entries.parquet"):
        yield of_json(row), f"bank/{row['kind']}/{row['id']}"
    for version in versions:
        where = version.parent.parent.name
        for row in rows(version / "manifest.parquet"):
            yield of_json(row), f"{where}/manifest/{row['key']}"
        for tar in sorted(version.glob("*.tar"), key=_without_split):
            with tarfile.open(tar) as archive:
                for member in archive:
                    stream = archive.extractfile(member)
                    assert stream is not None
                    yield decoded(member.name, stream.read()), f"{where}/{member.name}"
    for name, tensor in sorted(load_file(weights).items()):
        yield of_array(tensor), f"training/{name}"


def rows(table: Path) -> list[dict[str, Any]]:
    return [
        {name: value for name, value in row.items() if name not in LEFT_OUT}
        for row in pq.read_table(table).to_pylist()
    ]


def decoded(name: str, data: bytes) -> str:
    """sha256 of a picture's pixels or of a json's values, however they were compressed."""
    if name.endswith(".json"):
        return of_json(_without_hashes(_values(json.loads(data))))
    return of_array(np.asarray(Image.open(io.BytesIO(data))))


def _without_split(tar: Path) -> str:
    """The name without the split in front, as earlier releases named shards."""
    return re.sub("^(train|test)-", "", tar.name)


def _values(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a json as schema 1 wrote them: objects for texts of JSON, null for what is absent."""
    if fields.get("schema", 0) < 2:
        return fields
    texts = {name: json.loads(fields[name] or "null") for name in ("params", "measured", "network")}
    return {
        **fields,
        **texts,
        "face": fields["face"] | {"person": fields["face"]["person"] or None},
        "occluder": fields["occluder"] if fields["occluder"]["id"] else None,
        "backends": {stage: name or None for stage, name in fields["backends"].items()},
    }


def _without_hashes(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {name: _without_hashes(inner) for name, inner in value.items() if name not in LEFT_OUT}


def of_array(array: np.ndarray) -> str:
    head = f"{array.dtype}{array.shape}".encode()
    return hashlib.sha256(head + np.ascontiguousarray(array).tobytes()).hexdigest()


def of_json(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    main()
