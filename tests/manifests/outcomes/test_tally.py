from __future__ import annotations

from manifests.outcomes.tally import OutcomeTally
from manifests.rows import table_of
from tests.manifests.inputs import row


def test_rows_of_several_tables_are_counted_together() -> None:
    tally = OutcomeTally()
    assert (len(tally), tally.counts, tally.counts_by_set) == (0, {"kept": 0, "rejected": 0, "failed": 0}, {})
    tally.add(table_of([row(0), row(1, verdict="rejected", reason="hidden_too_much")]))
    failed = {"verdict": "failed", "reason": "ValueError: x", "shard": "b.tar"}
    tally.add(table_of([row(2, set="other"), row(3, **failed), row(4, **failed | {"shard": "c.tar"})]))
    tally.add(table_of([]))
    assert len(tally) == 5 and tally.counts == {"kept": 2, "rejected": 1, "failed": 2}
    assert tally.counts_by_set == {
        "hand": {"kept": 1, "rejected": 1, "failed": 2},
        "other": {"kept": 1, "rejected": 0, "failed": 0},
    }
    assert tally.shards_with_failures == ("b.tar", "c.tar") and tally.first_failed == row(3).key
    assert list(tally.reasons("rejected")) == [("rejected", "hidden_too_much", 1)]
    assert list(tally.reasons("kept", "failed", of_set="other")) == [("kept", "", 1)]
