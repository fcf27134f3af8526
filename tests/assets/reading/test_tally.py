from __future__ import annotations

from assets.reading.tally import Tally


def test_all_are_counted_and_three_are_named() -> None:
    tally = Tally()
    assert not tally
    texts = []
    for name in "abcd":
        tally.add(name)
        texts.append(str(tally))
    assert texts == ["1 (a)", "2 (a, b)", "3 (a, b, c)", "4 (a, b, c, …)"]
    assert tally
