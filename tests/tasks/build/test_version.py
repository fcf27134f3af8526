from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assets.bank.reader import Bank
from assets.bank.writer import BankWriter
from manifests.dataset import DATASET_INDEX, MANIFEST, latest_version, read_dataset, read_manifest
from manifests.recipe import RecipeError
from manifests.rows import decode_rows
from natocc.codecs import decode_plane, encode_png
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build
from tasks.errors import BuildStopped
from tasks.render.shard import render_shard
from tasks.workers.pool import WorkerPool
from tests.jobs import start_job

RecipeFile = Callable[..., str]


def files_of(folder: str) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(Path(folder).iterdir())}


def test_two_workers_write_the_bytes_of_one(built: BuildReport, bank_url: str, tmp_path: Path) -> None:
    recipe = Path(built.url).parents[2] / "small.yaml"
    again = build(BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path), workers=2))
    assert again.rendered == len(again.dataset.shards) == 6
    assert files_of(again.url) == files_of(built.url)


def test_an_unchanged_build_is_left_alone(built: BuildReport, bank_url: str) -> None:
    root = Path(built.url).parents[1]
    before = {path.name: path.stat().st_mtime_ns for path in Path(built.url).iterdir()}
    again = build(
        BuildOptions(recipe=str(root.parent / "small.yaml"), bank=bank_url, out=str(root), workers=1)
    )
    assert again.unchanged and again.rendered == 0
    assert {path.name: path.stat().st_mtime_ns for path in Path(built.url).iterdir()} == before


def test_the_pointer_is_written_again_after_a_run_that_stopped_before_it(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    options = BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path / "out"), limit=1)
    report = build(options.replaced(workers=1))
    (Path(report.url).parent / "latest.json").unlink()
    assert build(options.replaced(workers=1)).unchanged
    assert latest_version(str(Path(report.url).parent)) == report.dataset.version


def test_every_attempted_sample_has_a_row_and_counts_agree(built: BuildReport) -> None:
    rows = decode_rows((Path(built.url) / MANIFEST).read_bytes())
    assert len(rows) == 3 * 8
    assert {row.verdict for row in rows} <= {"kept", "rejected", "failed"}
    assert sum(built.dataset.counts.values()) == len(rows)
    assert built.dataset.counts["kept"] == sum(shard.samples for shard in built.dataset.shards)
    assert all(json.loads(row.params or "") for row in rows)
    assert all(row.hidden_ratio is not None and 0.03 <= row.hidden_ratio <= 0.6 for row in rows)


def test_latest_points_to_the_version_and_staging_is_gone(built: BuildReport) -> None:
    folder = Path(built.url).parent
    assert latest_version(str(folder)) == Path(built.url).name
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [Path(built.url).name, "latest.json", "versions.json"]
    )


def test_another_seed_is_another_version_with_other_pixels(
    built: BuildReport, bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    report = build(BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path), seed=3, workers=1))
    assert report.dataset.version != built.dataset.version
    ours = {shard.file: shard.sha256 for shard in report.dataset.shards}
    theirs = {shard.file: shard.sha256 for shard in built.dataset.shards}
    assert all(ours[name] != theirs[name] for name in ours)
    assert report.dataset.overrides == {"seed": 3}


def test_limit_keeps_the_first_samples_of_every_set(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    report = build(BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(tmp_path), limit=3, workers=1))
    assert [sum(counts.values()) for counts in report.dataset.counts_by_set.values()] == [3, 3, 3]


