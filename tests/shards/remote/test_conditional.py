from __future__ import annotations

import pytest

from shards.remote.conditional import (
    ConditionFailed,
    NoConditions,
    conditional_object,
    knows_conditions,
    read_found,
    remove_if,
    write_if,
)
from tests.s3_server import S3Server


def test_a_write_or_a_removal_on_a_condition_happens_where_it_holds(s3: S3Server) -> None:
    place = conditional_object(f"{s3.bucket('conditions')}/folder/object")
    assert read_found(place) is None
    with pytest.raises(ConditionFailed):
        write_if(place, b"0", etag='"0"')
    first = write_if(place, b"1")
    with pytest.raises(ConditionFailed):
        write_if(place, b"2")
    second = write_if(place, b"2", etag=first)
    with pytest.raises(ConditionFailed):
        write_if(place, b"3", etag=first)
    with pytest.raises(ConditionFailed):
        remove_if(place, first)
    found = read_found(place)
    assert found is not None and (found.data, found.etag) == (b"2", second) and 0 <= found.age < 30
    assert knows_conditions(place, b"4")
    remove_if(place, second)
    assert read_found(place) is None


def test_other_storage_has_no_conditions(s3: S3Server) -> None:
    with pytest.raises(NoConditions):
        conditional_object("memory://folder/object")
    with pytest.raises(FileNotFoundError, match="expected the bucket misspelt, got none of this name"):
        conditional_object("s3://misspelt/object")
