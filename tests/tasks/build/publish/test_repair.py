"""A published version that is damaged gets its bytes again, or the build says why not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from manifests.dataset import CARD, DATASET_INDEX, LATEST, MANIFEST, read_dataset
from manifests.history import HISTORY
from tasks.build.options import BuildOptions
from tasks.build.version import BuildReport, build, finish_job
from tasks.errors import BuildStopped
from tasks.verify.version import verify
from tests.jobs import start_job
from tests.tasks.build.test_version import files_of

SHARD, OTHER = "train-object-000000.tar", "train-hand_sot-000001.tar"


class Published:
    """A copy of the session's version, and the options that made it."""

    def __init__(self, built: BuildReport, bank: str, root: Path) -> None:
        shutil.copytree(Path(built.url).parent, root / "small")
        self.root, self.folder = root / "small", root / "small" / Path(built.url).name
        self.before = files_of(built.url)
        recipe = Path(built.url).parents[2] / "small.yaml"
        self.options = BuildOptions(recipe=str(recipe), bank=bank, out=str(root), workers=1)

    def build(self, **changes: object) -> BuildReport:
        """Build again; the version then has its bytes, and nothing else lies beside it."""
        report = build(self.options.replaced(**changes))
        assert files_of(report.url) == self.before
        assert verify(report.url).findings == ()
        assert sorted(path.name for path in self.root.iterdir()) == sorted(
            [self.folder.name, LATEST, HISTORY]
        )
        assert json.loads((self.root / LATEST).read_text())["version"] == self.folder.name
        return report


@pytest.fixture()
def published(built: BuildReport, bank_url: str, tmp_path: Path) -> Published:
    return Published(built, bank_url, tmp_path / "out")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 4
    path.write_bytes(data)


def delete(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, delete, empty], ids=lambda damage: damage.__name__)
def test_damaged_shards_are_rendered_again_and_no_others(
    damage: Callable[[Path], None], published: Published
) -> None:
    for file in (SHARD, OTHER):
        damage(published.folder / file)
    report = published.build()
    assert sorted(report.repaired) == sorted([SHARD, OTHER])
    assert (report.rendered, report.reused, report.unchanged) == (2, 0, False)
    assert published.build().unchanged


def test_a_flipped_bit_in_a_shard_is_found_with_deep(published: Published) -> None:
    flip(published.folder / SHARD)
    assert build(published.options).unchanged, "its size is right"
    assert published.build(deep=True).repaired == (SHARD,)


@pytest.mark.parametrize("damage", [cut, flip, delete, empty], ids=lambda damage: damage.__name__)
@pytest.mark.parametrize(("file", "rendered"), [(MANIFEST, 6), (CARD, 0), (DATASET_INDEX, 0)])
def test_a_damaged_table_is_made_again(
    damage: Callable[[Path], None], file: str, rendered: int, published: Published
) -> None:
    damage(published.folder / file)
    report = published.build()
    assert (report.repaired, report.rendered) == ((file,), rendered)


@pytest.mark.parametrize("damage", [cut, flip, delete, empty], ids=lambda damage: damage.__name__)
def test_a_damaged_pointer_is_written_again(damage: Callable[[Path], None], published: Published) -> None:
    damage(published.root / LATEST)
    report = published.build()
    assert (report.rendered, report.repaired) == (0, () if damage is delete else (LATEST,))


def test_without_index_and_manifest_all_is_rendered(published: Published) -> None:
    delete(published.folder / DATASET_INDEX)
    flip(published.folder / MANIFEST)
    flip(published.folder / SHARD)
    report = published.build()
    assert report.rendered == 6
    assert sorted(report.repaired) == sorted([SHARD, MANIFEST, DATASET_INDEX])


def test_without_the_index_hashes_are_compared_and_only_damaged_shards_rendered(published: Published) -> None:
    cut(published.folder / DATASET_INDEX)
    flip(published.folder / SHARD)
    report = published.build()
    assert (report.rendered, report.repaired) == (1, (SHARD, DATASET_INDEX))