def test_paired_sets_share_everything_but_the_colours(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    sets = [
        {"name": "hand", "kind": "hand"},
        {"name": "hand_sot", "kind": "hand", "stream": "hand", "colour_transfer": 1.0},
    ]
    report = build(BuildOptions(recipe=recipe_file(sets=sets), bank=bank_url, out=str(tmp_path), workers=1))
    rows = decode_rows((Path(report.url) / MANIFEST).read_bytes())
    plain, transferred = (
        [json.loads(row.params or "") for row in rows if row.set == name] for name in ("hand", "hand_sot")
    )
    assert all(one.pop("transfer") is None for one in plain)
    assert all(one.pop("transfer")["strength"] == 1.0 for one in transferred)
    assert plain == transferred


@pytest.mark.parametrize("profile", ["paper", "code"])
def test_other_profiles_build_too(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path, profile: str
) -> None:
    report = build(
        BuildOptions(
            recipe=recipe_file(), bank=bank_url, out=str(tmp_path), profile=profile, limit=4, workers=1
        )
    )
    assert report.dataset.recipe["profile"] == profile
    assert report.dataset.counts["failed"] == 0


def test_an_unwritable_output_is_an_error_of_the_system(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    blocker = tmp_path / "file"
    blocker.write_text("in the way")
    with pytest.raises(OSError, match="file"):
        build(BuildOptions(recipe=recipe_file(), bank=bank_url, out=str(blocker), workers=1))


def test_a_dataset_without_its_index_is_no_version(built: BuildReport, tmp_path: Path) -> None:
    copy = shutil.copytree(built.url, tmp_path / "copy")
    (Path(copy) / DATASET_INDEX).unlink()
    with pytest.raises(FileNotFoundError, match="expected a dataset version"):
        read_dataset(str(copy))


def _raise(error: str) -> None:
    raise ValueError(error)


def test_a_worker_raises_its_own_error_in_the_parent() -> None:
    with WorkerPool(1) as pool, pytest.raises(ValueError, match="raised in the worker"):
        pool.submit(_raise, "raised in the worker").result()


def test_all_that_stands_in_the_way_is_said_together(bank_url: str, tmp_path: Path) -> None:
    options = BuildOptions(
        recipe="c-wo-natocc", bank=bank_url, out=str(tmp_path), weights=str(tmp_path / "weights")
    )
    with pytest.raises(RecipeError) as caught:
        build(options.replaced(workers=1), on_progress=lambda done, total: pytest.fail("the build started"))
    upscaler, harmoniser, *others = caught.value.problems
    assert harmoniser.startswith("recipe > c-wo-natocc > harmoniser: rainnet: expected its weights in ")
    assert harmoniser.endswith("; or build with --harmoniser statistics")
    assert [upscaler, *others] == [
        "recipe > c-wo-natocc > upscaler: expected a bank whose objects were upscaled with glean, got lanczos; "
        "prepare it again with --upscaler glean, or build with --upscaler lanczos",
        "subset WO: expected a bank that says which faces are WO and which O, got one without any; put the "
        "lists (CelebAMask-HQ-WO-train.txt and others) into the raw folder and prepare again, or write some with "
        "`natocc partition`; or give one with --split FILE, or take all faces with --subset all",
    ]


def write_two_faces(source: Bank, folder: Path, second_mask: bytes | None) -> str:
    """The session's bank with its face twice; ``second_mask`` replaces the second one's."""
    writer = BankWriter(str(folder))
    (face,) = source.entries("face")
    members = source.read(face)
    writer.add(face, members)
    changed = members if second_mask is None else members | {"mask.png": second_mask}
    writer.add(replace(face, id="00001", photo="another"), changed)
    for texture in source.entries("texture"):
        writer.add(texture, source.read(texture))
    writer.close(upscaler="lanczos")
    return str(folder)


def test_a_changed_face_rebuilds_its_shards_and_no_others(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    source = Bank(bank_url)
    sets = [{"name": "randocc", "kind": "randocc"}]
    recipe = recipe_file(sets=sets, repeats=2, samples_per_shard=1)
    before = write_two_faces(source, tmp_path / "before", None)
    first = build(BuildOptions(recipe=recipe, bank=before, out=str(tmp_path / "out"), workers=1))
    mask = decode_plane(source.read(source.entries("face")[0])["mask.png"])
    mask[: mask.shape[0] // 2] = 0
    after = write_two_faces(source, tmp_path / "after", encode_png(mask))
    second = build(BuildOptions(recipe=recipe, bank=after, out=str(tmp_path / "out"), workers=1))
    assert (first.rendered, second.rendered, second.reused) == (4, 2, 2)
    assert second.dataset.version != first.dataset.version
    old, new = files_of(first.url), files_of(second.url)
    faces = {row.shard: row.face_id for row in read_manifest(second.url, second.dataset)}
    assert {name: old[name] == new[name] for name in faces} == {
        name: face == "00000" for name, face in faces.items()
    }


@pytest.mark.parametrize("damage", ["deleted", "one shard changed", "one shard deleted"])
def test_damaged_shards_of_the_previous_version_are_rendered_again(
    damage: str, built: BuildReport, bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    root = tmp_path / "root"
    shutil.copytree(Path(built.url).parent, root / "small")
    old = root / "small" / Path(built.url).name
    first = old / "train-object-000000.tar"
    if damage == "deleted":
        shutil.rmtree(old)
    elif damage == "one shard deleted":
        first.unlink()
    else:
        first.write_bytes(first.read_bytes()[:-1] + b"x")
    sets = [*built.dataset.recipe["sets"], {"name": "more", "kind": "randocc"}]
    report = build(BuildOptions(recipe=recipe_file(sets=sets), bank=bank_url, out=str(root), workers=1))
    assert report.reused == (0 if damage == "deleted" else 5)
    new = {shard.file: shard.sha256 for shard in report.dataset.shards}
    assert all(new[shard.file] == shard.sha256 for shard in built.dataset.shards)


def test_a_bank_that_changed_after_planning_stops_the_build(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path
) -> None:
    copy = str(shutil.copytree(bank_url, tmp_path / "bank"))
    job = start_job(BuildOptions(recipe=recipe_file(), bank=copy, out=str(tmp_path / "out")))
    write_two_faces(Bank(bank_url), Path(copy), None)
    with pytest.raises(BuildStopped, match="the bank has changed since this build was planned"):
        render_shard(job.todo[0], job.bank, job.bank_sha256, job.staging_url)


def test_a_pool_that_is_closed_takes_no_more_work() -> None:
    with WorkerPool(1) as pool:
        assert pool.submit(abs, -1).result() == 1
    with pytest.raises(BuildStopped, match="closed"):
        pool.submit(abs, -1)


def test_a_version_says_which_network_enlarged_its_objects(bank_url: str, tmp_path: Path) -> None:
    source, writer = Bank(bank_url), BankWriter(str(tmp_path / "bank"))
    for kind in ("face", "object"):
        for entry in source.entries(kind):
            own = {"json": json.dumps({"upscaler": "lanczos", "instead_of": "realesrgan"}).encode()}
            writer.add(entry, source.read(entry) | (own if kind == "object" else {}))
    facts = {"network": "rrdbnet", "weights_sha256": "ab" * 32, "device": "cpu", "precision": "float32"}
    facts |= {"licence": "BSD-3-Clause"}
    writer.close(
        upscaler="realesrgan", upscaling={"order": ["realesrgan"], **facts, "objects": {"realesrgan": 1}}
    )
    recipe = tmp_path / "recipe.yaml"
    fields = {"name": "one", "description": "One.", "size": 256, "upscaler": ["glean", "realesrgan"]}
    recipe.write_text(yaml.safe_dump(fields | {"sets": [{"name": "object", "kind": "object"}]}))
    report = build(
        BuildOptions(recipe=str(recipe), bank=str(tmp_path / "bank"), out=str(tmp_path / "out"), workers=1)
    )
    assert report.dataset.networks == {"upscaler": {"name": "realesrgan"} | facts}
    rows = decode_rows((Path(report.url) / MANIFEST).read_bytes())
    assert [json.loads(row.backends)["upscaler"] for row in rows] == ["lanczos"], "what this object says"
    assert "ab" * 32 in (Path(report.url) / "README.md").read_text(encoding="utf-8")
    other = BuildOptions(recipe=str(recipe), bank=bank_url, out=str(tmp_path / "out"))
    with pytest.raises(RecipeError, match="upscaled with glean or realesrgan, got lanczos"):
        build(other.replaced(workers=1))
