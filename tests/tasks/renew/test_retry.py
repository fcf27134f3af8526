from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from manifests.dataset import DATASET_INDEX, latest_version, read_dataset
from manifests.history import read_history
from shards.storage import list_names, write_bytes
from tasks.build.options import BuildOptions
from tasks.build.version import Job, build
from tasks.errors import BuildStopped
from tasks.render.shard import RenderedShard
from tasks.renew.retry import RetryOptions, retry
from tasks.verify.version import verify
from tests.s3_server import S3Server
from tests.tasks.renew.failed import REASON, fail_again, fail_samples, render_here

FAILED = ("randocc-00000-001", "randocc-00000-003")


def tars(folder: str | Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in Path(folder).glob("*.tar")}


@pytest.fixture(scope="module")
def options(bank_url: str, tmp_path_factory: pytest.TempPathFactory) -> BuildOptions:
    """A build of six small samples, two a shard."""
    folder = tmp_path_factory.mktemp("retried")
    fields = {"name": "tiny", "description": "Few.", "size": 64, "repeats": 6, "samples_per_shard": 2}
    fields |= {"max_failed": 0.5}
    (folder / "tiny.yaml").write_text(
        yaml.safe_dump(fields | {"sets": [{"name": "randocc", "kind": "randocc"}]})
    )
    return BuildOptions(recipe=str(folder / "tiny.yaml"), bank=bank_url, out=str(folder / "out"), workers=1)


@pytest.fixture(scope="module")
def whole(options: BuildOptions) -> Path:
    return Path(build(options).url)


@pytest.fixture()
def failed(whole: Path, tmp_path: Path) -> Path:
    """The version with two failed samples, in two of its three shards; its path is DATASET/VERSION."""
    shutil.copytree(whole.parent, tmp_path / "tiny")
    fail_samples(tmp_path / "tiny" / whole.name, *FAILED)
    return tmp_path / "tiny" / whole.name


def test_failed_samples_alone_are_made_and_the_version_is_replaced(
    failed: Path, whole: Path, options: BuildOptions
) -> None:
    before = {path.name: path.read_bytes() for path in failed.iterdir()}
    report = retry(RetryOptions(url=str(failed.parent), bank=options.bank, workers=1))
    assert (report.retried, report.made, report.failures, report.latest) == (2, 2, (), True)
    assert (report.number, report.instead_of) == ("1.1.0", failed.name)
    assert {path.name: path.read_bytes() for path in failed.iterdir()} == before
    assert tars(report.url) == tars(whole), "the bytes of a build without failures"
    kept = {path.stat().st_ino for path in failed.glob("*.tar")}
    assert sum(path.stat().st_ino in kept for path in Path(report.url).glob("*.tar")) == 1, "it is linked"
    assert verify(report.url).findings == ()
    assert latest_version(str(failed.parent)) == Path(report.url).name
    first, second = read_history(str(failed.parent))
    assert (second.instead_of, second.after, second.added) == (first.version, first.version, 2)
    # The same build uses it from now on, and does not go back to the old one.
    again = build(options.replaced(out=str(failed.parents[1])))
    assert (again.url, again.unchanged, again.number) == (report.url, True, "1.1.0")
    assert sorted(path.name for path in failed.parent.iterdir()) == sorted(
        [failed.name, Path(report.url).name, "latest.json", "versions.json"]
    )


