"""The tally of a blind comparison: the preferences for the second rendition over the first."""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binomtest

from assets.problems import unreadable
from assets.text.strict_json import decode_json
from natocc.files.read import UnfitFile
from natocc.files.text import decode_text
from shards import storage

_ANSWERS = ("left", "right", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteTally:
    """Numbers of pairs by answer: preference for each rendition, no preference, not judged."""

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
        """The share of pairs that prefer the second rendition, among pairs with a preference."""
        return self.second / self.decided if self.decided else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's interval of the share, 95 per cent."""
        if not self.decided:
            return None
        limits = binomtest(self.second, self.decided).proportion_ci(0.95, method="wilson")
        return float(limits.low), float(limits.high)


def score(answers_url: str, key_url: str) -> tuple[tuple[str, str], list[VoteTally]]:
    """The two renditions, and the tallies: all pairs first, then each kind by name.

    Raises ValueError if the files are not answers and their key.
    """
    renditions, pairs = _read_key(key_url)
    answers = _read_answers(answers_url, pairs, key_url)
    chosen: dict[str, list[str]] = {"all": []}
    for name, pair in sorted(pairs.items()):
        answer = str(answers.get(name, "unanswered"))
        choice = str(pair[answer]) if answer in ("left", "right") else answer
        chosen["all"].append(choice)
        chosen.setdefault(pair["kind"], []).append(choice)
    kinds = ["all", *sorted(chosen.keys() - {"all"})]
    return renditions, [_tally(kind, chosen[kind], renditions) for kind in kinds]


def _read_key(url: str) -> tuple[tuple[str, str], dict[str, dict[str, str]]]:
    """The renditions of a comparison, and its pairs by name."""
    key = _read(url, "a key")
    pairs, renditions = key.get("pairs"), key.get("looks")
    if not isinstance(renditions, list) or len(renditions) != 2 or not isinstance(pairs, dict) or not pairs:
        raise ValueError(f"{url}: expected the key.json of a comparison, got other JSON")
    if not all(_is_pair(pair, renditions) for pair in pairs.values()):
        raise ValueError(f"{url}: expected the key.json of a comparison, got other JSON")
    if key.get("plain"):
        raise ValueError(f"{url}: expected the key of blind pairs, got that of a plain comparison")
    return (renditions[0], renditions[1]), pairs


def _read_answers(url: str, pairs: dict[str, dict[str, str]], key_url: str) -> dict[str, object]:
    """The answers by the pair's name; pairs that are not judged yet are missing."""
    answers = _read(url, "answers")
    if foreign := sorted(answers.keys() - pairs.keys()):
        raise ValueError(
            f"{url}: expected pairs of {key_url}, got {len(foreign)} that it lacks, the first "
            f"{foreign[0]!r}; give the key of the same comparison"
        )
    if wrong := [name for name in sorted(answers) if answers[name] not in _ANSWERS]:
        got = f"{answers[wrong[0]]!r} for {wrong[0]}"
        raise ValueError(f"{url}: expected left, right or none for every pair, got {got}")
    return answers


def _is_pair(pair: object, renditions: list[object]) -> bool:
    """Return whether a pair has its kind and both renditions on its sides."""
    if not isinstance(pair, dict) or not isinstance(pair.get("kind"), str):
        return False
    return sorted(map(str, (pair.get("left"), pair.get("right")))) == sorted(map(str, renditions))


def _tally(kind: str, chosen: list[str], renditions: tuple[str, str]) -> VoteTally:
    return VoteTally(
        kind=kind,
        first=chosen.count(renditions[0]),
        second=chosen.count(renditions[1]),
        none=chosen.count("none"),
        unanswered=chosen.count("unanswered"),
    )


def describe_score(renditions: tuple[str, str], tallies: list[VoteTally]) -> list[str]:
    """The tally in words, a line each."""
    return [_line(renditions, tally) for tally in tallies]


def _line(renditions: tuple[str, str], tally: VoteTally) -> str:
    first, second = renditions
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
        data = decode_json(decode_text(storage.read_bytes(url), url), f"{what} as JSON", url)
    except UnfitFile as error:
        raise unreadable(error, f"{what} as JSON", url) from error
    if not isinstance(data, dict):
        raise ValueError(f"{url}: expected {what} as a JSON object, got {type(data).__name__}")
    return data
