from __future__ import annotations

import re

import pytest

from natocc.files.content.jpeg_scans import lacks_scans
from tests.raw_trees import encoded, portrait

PROGRESSIVE = encoded(portrait(64, 64), progressive=True)
SCANS = [found.start() for found in re.finditer(rb"\xff\xda", PROGRESSIVE)]


def test_a_whole_jpeg_lacks_nothing() -> None:
    assert len(SCANS) == 10
    for data in (
        PROGRESSIVE,
        encoded(portrait(64, 64)),
        encoded(portrait(64, 64)[..., 0], progressive=True),
        encoded(portrait(64, 64), restart_marker_rows=1, comment=b"\xff\xda\xff\xd9"),
    ):
        assert not lacks_scans(data) and not lacks_scans(data + PROGRESSIVE[: SCANS[1]])


@pytest.mark.parametrize("kept", range(1, 10))
def test_a_jpeg_cut_between_scans_lacks_the_others(kept: int) -> None:
    assert lacks_scans(PROGRESSIVE[: SCANS[kept]] + b"\xff\xd9")


def test_any_scan_that_is_missing_is_seen() -> None:
    ends = [*SCANS[1:], len(PROGRESSIVE) - 2]
    # The tables of the next scan follow each scan; a later scan of lower bits needs no earlier one to count.
    assert lacks_scans(PROGRESSIVE[: SCANS[8]] + PROGRESSIVE[ends[8] :])
    assert lacks_scans(PROGRESSIVE[: SCANS[9]] + PROGRESSIVE[ends[9] :])


def test_what_is_no_jpeg_has_no_fault_of_scans() -> None:
    for data in (b"", b"text", PROGRESSIVE[:40], b"\xff\xd8\xff\xc0\0\x03\x08", bytes(90)):
        assert not lacks_scans(data)