def test_another_release_does_not_write_the_index_again(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(published.folder / DATASET_INDEX)
    monkeypatch.setattr("tasks.build.publish.repair.RELEASE", "natocc 99.0")
    with pytest.raises(
        BuildStopped, match=r"to write it again, expected natocc .*, got natocc 99\.0; use that"
    ):
        build(published.options)


def test_everything_at_once(published: Published) -> None:
    for path in published.folder.iterdir():
        cut(path)
    (published.folder / ".partial-x").write_bytes(b"left by a killed worker")
    report = published.build()
    assert {*report.repaired} - {".partial-x"} == published.before.keys(), (
        "leftovers go with the next write, too"
    )


def test_an_interrupted_repair_goes_on(published: Published) -> None:
    for file in (SHARD, OTHER):
        cut(published.folder / file)
    job = start_job(published.options)
    assert {plan.file for plan in job.todo} == {SHARD, OTHER}
    from tasks.render.shard import render_shard

    render_shard(job.todo[0], job.bank, job.bank_sha256, job.staging_url)
    report = published.build()
    assert (report.rendered, report.reused) == (1, 1)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_files_of_others_are_named_and_stay(kind: str, published: Published) -> None:
    stray = published.folder / "notes"
    if kind == "file":
        stray.write_text("mine")
    else:
        stray.mkdir()
    with pytest.raises(BuildStopped, match="expected the files of the version alone, got notes beside them"):
        build(published.options)
    assert stray.exists()


def test_a_folder_that_is_named_like_a_shard(published: Published) -> None:
    (published.folder / SHARD).unlink()
    (published.folder / SHARD).mkdir()
    with pytest.raises(BuildStopped, match=f"got folders of the names {SHARD}; move these away"):
        build(published.options)


def test_a_folder_of_clutter_alone_is_filled(published: Published) -> None:
    for path in published.folder.iterdir():
        path.unlink()
    (published.folder / ".DS_Store").touch()
    report = build(published.options)
    assert len(report.repaired) == 9 and not report.unchanged
    (published.folder / ".DS_Store").unlink()
    assert published.build().unchanged


@pytest.mark.timeout(120)
def test_what_is_no_file_is_named_before_anything_is_rendered(published: Published) -> None:
    (published.folder / SHARD).unlink()
    (published.folder / SHARD).symlink_to("/nowhere")
    with pytest.raises(
        BuildStopped, match=rf"got {SHARD} \(a link to nothing\); remove it, and run the same"
    ):
        build(published.options)
    (published.folder / SHARD).unlink()
    assert published.build().repaired == (SHARD,)


def test_another_bank_does_not_repair(published: Published, bank_url: str, tmp_path: Path) -> None:
    """The used entries are equal, so the version has the same name."""
    from assets.bank.reader import Bank
    from assets.bank.writer import BankWriter

    source, writer = Bank(bank_url), BankWriter(str(tmp_path / "bank"))
    for kind in ("face", "object", "hand", "texture"):
        for entry in source.entries(kind):
            writer.add(entry, source.read(entry))
    (hand,) = source.entries("hand")
    writer.add(replace(hand, id="more", split="test"), source.read(hand))
    writer.close(upscaler="lanczos")
    options = published.options.replaced(bank=str(tmp_path / "bank"))
    assert build(options).unchanged
    (published.folder / SHARD).unlink()
    with pytest.raises(BuildStopped) as caught:
        build(options)
    old, new = (Bank(url).index["content_sha256"] for url in (bank_url, str(tmp_path / "bank")))
    assert str(caught.value) == (
        f"{published.folder}: {SHARD} is missing or damaged; to repair it, expected what the version was made "
        f"with: bank {old}, got {new}; give that, or to build it again, delete {published.folder} and "
        "run the same command"
    )
    assert published.build().repaired == (SHARD,)


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("code_version", "00" * 32, "code "),
        ("libraries", {"numpy": "1.0"}, "libraries "),
        ("networks", {"harmoniser": {"weights_sha256": "0"}}, "networks "),
    ],
)
def test_other_code_libraries_or_weights_do_not_repair(
    field: str, value: object, named: str, published: Published
) -> None:
    changed = replace(read_dataset(str(published.folder)), **{field: value})  # type: ignore[arg-type]
    (published.folder / DATASET_INDEX).write_bytes(changed.encode())
    (published.folder / OTHER).unlink()
    with pytest.raises(BuildStopped, match=f"expected what the version was made with: {named}"):
        build(published.options)


def test_bytes_that_differ_from_the_recorded_ones_replace_nothing(published: Published) -> None:
    dataset = read_dataset(str(published.folder))
    shards = tuple(replace(one, sha256="00" * 32) if one.file == SHARD else one for one in dataset.shards)
    (published.folder / DATASET_INDEX).write_bytes(replace(dataset, shards=shards).encode())
    for file in (SHARD, OTHER):
        (published.folder / file).unlink()
    with pytest.raises(BuildStopped, match="expected to render it again with sha256 00000"):
        build(published.options)
    assert not (published.folder / OTHER).exists()


def test_another_version_at_its_place_is_refused(published: Published) -> None:
    changed = replace(read_dataset(str(published.folder)), version="another")
    (published.folder / DATASET_INDEX).write_bytes(changed.encode())
    with pytest.raises(
        BuildStopped, match="with the planned shards, got small another with others; to build it"
    ):
        build(published.options)
    shutil.rmtree(published.folder)
    assert published.build().rendered == 6, "as the message advises"


def test_readers_see_each_file_whole_while_it_is_repaired(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two replacements, every file is either the damaged or the right one."""
    for file in (SHARD, OTHER, MANIFEST):
        cut(published.folder / file)
    damaged = files_of(str(published.folder))
    job = start_job(published.options)
    from tasks.build.publish import repair
    from tasks.render.shard import render_shard

    for plan in job.todo:
        render_shard(plan, job.bank, job.bank_sha256, job.staging_url)
    seen: list[dict[str, bytes]] = []
    real = repair.replace_file

    def watched(source: str, target: str, sha256: str) -> None:
        seen.append(files_of(str(published.folder)))
        real(source, target, sha256)

    monkeypatch.setattr(repair, "replace_file", watched)
    finish_job(job, [], 1.0)
    assert len(seen) == 3
    for files in seen:
        assert files.keys() == published.before.keys()
        assert all(data in (damaged[name], published.before[name]) for name, data in files.items())
    assert files_of(str(published.folder)) == published.before
