"""What is refused before anything is trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import optional_packages
from models.optional_packages import MissingExtra
from tasks.benchmark.options import BenchmarkOptions
from tasks.benchmark.run import prepare_benchmark
from tests.small_benchmark import SmallBenchmark, small_benchmark
from tests.small_version import occluded_face


def options_of(made: SmallBenchmark, out: Path, **changes: object) -> BenchmarkOptions:
    values: dict[str, object] = {"bank": made.bank, "device": "cpu"} | changes
    return BenchmarkOptions.for_run(benchmark=str(made.file), datasets=made.datasets, out=str(out), **values)


def test_no_test_set_at_all_is_an_error_that_says_why(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    made.change(test_datasets=[], sets=["RealOcc"], comparisons=[])
    with pytest.raises(
        ValueError, match=r"^tiny: expected at least one test set, got none: RealOcc: .*--bank"
    ):
        prepare_benchmark(options_of(made, tmp_path / "out", bank=None))


def test_a_comparison_on_another_set_is_told_the_sets(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    made.change(comparisons=[{"better": "both", "than": "alone", "set": "small/hand"}])
    with pytest.raises(ValueError, match=r"test sets RealOcc, RealOcc-Wild, small/heldout, got small/hand"):
        prepare_benchmark(options_of(made, tmp_path / "out"))


def test_datasets_without_a_version_are_named_with_the_command(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    (Path(made.datasets) / "plain" / "latest.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"got none of plain; run `natocc build plain`"):
        prepare_benchmark(options_of(made, tmp_path / "out"))


def test_an_arm_that_draws_occluders_needs_the_bank(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    plain = {"recipe": str(tmp_path / "plain.yaml")}
    arms = [
        {"name": name, "parts": [plain], "occlude": occlude}
        for name, occlude in (("alone", []), ("both", ["erase"]))
    ]
    made.change(arms=arms)
    with pytest.raises(ValueError, match=r"^--bank: expected the bank whose occluders the arm both draws"):
        prepare_benchmark(options_of(made, tmp_path / "out", bank=None))
    assert [run.arm.occlude for run in prepare_benchmark(options_of(made, tmp_path / "out")).runs][1] == (
        "erase",
    )


def test_what_a_folder_of_ones_own_leaves_out_is_told(tmp_path: Path) -> None:
    made = small_benchmark(tmp_path)
    folder = tmp_path / "mine"
    for name in ("img", "mask"):
        (folder / name).mkdir(parents=True)
    for number in (300, 301):
        members = occluded_face(number, split="test")
        (folder / "img" / f"{number}.jpg").write_bytes(members["jpg"])
        (folder / "mask" / f"{number}.png").write_bytes(members["mask.png"])
    (folder / "natocc.csv").write_text("file,split\nimg/300.jpg,train\n")
    prepared = prepare_benchmark(options_of(made, tmp_path / "out", own=(f"mine={folder}",)))
    assert [len(one.facts) for one in prepared.sets if one.name == "mine"] == [1]
    (problem,) = prepared.problems
    assert "300.jpg" in str(problem) and "left out" in str(problem)


def test_a_package_that_the_page_needs_is_asked_for_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = small_benchmark(tmp_path)
    monkeypatch.setattr(optional_packages, "find_spec", lambda name: None if name == "matplotlib" else name)
    with pytest.raises(MissingExtra, match=r"^natocc benchmark: .*extra benchmark, matplotlib not installed"):
        prepare_benchmark(options_of(made, tmp_path / "out"))
