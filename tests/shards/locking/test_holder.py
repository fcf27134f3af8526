from __future__ import annotations

import os
import sys

import pytest

from shards.locking.holder import InUse, Patience, describe_self, in_use, name_holder


def test_a_process_describes_itself_without_passwords_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["/x/natocc/__main__.py", "build", "--out", "s3://user:secret@host/a b", "x" * 300]
    monkeypatch.setattr(sys, "argv", words)
    row = describe_self()
    assert row["command"].startswith("natocc build --out 's3://host/a b' xxx") and len(row["command"]) == 200
    assert f"(process {os.getpid()} on {row['host']}, since {row['since']})" in name_holder(row)
    assert str(in_use("there", "x")).startswith("there: expected no other run that writes here, got x; wait")
    with pytest.raises(KeyError):
        name_holder({})


def test_patience_ends_with_the_holder_s_name_or_never() -> None:
    Patience(None).require("there", "x")
    Patience(60.0).require("there", "x")
    with pytest.raises(InUse, match=r"^there: expected no other run that writes here, got x; rest$"):
        Patience(0.0, "rest").require("there", "x")
