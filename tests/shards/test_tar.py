from __future__ import annotations

import hashlib
import io
import os
import subprocess
import tarfile
from pathlib import Path

import pytest
import skimage.data
import webdataset
from hypothesis import given
from hypothesis import strategies as st

from natocc.codecs import encode_jpeg, encode_png
from shards.tar import MTIME, TarWriter, add_sample, iterate, pack

KEYS = st.from_regex(r"[a-z0-9_-]{1,40}", fullmatch=True)
MEMBERS = st.dictionaries(
    st.sampled_from(["jpg", "mask.png", "alpha.png", "json"]), st.binary(max_size=1500), min_size=1
)
SAMPLES = st.lists(st.tuples(KEYS, MEMBERS), max_size=6, unique_by=lambda sample: sample[0])


def portrait() -> dict[str, bytes]:
    picture = skimage.data.astronaut()[:64, 180:244].copy()
    return {"jpg": encode_jpeg(picture), "mask.png": encode_png(picture[..., 0].copy()), "json": b"{}"}


@given(SAMPLES)
def test_what_goes_in_comes_out_in_order(samples: list[tuple[str, dict[str, bytes]]]) -> None:
    data = pack(samples)
    assert list(iterate(data)) == samples
    assert pack(samples) == data, "and the bytes are the same again"


@given(SAMPLES)
def test_spans_say_where_the_bytes_lie(samples: list[tuple[str, dict[str, bytes]]]) -> None:
    stream = io.BytesIO()
    writer = TarWriter(stream)
    spans = [add_sample(writer, key, members) for key, members in samples]
    writer.close()
    for (_, members), found in zip(samples, spans, strict=True):
        for name, span in found.items():
            assert stream.getvalue()[span.offset : span.offset + span.size] == members[name]


def test_bytes_depend_on_nothing_but_content(monkeypatch: pytest.MonkeyPatch) -> None:
    first = pack([("00000-000", portrait())])
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("USER", "somebody")
    before = os.umask(0o077)
    try:
        assert pack([("00000-000", portrait())]) == first
    finally:
        os.umask(before)


def test_other_readers_list_fixed_owner_time_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(pack([("00000-000", portrait()), ("00001-000", portrait())]))
    with tarfile.open(path) as tar:
        for info in tar:
            assert (info.uid, info.gid, info.uname, info.gname) == (0, 0, "", "")
            assert (info.mtime, info.mode, info.isreg()) == (MTIME, 0o644, True)
    listing = subprocess.run(["tar", "--utc", "-tvf", str(path)], capture_output=True, text=True, check=True)
    assert listing.stderr == "", "nothing to complain about"
    lines = [line.split() for line in listing.stdout.splitlines()]
    assert [line[-1] for line in lines] == [
        f"0000{n}-000.{name}" for n in (0, 1) for name in ("jpg", "mask.png", "json")
    ]
    assert {tuple(line[:2]) for line in lines} == {("-rw-r--r--", "0/0")}
    assert {tuple(line[3:5]) for line in lines} == {("2000-01-01", "00:00")}


# It leaves the file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_plain_webdataset_reads_the_samples(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    path.write_bytes(pack([("00000-000", portrait()), ("00001-000", portrait())]))
    dataset = webdataset.WebDataset(str(path), shardshuffle=False).decode("rgb8")
    read = list(dataset)
    assert [sample["__key__"] for sample in read] == ["00000-000", "00001-000"]
    for sample in read:
        assert sample["jpg"].shape == (64, 64, 3) and sample["json"] == {}
        assert sample["mask.png"].shape[:2] == (64, 64)


@pytest.mark.parametrize("key", ["a.b", "folder/a", "", "."])
def test_a_key_that_a_reader_would_cut_is_refused(key: str) -> None:
    # The released code names a.b.jpg and a.c.jpg alike: one overwrites the other.
    stream = io.BytesIO()
    with pytest.raises(ValueError, match="sample key: expected no dot and no slash, got"):
        add_sample(TarWriter(stream), key, {"jpg": b""})
    assert stream.getvalue() == b""


def test_a_name_too_long_for_the_format_is_refused_not_cut() -> None:
    with pytest.raises(ValueError, match="name is too long"):
        pack([("a" * 120, {"jpg": b""})])


def test_unicode_keys_survive() -> None:
    samples = [("gesicht-äöü-顔", {"jpg": b"x"})]
    assert list(iterate(pack(samples))) == samples


@pytest.mark.parametrize("cut", [100, 700, 2000])
def test_a_torn_file_is_an_error_not_a_shorter_shard(cut: int) -> None:
    data = pack([("00000-000", {"jpg": bytes(3000)})])
    with pytest.raises(tarfile.TarError):
        list(iterate(data[:cut]))


def test_a_link_in_the_tar_is_refused() -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as tar:
        info = tarfile.TarInfo("00000.jpg")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/hostname"
        tar.addfile(info)
    with pytest.raises(
        ValueError, match=r"00000\.jpg: expected a plain file in the tar, got a link or folder"
    ):
        list(iterate(stream.getvalue()))


def test_spans_of_a_file_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with path.open("wb") as stream:
        writer = TarWriter(stream)
        spans = add_sample(writer, "00000", portrait())
        writer.close()
    for name, span in spans.items():
        assert path.read_bytes()[span.offset : span.offset + span.size] == portrait()[name]


def test_size_and_hash_are_those_of_what_was_written(tmp_path: Path) -> None:
    with (tmp_path / "a.tar").open("wb") as stream:
        writer = TarWriter(stream)
        add_sample(writer, "00000", portrait())
        writer.close()
    data = (tmp_path / "a.tar").read_bytes()
    assert (writer.size, writer.sha256) == (len(data), hashlib.sha256(data).hexdigest())
