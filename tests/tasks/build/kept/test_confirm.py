"""A change of code: by its identity alone, or by what is rendered too. Builds run in the test's process."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import pytest

from manifests.dataset import DATASET_INDEX, Dataset, read_dataset
from manifests.outcomes.confirmed_code import ConfirmedCode
from manifests.restore import described_dataset
from natocc.codecs import encode_jpeg
from tasks.build import expand, version
from tasks.build.kept import confirm
from tasks.build.kept.confirm import code_of, plan_checks
from tasks.build.options import BuildOptions
from tasks.build.plan import Plan
from tasks.build.reuse import Reused
from tasks.build.version import BuildReport, build, plan_job
from tasks.render import sample
from tests.tasks.build.test_version import files_of

RecipeFile = Callable[..., str]
SETS = [{"name": "randocc", "kind": "randocc"}, {"name": "hand", "kind": "hand"}]
NOTHING = "nothing to confirm"


class InProcess:
    """A pool whose work is done here."""

    def __init__(self, workers: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def submit(self, function: Callable[..., Any], *values: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(function(*values))
        return future


@pytest.fixture
def options(
    bank_url: str, recipe_file: RecipeFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> BuildOptions:
    for module in (confirm, version):
        monkeypatch.setattr(module, "WorkerPool", InProcess)
    recipe = recipe_file(sets=SETS, repeats=5, samples_per_shard=2)
    return BuildOptions(recipe=recipe, bank=bank_url, out=str(tmp_path / "out"), workers=1)


@pytest.fixture
def before(options: BuildOptions) -> BuildReport:
    return build(options)


@pytest.fixture
def change_code(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Give the rendering code another identity."""
    return lambda code: monkeypatch.setattr(expand, "render_identity", lambda network=None, **more: code)


def shards_of(report: BuildReport) -> dict[str, bytes]:
    return {name: data for name, data in files_of(report.url).items() if name.endswith(".tar")}


def changes(report: BuildReport) -> list[tuple[str, str, int]]:
    return [(one.set, one.code, one.samples) for one in report.dataset.confirmed]


def test_samples_are_kept_if_some_are_rendered_again_with_equal_bytes(
    options: BuildOptions, before: BuildReport, change_code: Callable[[str], None], tmp_path: Path
) -> None:
    change_code("b" * 64)
    report = build(options.replaced(confirm_code=2))
    assert (report.samples_rendered, report.samples_copied, report.warnings) == (0, 10, ())
    code = before.dataset.code_version
    assert changes(report) == [("randocc", code, 2), ("hand", code, 2)]
    assert (before.number, report.number) == ("1.0.0", "1.0.1"), "the same samples, packaged otherwise"
    assert report.confirmed == report.dataset.confirmed
    fresh = build(options.replaced(out=str(tmp_path / "fresh")))
    assert report.dataset.version == fresh.dataset.version != before.dataset.version
    assert shards_of(report) == shards_of(fresh)
    described = described_dataset(report.url)
    assert described is not None and described.confirmed == report.dataset.confirmed
    assert f"| code before, set hand | {code}: 2 of its samples" in files_of(report.url)["README.md"].decode()

    again = build(options.replaced(confirm_code=2))
    assert again.unchanged and again.warnings == (
        f"--confirm-code: version {report.dataset.version} exists already; {NOTHING}",
    )
    more = options.replaced(recipe=str(Path(options.recipe)), max_failed=0.5)
    later = build(more.replaced(confirm_code=1))
    assert later.warnings == (
        f"--confirm-code: the code is that of version {report.dataset.version}; {NOTHING}",
    )
    assert (later.samples_rendered, later.reused, later.confirmed) == (0, 6, ())
    assert changes(later) == changes(report), "its samples are as old as before"
    change_code("c" * 64)
    last = build(more.replaced(confirm_code=9))
    assert changes(last) == [
        (name, *values) for name in ("randocc", "hand") for values in ((code, 2), ("b" * 64, 5))
    ]


def test_a_set_with_a_difference_is_rendered_and_the_others_are_kept(
    options: BuildOptions,
    before: BuildReport,
    change_code: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    change_code("b" * 64)
    rendered = sample.encode

    def encode(composite: Any, description: dict[str, Any], *, clean: bool) -> dict[str, bytes]:
        members = rendered(composite, description, clean=clean)
        if description["set"] == "randocc":
            members["jpg"] = encode_jpeg(255 - composite.image)
        return members

    monkeypatch.setattr(sample, "encode", encode)
    report = build(options.replaced(confirm_code=1))
    (warning,) = report.warnings
    assert warning.startswith("--confirm-code: set randocc: sample randocc-00000-00")
    assert warning.endswith(": expected its stored jpg, got another; the set is rendered")
    assert (report.samples_rendered, report.samples_copied) == (5, 5)
    assert [name for name, *_ in changes(report)] == ["hand"]
    assert shards_of(report) == shards_of(build(options.replaced(out=str(tmp_path / "fresh"))))


def test_without_an_earlier_version_all_is_rendered(options: BuildOptions) -> None:
    report = build(options.replaced(confirm_code=3))
    (warning,) = report.warnings
    assert warning == "--confirm-code: expected an earlier version to compare with, got none; all is rendered"
    assert report.samples_rendered == 10


def test_other_inputs_than_those_of_the_stored_samples_are_rendered(
    options: BuildOptions, before: BuildReport, change_code: Callable[[str], None]
) -> None:
    change_code("b" * 64)
    report = build(options.replaced(confirm_code=3, seed=7))
    assert report.samples_rendered == 10 and changes(report) == []
    assert report.warnings == tuple(
        f"--confirm-code: set {name}: expected samples of version {before.dataset.version} with equal inputs, "
        "recipe and libraries, got none; the set is rendered"
        for name in ("randocc", "hand")
    )


def test_the_code_of_an_earlier_release_s_set_follows_where_no_network_ran(
    options: BuildOptions, before: BuildReport, change_code: Callable[[str], None]
) -> None:
    described = read_dataset(before.url)
    assert described.code_by_set == dict.fromkeys(("randocc", "hand"), described.code_version)
    older = replace(described, code_by_set={})
    assert (code_of(older, "hand"), code_of(older, "another")) == (described.code_version, None)
    with_network = replace(older, networks={"harmoniser": {"name": "rainnet"}})
    assert code_of(with_network, "hand") is None

    change_code("b" * 64)
    plan = plan_job(options).plan
    _, remarks = checks_of(plan, with_network)
    assert remarks[0] == (
        f"--confirm-code: set randocc: expected version {described.version} to state the code of its samples, "
        "got none; the set is rendered"
    )
    (Path(before.url) / DATASET_INDEX).write_bytes(older.encode())
    report = build(options.replaced(confirm_code=1))
    assert report.samples_copied == 10


def checks_of(plan: Plan, latest: Dataset) -> tuple[object, tuple[str, ...]]:
    return plan_checks(1, plan, plan.shards, Reused(records={}, latest=latest))


def test_a_record_claims_what_was_compared(
    options: BuildOptions, before: BuildReport, change_code: Callable[[str], None]
) -> None:
    for path in Path(before.url).glob("*hand*.tar"):
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    change_code("b" * 64)
    report = build(options.replaced(confirm_code=2))
    code = before.dataset.code_version
    assert report.confirmed == (ConfirmedCode(set="randocc", code=code, samples=2),)
    assert "--confirm-code: set hand: no stored sample can be read; the set is rendered" in report.warnings
    assert (report.samples_rendered, report.samples_copied) == (5, 5)
