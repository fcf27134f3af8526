from __future__ import annotations

from pathlib import Path

import pytest

from manifests.history import read_history
from manifests.withdrawn import (
    WITHDRAWN,
    ReplacedVersion,
    WithdrawalRecord,
    WithdrawnInput,
    add_to_withdrawal_record,
    read_withdrawal_record,
)
from natocc.document import BadDocument

ADA = WithdrawnInput(what="person", name="Ada", input="ada", date="2026-01-02")
SOON, LATER = "2026-01-01T00:00:00+00:00", "2027-01-01T00:00:00+00:00"


def test_what_is_there_stays_and_the_earliest_time_counts(tmp_path: Path) -> None:
    root = str(tmp_path)
    assert read_withdrawal_record(root) == WithdrawalRecord()
    again = WithdrawnInput(what="person", name="Ada", date="2026-09-09")
    bob = WithdrawnInput(what="person", name="Bob")
    add_to_withdrawal_record(root, [ADA], [ReplacedVersion(version="a", by=None, gone=LATER)])
    add_to_withdrawal_record(root, [again, bob], [ReplacedVersion(version="a", by="b", gone=SOON)])
    add_to_withdrawal_record(root, [], [ReplacedVersion(version="a", by=None, gone=LATER)])
    record = read_withdrawal_record(root)
    assert record.inputs == (ADA, bob)
    assert record.versions == (ReplacedVersion(version="a", by="b", gone=SOON),)
    assert record.replaced("a") == record.versions[0] and record.replaced("b") is None
    assert [path.name for path in tmp_path.iterdir()] == [WITHDRAWN], "no lock is left"


def test_a_damaged_record_is_named_and_never_taken_for_an_empty_one(tmp_path: Path) -> None:
    root = str(tmp_path)
    add_to_withdrawal_record(root, [ADA])
    text = (tmp_path / WITHDRAWN).read_text()
    for damaged in ("", text[:-9], text.replace("Ada", "Bob")):
        (tmp_path / WITHDRAWN).write_text(damaged)
        for read in (read_withdrawal_record, read_history):
            with pytest.raises(BadDocument, match=r"withdrawn\.json: .*run `natocc withdraw` again"):
                read(root)
