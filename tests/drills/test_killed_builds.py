"""SIGKILL at 50 moments of a build, each before what it does next with a file: ``make drills``.

The moments are chosen by a seed from those of a calm run, spread over planning, rendering, writing the
tables, giving the folder its name, and pointing to it.
"""

from __future__ import annotations

import hashlib
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from manifests.dataset import read_dataset, resolve_version
from natocc.files.clutter import is_clutter
from tests.drills.kill_at import Moment, Watch

pytestmark = [pytest.mark.drill, pytest.mark.timeout(3600)]

# Kills by stage.
POINTERS = ("latest.json", "versions.json")
KILLS = {"plan": 10, "render": 14, "tables": 8, "rename": 6, "latest": 12}


@pytest.fixture()
def recipes(tmp_path: Path) -> list[str]:
    """Two recipes of one dataset; the second is the first with another set and another seed."""
    paths = []
    for number in (1, 2):
        sets = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand"}]
        fields = {"name": "drill", "description": "Short.", "repeats": 8, "size": 64, "samples_per_shard": 4}
        paths.append(tmp_path / f"{number}.yaml")
        paths[-1].write_text(yaml.safe_dump(fields | {"seed": number, "sets": sets[:number]}))
    return [str(path) for path in paths]


def build(recipe: str, bank: str, out: Path) -> list[str]:
    return ["build", recipe, "--bank", bank, "--out", str(out), "--workers", "1"]


def stage(moment: Moment, bank: str) -> str:
    """The stage of a build that a moment belongs to."""
    path = Path(moment.path)
    if moment.path.startswith(bank) and not moment.worker:
        return "plan"
    if path.name.startswith((".lock-latest", "latest.json", "versions.json")):
        return "latest"
    in_staging = any(part.startswith(".building-") for part in path.parts)
    if in_staging and path.name in ("manifest.parquet", "README.md", "dataset.json"):
        return "tables"
    if moment.worker or in_staging:
        return "render"
    return "rename"


def stages(moments: list[Moment], bank: str) -> Iterator[tuple[str, Moment]]:
    """Each moment with its stage. What has no file's name of its own belongs to the stage of its neighbours."""
    seen = "plan"
    for moment in moments:
        found = stage(moment, bank)
        partial = Path(moment.path).name.startswith(".partial-")
        if moment.event == "os.rename" and Path(moment.path).parent.name == "drill" and not partial:
            found = "rename" if not Path(moment.path).suffix else found
        if partial and not moment.worker and seen in ("tables", "rename", "latest"):
            found = "latest" if seen == "rename" else seen
        seen = seen if moment.worker else found
        yield found, moment


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def is_whole(version: Path) -> bool:
    """Whether a reader finds every file of the version as its index says."""
    dataset = read_dataset(str(version))
    hashes = {record.file: record.sha256 for record in dataset.shards} | dataset.files
    return all(
        hashlib.sha256((version / name).read_bytes()).hexdigest() == sha256 for name, sha256 in hashes.items()
    )


def test_fifty_kills(recipes: list[str], bank_url: str, tmp_path: Path) -> None:
    calm, out = tmp_path / "calm", tmp_path / "killed"
    watch = Watch(tmp_path / "watch", [calm, out, Path(bank_url)])
    watch.moments(build(recipes[0], bank_url, calm))
    first = {path.name for path in (calm / "drill").iterdir() if path.is_dir()}
    shutil.copytree(calm, tmp_path / "before")
    moments = watch.moments(build(recipes[1], bank_url, calm))
    expected = {path.name: contents(path) for path in (calm / "drill").iterdir() if path.is_dir()}
    pointers = {name: (calm / "drill" / name).read_bytes() for name in POINTERS}
    (old,), (new,) = first, expected.keys() - first
    rng, counts = random.Random(50), Counter[str]()
    by_stage: dict[str, list[Moment]] = {name: [] for name in KILLS}
    for name, moment in stages(moments, bank_url):
        by_stage[name].append(moment)
    for name, number in KILLS.items():
        for place, moment in enumerate(rng.choices(by_stage[name], k=number)):
            folder = out / f"{name}-{place}"
            shutil.copytree(tmp_path / "before", folder)
            # Events of planning and rendering may be fewer or in other places than in the calm run.
            counts[name] += watch.kill(build(recipes[1], bank_url, folder), moment)
            there = Path(resolve_version(str(folder / "drill")))
            assert there.name in (old, new) and is_whole(there), moment
            assert contents(folder / "drill" / old) == expected[old], moment
            watch.moments(build(recipes[1], bank_url, folder))
            found = {path.name for path in (folder / "drill").iterdir() if not is_clutter(path.name)}
            assert found == {old, new, *POINTERS}, (moment, found)
            assert contents(folder / "drill" / new) == expected[new], moment
            assert {name: (folder / "drill" / name).read_bytes() for name in POINTERS} == pointers, moment
            assert not list(folder.rglob(".*")), moment
    print(f"killed: {dict(counts)}, {counts.total()} in all")
    assert counts.total() >= 50


def test_eight_kills_of_gc(recipes: list[str], bank_url: str, tmp_path: Path) -> None:
    """After a killed ``gc`` the versions are whole, and the next one removes the rest."""
    runs = tmp_path / "runs"
    watch = Watch(tmp_path / "watch", [runs])
    before = runs / "before"
    for recipe in recipes:
        watch.moments(build(recipe, bank_url, before))
    versions = {path.name: contents(path) for path in (before / "drill").iterdir() if path.is_dir()}
    # An unpublished version of the same files, with the temporary file of a dead writer.
    staging = before / "drill/.building-0123456789ab"
    shutil.copytree(before / "drill" / min(versions), staging)
    (staging / ".partial-x").write_bytes(bytes(100))
    command = ["gc", "--remove", "--all"]
    shutil.copytree(before, runs / "calm")
    moments = [moment for moment in watch.moments([*command, str(runs / "calm")]) if moment.event != "read"]
    killed = 0
    for place, moment in enumerate(random.Random(8).sample(moments, k=8)):
        folder = runs / f"gc-{place}"
        shutil.copytree(before, folder)
        killed += watch.kill([*command, str(folder)], moment)
        assert {name: contents(folder / "drill" / name) for name in versions} == versions, moment
        watch.moments([*command, str(folder)])
        assert not list(folder.rglob(".*")), moment
        assert {name: contents(folder / "drill" / name) for name in versions} == versions, moment
    print(f"killed: {killed} of gc")
    assert killed == 8
