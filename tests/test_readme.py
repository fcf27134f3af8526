"""What the README promises runs as it stands there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import yaml

from commands.main import COMMANDS
from tasks.build.options import BuildOptions
from tasks.build.version import build
from tests.small_version import occluded_face, write_version

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


# After the README's lines: two epochs as hashes of their pictures, in order.
TWO_EPOCHS = """
import hashlib
epochs = []
for _ in range(2):
    epochs.append([])
    for image, mask in loader:
        assert (mask[:, 0] == 1).any((1, 2)).all() and face.shape[1:] == image.shape[2:] and face.dtype == torch.bool
        assert image.dtype == torch.uint8 and image.shape[1:] == (3, 256, 256)
        epochs[-1] += [hashlib.sha256(picture.numpy().tobytes()).hexdigest() for picture in image]
print(json.dumps(epochs))
"""


def test_its_lines_load_every_sample_once_an_epoch_in_another_order(bank_url: str, tmp_path: Path) -> None:
    recipe = tmp_path / "sample.yaml"
    fields = {"name": "sample", "description": "A few.", "size": 256, "repeats": 24, "samples_per_shard": 8}
    recipe.write_text(yaml.safe_dump(fields | {"sets": [{"name": "randocc", "kind": "randocc"}]}))
    report = build(
        BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path / "data" / "datasets"), workers=1)
    )
    assert len(report.dataset.shards) > 2
    code, *_ = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    finished = subprocess.run(
        [sys.executable, "-c", code + TWO_EPOCHS], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert finished.returncode == 0, finished.stderr
    first, second = json.loads(finished.stdout)
    assert len(first) == len(set(first)) == report.dataset.counts["kept"]
    assert sorted(first) == sorted(second) and first != second


def test_its_lines_load_faces_that_are_not_square_in_one_batch(tmp_path: Path) -> None:
    samples = []
    for number, (rows, columns) in enumerate([(96, 128), (128, 128), (128, 96), (64, 128)]):
        members = occluded_face(number)
        for name in ("jpg", "mask.png"):
            whole = cv2.imdecode(np.frombuffer(members[name], np.uint8), cv2.IMREAD_UNCHANGED)
            members[name] = cv2.imencode(f".{name[-3:]}", whole[:rows, :columns])[1].tobytes()
        samples.append((f"randocc-{number:05d}-000", members))
    folder = tmp_path / "data/datasets/sample"
    write_version(str(folder / "0123456789ab"), {"randocc-000000.tar": ("train", samples)})
    (folder / "latest.json").write_text('{"version": "0123456789ab"}')
    code, *_ = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    shown = "\nprint([list(image.shape) for image, mask in loader], face.shape[1:] == image.shape[2:])"
    finished = subprocess.run(
        [sys.executable, "-c", code.replace("num_workers=2", "num_workers=1") + shown],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout == "[[4, 3, 128, 128]] True\n"


def test_every_linked_file_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"\bnatocc ([a-z]+(?:-[a-z]+)*)\b", README)) - {"has"}
    assert named <= COMMANDS.keys()
