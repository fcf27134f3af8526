"""Every command that writes tries its output before it works, and says in one line what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from commands.main import app
from tests.harmonizer_photos import photo_folders
from tests.raw_trees import whole_tree
from tests.s3_server import S3Server
from tests.scored_faces import scored_bank
from tests.small_version import small_version
from tests.upscaler_training import photographs

# Trainings that would outlast the test, if they began.
LONG = ("--steps", "1000000", "--batch", "1")
# In these, OUT is a local path alone; in the first ones it may be a URL.
LOCAL = {
    "sample": ("sample", "--out", "OUT", "--tier", "pypi"),
    "demo": ("demo", "--out", "OUT", "--tier", "pypi"),
    "review export": ("review", "export", "--bank", "SCORED", "--out", "OUT"),
    "replay": ("replay", "VERSION", "key", "--bank", "BANK", "--out", "OUT"),
}
ANY = {
    "build": ("build", "sample", "--bank", "BANK", "--out", "OUT", "--limit", "2"),
    "prepare": ("prepare", "--raw", "RAW", "--bank", "OUT"),
    "preview": ("preview", "VERSION", "--out", "OUT/sheet.png"),
    "preview --compare": ("preview", "BANK", "--compare", "code", "best", "--out", "OUT"),
    "partition": ("partition", "--bank", "BANK", "--out", "OUT"),
    "correct-masks": ("correct-masks", "--bank", "SCORED", "--raw", "RAW", "--out", "OUT"),
    "train-segmenter": ("train-segmenter", "VERSION", "--out", "OUT", "--size", "64", *LONG),
    "train-harmoniser": ("train-harmoniser", "--photos", "PHOTOS", "--masks", "MASKS", "--out", "OUT", *LONG),
    "train-upscaler": ("train-upscaler", "--photos", "SMALL", "--train-prior", "--out", "OUT", *LONG),
}


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory, bank_url: str) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("places")
    whole_tree(folder / "raw")
    photos, masks = photo_folders(folder)
    return {
        "BANK": bank_url,
        "SCORED": scored_bank(str(folder / "scored")),
        "RAW": str(folder / "raw"),
        "VERSION": small_version(str(folder / "version")),
        "PHOTOS": photos,
        "MASKS": masks,
        "SMALL": photographs(folder / "small"),
    }


def run(words: tuple[str, ...], places: dict[str, str], out: str) -> Result:
    line = [places.get(word, word.replace("OUT", out)) for word in words]
    return CliRunner().invoke(app, line)


def one_error(result: Result) -> str:
    assert result.exit_code in (1, 2), result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1 and len(result.stderr.splitlines()) == 1, result.output
    return errors[0]


@pytest.fixture()
def closed() -> Iterator[str]:
    """A place that root may not write either."""
    yield "/sys/natocc"
    assert not Path("/sys/natocc").exists()


@pytest.mark.parametrize("name", [*LOCAL, *ANY])
def test_a_folder_that_can_t_be_written_is_found_before_the_work(
    places: dict[str, str], closed: str, name: str
) -> None:
    error = one_error(run((LOCAL | ANY)[name], places, closed))
    assert f"{closed}: expected a folder that can be written, got an error (" in error


@pytest.mark.parametrize("name", [*LOCAL, *ANY])
def test_a_file_in_the_way_is_found_before_the_work(
    places: dict[str, str], tmp_path: Path, name: str
) -> None:
    (tmp_path / "file").write_bytes(b"")
    error = one_error(run((LOCAL | ANY)[name], places, f"{tmp_path}/file/out"))
    assert f"the file {tmp_path}/file" in error or f"got a file ({tmp_path}/file)" in error
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", [*LOCAL, *ANY])
@pytest.mark.parametrize("around", ["VERSION", "BANK"])
def test_no_output_goes_into_a_version_or_a_bank(places: dict[str, str], around: str, name: str) -> None:
    before = sorted(Path(places[around]).rglob("*"))
    result = run((LOCAL | ANY)[name], places, f"{places[around]}/new")
    assert result.exit_code == 2, result.output
    assert f"in the {around.lower()} {places[around]}; name another" in result.output
    assert sorted(Path(places[around]).rglob("*")) == before


@pytest.mark.parametrize("name", ANY)
def test_a_misspelt_bucket_is_found_before_the_work(s3: S3Server, places: dict[str, str], name: str) -> None:
    error = one_error(run(ANY[name], places, "s3://misspelt/out"))
    assert ": expected the bucket misspelt, got none of this name; correct the name, or create it" in error
    assert "misspelt" not in [found["Name"] for found in s3.client.list_buckets()["Buckets"]]


@pytest.mark.parametrize("name", LOCAL)
def test_a_url_is_no_local_folder(
    places: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    error = one_error(run(LOCAL[name], places, "s3://bucket/out"))
    assert error == "error: --out: expected a local path, got 's3://bucket/out'"
    assert list(tmp_path.iterdir()) == [], "no folder s3:"


def test_another_kind_of_training_is_found_before_the_work(places: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "upscaler.safetensors").write_bytes(b"")
    for name in ("train-segmenter", "train-harmoniser"):
        assert "got upscaler.safetensors of a training of an upscaler; use another --out" in one_error(
            run(ANY[name], places, str(tmp_path))
        )