def test_the_replacement_is_repaired_by_the_same_build(
    failed: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_again(monkeypatch)
    report = retry(RetryOptions(url=str(failed), bank=options.bank, workers=1))
    before = tars(report.url)
    shard = sorted(Path(report.url).glob("*.tar"))[1]
    shard.unlink()
    repaired = build(options.replaced(out=str(failed.parents[1])))
    assert (repaired.url, repaired.repaired) == (report.url, (shard.name,))
    assert tars(report.url) == before
    index = Path(report.url, DATASET_INDEX)
    whole = index.read_bytes()
    index.write_bytes(whole[:-9])
    again = build(options.replaced(out=str(failed.parents[1])))
    assert (again.url, again.repaired, index.read_bytes()) == (report.url, (DATASET_INDEX,), whole)


def test_what_fails_still_is_said_and_the_names_of_equal_results_are_equal(
    failed: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = RetryOptions(url=str(failed), bank=options.bank, workers=1)
    fail_again(monkeypatch)
    whole_again = retry(asked)
    shutil.rmtree(whole_again.url)
    fail_again(monkeypatch, FAILED[0])
    partly = retry(asked)
    assert (partly.made, partly.failures) == (1, ((FAILED[0], REASON),))
    assert partly.dataset.counts == {"kept": 5, "rejected": 0, "failed": 1}
    nothing = retry(RetryOptions(url=partly.url, bank=options.bank, workers=1))
    assert (nothing.made, nothing.url, nothing.number) == (0, partly.url, None)
    assert not [path for path in failed.parent.iterdir() if path.name.startswith(".")]
    fail_again(monkeypatch)
    done = retry(RetryOptions(url=partly.url, bank=options.bank, workers=1))
    assert (done.url, done.instead_of) == (whole_again.url, Path(partly.url).name)
    # A build of the old version's plan follows both replacements.
    assert build(options.replaced(out=str(failed.parents[1]))).url == done.url


def test_a_stopped_retry_goes_on_from_what_it_finished(
    failed: Path, whole: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, rendered = RetryOptions(url=str(failed), bank=options.bank, workers=1), []

    def stop_after_one(job: Job, *_: object) -> None:
        render_here(replace(job, todo=job.todo[:1]))
        raise KeyboardInterrupt

    monkeypatch.setattr("tasks.renew.retry.render_job", stop_after_one)
    with pytest.raises(KeyboardInterrupt):
        retry(asked)
    assert len(read_history(str(failed.parent))) == 1

    def count(job: Job, *_: object) -> list[RenderedShard]:
        rendered.extend(job.todo)
        return render_here(job)

    monkeypatch.setattr("tasks.renew.retry.render_job", count)
    assert tars(retry(asked).url) == tars(whole) and len(rendered) == 1


def test_without_failures_nothing_is_written(whole: Path, options: BuildOptions) -> None:
    before = sorted(path.name for path in whole.parent.iterdir())
    report = retry(RetryOptions(url=str(whole), bank=options.bank, workers=1))
    assert (report.retried, report.url, report.number) == (0, str(whole), None)
    assert sorted(path.name for path in whole.parent.iterdir()) == before


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        (
            {"bank": {"content_sha256": "ab"}},
            "made with: bank ab, got [0-9a-f]{64}; give that, or build a new",
        ),
        ({"code_version": "ab"}, "made with: code ab, got "),
        ({"libraries": {"numpy": "0"}}, r"made with: libraries \{'numpy': '0'\}, got "),
        ({"recipe": {"name": "tiny"}}, "a recipe of this release, got that of another"),
    ],
)
def test_other_inputs_than_those_of_the_version_are_refused(
    failed: Path, options: BuildOptions, fields: dict[str, object], named: str
) -> None:
    dataset = read_dataset(str(failed))
    (failed / DATASET_INDEX).write_bytes(replace(dataset, **fields).encode())  # type: ignore[arg-type]
    with pytest.raises(BuildStopped, match=named):
        retry(RetryOptions(url=str(failed), bank=options.bank, workers=1))
    assert len(read_history(str(failed.parent))) == 1


def test_an_older_version_is_retried_without_moving_the_pointer(
    failed: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_again(monkeypatch)
    other = build(options.replaced(out=str(failed.parents[1]), limit=2))
    report = retry(RetryOptions(url=str(failed), bank=options.bank, workers=1))
    assert report.latest is False and report.number == "1.1.0"
    assert latest_version(str(failed.parent)) == Path(other.url).name


@pytest.mark.drill
def test_at_a_url_of_a_bucket(
    s3: S3Server, failed: Path, options: BuildOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_again(monkeypatch)
    root = f"{s3.bucket('retried')}/tiny"
    for path in failed.parent.rglob("*"):
        if path.is_file():
            write_bytes(f"{root}/{path.relative_to(failed.parent)}", path.read_bytes())
    report = retry(RetryOptions(url=root, bank=options.bank, workers=1))
    assert (report.made, report.number) == (2, "1.1.0")
    assert latest_version(root) == report.url.rpartition("/")[2]
    assert verify(report.url, workers=1).findings == ()
    assert not [name for name in list_names(root) if name.startswith(".building")]
