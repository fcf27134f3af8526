"""Which entry of the registry a checkpoint belongs to."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.weights.registry import PublishedFile, RegistryEntry, registry
from models.identify import identify
from tasks.weights.match import choose_source, match_registry
from tasks.weights.source import WeightsSource
from tests.tasks.weights_files import tiny_rainnet

PATH = Path("archive.zip")
TINY, _ = identify(tiny_rainnet())


def published() -> tuple[RegistryEntry, PublishedFile]:
    """A published file with a whole hash, and its entry."""
    return next(
        (entry, file)
        for entry in registry().values()
        for file in entry.files
        if len(file.sha256) == 64 and not file.beside
    )


def source(file: str, sha256: str = "0" * 64, beside: str = "") -> WeightsSource:
    return WeightsSource(label=file, alone=True, file=file, sha256=sha256, beside=beside, read=tiny_rainnet)


def test_of_several_files_the_one_with_a_known_hash_is_meant() -> None:
    entry, file = published()
    by_hash, by_name = source("renamed.pth", file.sha256), source(file.name)
    assert choose_source([by_name, by_hash, source("other.pth")], PATH, None) is by_hash
    assert choose_source([by_name, source("other.pth")], PATH, None) is by_name
    assert choose_source([by_name, source("other.pth")], PATH, entry) is by_name
    assert choose_source([source("other.pth")], PATH, None).file == "other.pth"


@pytest.mark.parametrize(
    ("files", "listed"), [((), "none"), (("a.pth", "b.pth"), "a.pth, b.pth"), ("abcdefghij", "a, b, c, d")]
)
def test_a_choice_that_is_left_open_lists_the_files(files: tuple[str, ...], listed: str) -> None:
    with pytest.raises(ValueError, match=f"archive.zip: expected one file of weights .* got {listed}"):
        choose_source([source(file) for file in files], PATH, None)


def test_a_known_hash_decides_whatever_the_file_is_called() -> None:
    entry, file = published()
    match = match_registry(source("renamed.pth", file.sha256), TINY, {}, None)
    assert (match.entry, match.published, match.remarks) == (entry, file, ())
    other = next(one for one in registry().values() if one is not entry)
    with pytest.raises(
        ValueError, match=f"expected weights of {other.name}, got .* {entry.name}; leave --as"
    ):
        match_registry(source("renamed.pth", file.sha256), TINY, {}, other)


def test_the_weights_of_a_pair_count_with_their_own_param_file_alone() -> None:
    pairs = [(entry, file) for entry in registry().values() for file in entry.files if file.beside]
    assert pairs, "the registry knows a pair"
    entry, file = pairs[0]
    pair = source(file.name, file.sha256, file.beside)
    assert match_registry(pair, TINY, {}, None).published == file
    with pytest.raises(ValueError, match=f"for {entry.name}, got rainnet"):
        match_registry(source(file.name, file.sha256, "f" * 64), TINY, {}, entry)


def test_a_header_counts_with_the_tensors_of_that_import_alone() -> None:
    _, file = published()
    match = match_registry(source("mine.pth"), TINY, {"source_sha256": file.sha256}, None)
    assert match.published is None and match.entry.name == "rainnet-own"


def test_weights_that_are_not_published_need_no_remark() -> None:
    assert match_registry(source("mine.pth"), TINY, {}, None).remarks == ()
