"""A version in Hugging Face datasets, which is installed into an environment of its own."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build
from tests.installing.environments import ROOT, Environment, make_environment

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800), pytest.mark.xdist_group("hugging face")]

# Counts by split of rows and of the splits that the rows state, and the type of the json, whichever shards
# come first.
READ = """
import glob, json, sys, collections
from datasets import load_dataset
version, found = sys.argv[1], {}

def count(splits):
    counts = {}
    for name, rows in splits.items():
        rows = list(rows)
        assert all(row["jpg"].size == row["mask.png"].size and json.loads(row["json"]["params"]) for row in rows)
        counts[name] = [len(rows), sorted({row["json"]["face"]["split"] for row in rows})]
    return counts

for streaming in (True, False):
    found[f"folder {streaming}"] = count(load_dataset(version, streaming=streaming))
    tars = {name: sorted(glob.glob(f"{version}/{name}-*.tar")) for name in ("train", "test")}
    for order in (1, -1):
        files = {name: paths[::order] for name, paths in tars.items()}
        made = load_dataset("webdataset", data_files=files, streaming=streaming)
        found[f"tars {streaming} {order}"] = count(made)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    environment = make_environment(tmp_path_factory.mktemp("datasets") / "venv", sys.executable)
    environment.pip("install", "datasets", "pillow")
    return environment


@pytest.fixture(scope="module")
def version(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> BuildReport:
    """Every kind of occluder; the first samples have none."""
    folder, source = tmp_path_factory.mktemp("version"), Bank(bank_url)
    writer = BankWriter(str(folder / "bank"))
    for kind in ("face", "object", "hand", "texture"):
        first, *others = source.entries(kind)
        for entry in (first, *others):
            writer.add(entry, source.read(entry))
        if kind in ("face", "texture"):
            held_out = replace(first, id="held_out", photo=f"another {kind}", category="other", split="test")
            writer.add(held_out, source.read(first))
    writer.close(upscaler="lanczos")
    sets = [
        {"name": "a", "kind": "none"},
        {"name": "b", "kind": "hand", "colour_transfer": 1.0},
        {"name": "c", "kind": "object"},
        {"name": "d", "kind": "randocc"},
        {"name": "e", "kind": "randocc", "split": "test"},
    ]
    fields = {"name": "sample", "description": "A few.", "size": 128, "repeats": 8, "samples_per_shard": 6}
    recipe, out = folder / "r.yaml", folder / "data" / "datasets"
    recipe.write_text(yaml.safe_dump(fields | {"harmoniser": "statistics", "sets": sets}))
    return build(BuildOptions(recipe=str(recipe), bank=str(folder / "bank"), out=str(out), workers=2))


def kept(version: BuildReport, split: str) -> int:
    return sum(shard.samples for shard in version.dataset.shards if shard.split == split)


def test_folder_and_shards_alone_give_all_samples_of_each_split(
    installed: Environment, version: BuildReport, tmp_path: Path
) -> None:
    expected = {name: [kept(version, name), [name]] for name in ("train", "test")}
    assert all(count for count, _ in expected.values())
    run = installed.run("-c", READ, version.url, environment={"HF_HOME": str(tmp_path)})
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout.splitlines()[-1])
    assert len(found) == 6 and all(counts == expected for counts in found.values()), found


def test_the_lines_of_readme_and_card_run(
    installed: Environment, version: BuildReport, tmp_path: Path
) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    card = (Path(version.url) / "README.md").read_text(encoding="utf-8")
    for text in (readme, card):
        (code,) = (
            block
            for block in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
            if "load_dataset" in block
        )
        prepared = f"import json\nv = {version.url!r}\n" + code.replace('"FOLDER"', "v")
        run = installed.run(
            "-c",
            prepared + "print(image.size, mask.mode, params['kind'])",
            environment={"HF_HOME": str(tmp_path)},
        )
        assert (run.returncode, run.stdout) == (0, "(128, 128) L randocc\n"), run.stderr
