"""The tally of a blind comparison: how often the second look was preferred over the first."""

from __future__ import annotations

import json
from dataclasses import dataclass

from scipy.stats import binomtest

from shards import storage

_ANSWERS = ("left", "right", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts of pairs: which look was preferred, none of them, and not judged."""

    kind: str
    first: int = 0
    second: int = 0
    none: int = 0
    unanswered: int = 0

    @property
    def decided(self) -> int:
        return self.first + self.second

    @property
    def share(self) -> float | None:
        """Of the pairs with a preference, the share that prefers the second look."""
        return self.second / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of the share, 95 per cent."""
        if not self.decided:
            return None
        found = binomtest(self.second, self.decided).proportion_ci(0.95, method="wilson")
        return float(found.low), float(found.high)


def score(answers_url: str, key_url: str) -> tuple[tuple[str, str], list[Tally]]:
    """The two looks, and the tallies: all pairs first, then each kind by name.

    Raises ValueError where the files are not answers and their key.
    """
    key, answers = _read(key_url, "a key"), _read(answers_url, "answers")
    pairs, looks = key.get("pairs"), key.get("looks")
    if not isinstance(looks, list) or len(looks) != 2 or not isinstance(pairs, dict) or not pairs:
        raise ValueError(f"{key_url}: expected the key.json of a comparison, got other JSON")
    if not all(_is_pair(pair, looks) for pair in pairs.values()):
        raise ValueError(f"{key_url}: expected the key.json of a comparison, got other JSON")
    if key.get("plain"):
        raise ValueError(f"{key_url}: expected the key of blind pairs, got that of a plain comparison")
    if strange := sorted(answers.keys() - pairs.keys()):
        raise ValueError(
            f"{answers_url}: expected pairs of {key_url}, got {len(strange)} that it lacks, the first "
            f"{strange[0]!r}; give the key of the same comparison"
        )
    if wrong := [name for name in sorted(answers) if answers[name] not in _ANSWERS]:
        got = f"{answers[wrong[0]]!r} for {wrong[0]}"
        raise ValueError(f"{answers_url}: expected left, right or none for every pair, got {got}")
    counts: dict[str, list[str]] = {"all": []}
    for name, pair in sorted(pairs.items()):
        answer = str(answers.get(name, "unanswered"))
        chosen = str(pair[answer]) if answer in ("left", "right") else answer
        counts["all"].append(chosen)
        counts.setdefault(pair["kind"], []).append(chosen)
    return (looks[0], looks[1]), [_tally(kind, counts[kind], looks) for kind in _all_first(counts)]


def _is_pair(pair: object, looks: list[object]) -> bool:
    """Whether a pair has its kind and both looks on its sides."""
    if not isinstance(pair, dict) or not isinstance(pair.get("kind"), str):
        return False
    return sorted(map(str, (pair.get("left"), pair.get("right")))) == sorted(map(str, looks))


def _all_first(counts: dict[str, list[str]]) -> list[str]:
    return ["all", *sorted(counts.keys() - {"all"})]


def _tally(kind: str, chosen: list[str], looks: list[str]) -> Tally:
    return Tally(
        kind=kind,
        first=chosen.count(looks[0]),
        second=chosen.count(looks[1]),
        none=chosen.count("none"),
        unanswered=chosen.count("unanswered"),
    )


def describe_score(looks: tuple[str, str], tallies: list[Tally]) -> list[str]:
    """The tally in words, a line each."""
    return [_line(looks, tally) for tally in tallies]


def _line(looks: tuple[str, str], tally: Tally) -> str:
    first, second = looks
    counts = f"{second} {tally.second}, {first} {tally.first}, no preference {tally.none}"
    if tally.unanswered:
        counts += f", not judged {tally.unanswered}"
    if tally.share is None or tally.interval is None:
        return f"{tally.kind}: {counts}"
    low, high = tally.interval
    return (
        f"{tally.kind}: {counts}; {second} preferred in {100 * tally.share:.0f} % of {tally.decided} decided "
        f"(95 % interval {100 * low:.0f}–{100 * high:.0f} %)"
    )


def _read(url: str, what: str) -> dict[str, object]:
    try:
        data = json.loads(storage.read_bytes(url))
    except ValueError as error:
        raise ValueError(f"{url}: expected {what} as JSON, got {error}") from error
    if not isinstance(data, dict):
        raise ValueError(f"{url}: expected {what} as a JSON object, got {type(data).__name__}")
    return data
