"""The outcomes of many samples, counted from tables of their rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

import pyarrow as pa
import pyarrow.compute as pc

from manifests.rows import Row

# The outcomes of a sample.
OUTCOMES = ("kept", "rejected", "failed")


def count_outcomes(rows: Iterable[Row]) -> dict[str, int]:
    """The number of rows of each outcome, in the order of ``OUTCOMES``."""
    counts = Counter(row.verdict for row in rows)
    return {verdict: counts[verdict] for verdict in OUTCOMES}


class OutcomeTally:
    """Rows by set, verdict and reason; the failed ones by shard, with the first."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str, str]] = Counter()
        self._shards: dict[str, None] = {}
        self.first_failed = ""

    def add(self, table: pa.Table) -> None:
        """Count a table of rows."""
        columns = [table[name].to_pylist() for name in ("set", "verdict", "reason")]
        self._rows.update(zip(*columns, strict=True))
        failed = table.filter(pc.equal(table["verdict"], "failed"))
        if failed.num_rows:
            self._shards |= dict.fromkeys(failed["shard"].to_pylist())
            self.first_failed = self.first_failed or failed["key"][0].as_py()

    def __len__(self) -> int:
        return self._rows.total()

    @property
    def shards_with_failures(self) -> tuple[str, ...]:
        """The files of the shards in which a sample failed."""
        return tuple(self._shards)

    @property
    def counts(self) -> dict[str, int]:
        """The number of rows of each outcome, in the order of ``OUTCOMES``."""
        return self._counts(self._rows)

    @property
    def counts_by_set(self) -> dict[str, dict[str, int]]:
        by_set: dict[str, Counter[tuple[str, str, str]]] = defaultdict(Counter)
        for row, count in self._rows.items():
            by_set[row[0]][row] = count
        return {name: self._counts(rows) for name, rows in by_set.items()}

    @staticmethod
    def _counts(rows: Counter[tuple[str, str, str]]) -> dict[str, int]:
        return {
            outcome: sum(count for (_, verdict, _), count in rows.items() if verdict == outcome)
            for outcome in OUTCOMES
        }

    def reasons(self, *verdicts: str, of_set: str | None = None) -> Iterator[tuple[str, str, int]]:
        """Verdict, reason and number of rows of these verdicts, of one set or of all."""
        for (name, verdict, reason), count in self._rows.items():
            if verdict in verdicts and of_set in (None, name):
                yield verdict, reason, count
