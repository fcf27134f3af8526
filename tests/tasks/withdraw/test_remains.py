from __future__ import annotations

from dataclasses import replace

from manifests.rows import Row
from tasks.withdraw.plan import AffectedVersion
from tasks.withdraw.remains import find_rebuild, lost_samples
from tasks.withdraw.versions import StoredVersion, read_versions
from tests.tasks.withdraw.conftest import Place


def stored(made: Place, name: str) -> StoredVersion:
    return next(one for one in read_versions(str(made.dataset)).versions if one.dataset.version == name)


def test_a_sample_is_lost_unless_it_was_withdrawn_or_has_another_occluder(made: Place) -> None:
    rows = stored(made, made.latest).rows()
    keys = [row.key for row in rows]
    assert lost_samples(rows, set(), rows) == [] and lost_samples(rows, {keys[0]}, rows[1:]) == []
    assert lost_samples(rows, {keys[0]}, rows[2:]) == [keys[1]]

    def rejected(row: Row, occluder: str | None) -> list[Row]:
        return [replace(row, verdict="rejected", occluder_id=occluder), *rows[1:]]

    assert lost_samples(rows, set(), rejected(rows[0], "another")) == []
    assert lost_samples(rows, set(), rejected(rows[0], rows[0].occluder_id)) == [keys[0]]
    assert lost_samples(rejected(rows[0], None), set(), rows[1:]) == [], "it was not kept before"


def test_a_version_of_another_limit_is_no_rebuild(made: Place) -> None:
    latest, old = stored(made, made.latest), stored(made, made.old)
    beyond = {row.key for row in latest.rows()} - {row.key for row in old.rows()}
    one = AffectedVersion(version=latest, keys=frozenset(beyond))
    assert find_rebuild(one, [one]) is None
