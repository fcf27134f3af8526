"""The group of a picture, a missing set, a fingerprint."""

from __future__ import annotations

from tasks.benchmark.sets.picture import PictureFacts, fingerprint_of, missing_set


def test_a_group_is_the_person_else_the_photograph_else_the_picture() -> None:
    assert PictureFacts(key="a", person="p", photo="h").group == "p"
    assert PictureFacts(key="a", photo="h").group == "h"
    assert PictureFacts(key="a").group == "a"


def test_a_missing_set_has_a_reason_and_no_pictures() -> None:
    found = missing_set("a", "voo", "expected a bank, got none")
    assert (found.name, found.missing, found.facts) == ("a", "expected a bank, got none", ())
    assert list(found.read()) == []


def test_a_fingerprint_depends_on_the_name_and_on_every_part() -> None:
    prints = {
        fingerprint_of(name, parts) for name, parts in (("a", ["x", "y"]), ("b", ["x", "y"]), ("a", ["xy"]))
    }
    assert len(prints) == 3
