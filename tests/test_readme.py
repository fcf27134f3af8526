"""What the README promises runs as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import yaml

from commands.main import app
from tasks.build.options import BuildOptions
from tasks.build.version import build

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_five_lines_of_plain_webdataset_read_a_version(bank_url: str, tmp_path: Path) -> None:
    recipe = tmp_path / "sample.yaml"
    fields = {"name": "sample", "description": "A few.", "size": 256, "repeats": 3}
    recipe.write_text(yaml.safe_dump(fields | {"sets": [{"name": "randocc", "kind": "randocc"}]}))
    report = build(
        BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path / "data" / "datasets"), workers=1)
    )
    assert report.dataset.counts["kept"] == 3
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len([line for line in code.splitlines() if line]) == 5
    told = "image, face = next(iter(pairs)); print(image.shape, image.dtype, 0 < face.mean() < 1)"
    done = subprocess.run(
        [sys.executable, "-c", code + told], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.stdout == "(256, 256, 3) uint8 True\n", done.stderr


def test_every_linked_file_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert len(links) > 5
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_command_it_names_exists() -> None:
    known = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    known |= {group.name for group in app.registered_groups if group.name}
    known = {name.replace("_", "-") for name in known}
    named = set(re.findall(r"\bnatocc ([a-z]+(?:-[a-z]+)*)\b", README)) - {"has"}
    assert named <= known
