"""What a withdrawal means, found before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from itertools import chain
from pathlib import Path

from assets.bank.reader import Bank
from assets.bank.writer import FORMER_INDEX
from assets.text.withdrawals import Withdrawal, read_withdrawals
from assets.wording import count_of
from natocc.document import MissingDocument
from natocc.files.show import one_line
from natocc.kinds import ENTRY_KINDS, FACE
from shards import storage
from tasks.withdraw.find import KnownInput, Meaning, as_input, inputs_of
from tasks.withdraw.options import WithdrawOptions
from tasks.withdraw.rebuild import RemainingBank, check_buildable, prepare_options
from tasks.withdraw.same_tree import check_beside, check_lacking
from tasks.withdraw.spelling import check_is_input, files_named, spelt_names
from tasks.withdraw.versions import StoredVersion, read_versions

# Names that a message offers.
_OFFERED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class AffectedVersion:
    """A version with samples of the input: the keys of their rows, kept or not."""

    version: StoredVersion
    keys: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalPlan:
    """What a withdrawal means. Nothing is written yet."""

    options: WithdrawOptions
    raw: Path
    # As what the input was found: person, photograph, a kind of entry, file, or withdrawn before.
    roles: tuple[str, ...]
    # Entries of the bank that go.
    entries: tuple[KnownInput, ...]
    # The rows of the ban, those that are there included.
    rows: tuple[Withdrawal, ...]
    affected: tuple[AffectedVersion, ...]
    # Whether an earlier preparation of the bank was cut off.
    unfinished: bool
    remarks: tuple[str, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Entries of the bank by kind."""
        return dict(Counter(entry.kind for entry in self.entries))

    @property
    def latest(self) -> tuple[AffectedVersion, ...]:
        return tuple(one for one in self.affected if one.version.latest)

    @property
    def older(self) -> tuple[AffectedVersion, ...]:
        return tuple(one for one in self.affected if not one.version.latest)


def plan_withdrawal(options: WithdrawOptions) -> WithdrawalPlan:
    """Find what the input means, over bank, versions and raw folder.

    Raises ValueError for an unknown input, with the nearest names; for versions that can't be read; for a
    raw folder that is not the bank's; RecipeError where a latest version could not be built again.
    """
    if options.raw is None:
        raise ValueError("--raw: expected the raw folder of the bank, which keeps the ban, got none")
    stored = read_versions(options.dataset)
    if stored.unreadable and (options.everywhere or stored.blocking):
        count = count_of(len(stored.unreadable), "versions")
        raise ValueError("\n".join([*stored.unreadable, f"{count} can't be read; nothing was changed"]))
    bank = _open_bank(options.bank)
    entries = [] if bank is None else list(_entries(bank))
    samples = list(_sample_inputs(stored.versions))
    meaning = _learn(options, options.raw, entries, samples, bank)
    meaning.close((*entries, *samples))
    gone = tuple(one for one in entries if meaning.covers(one))
    affected = tuple(_affected(meaning, stored.versions))
    remarks = [*stored.unreadable]
    if bank is not None:
        remarks += _duplicates_left(bank, gone)
        check_lacking(options.raw, [one for one in entries if not meaning.covers(one)])
        remaining = RemainingBank(bank, {(one.kind, one.id) for one in gone if one.id})
        for version in (one.version for one in affected if one.version.latest):
            check_buildable(version, remaining, options)
            remarks += _other_bank(version, bank)
    if gone or bank is None:
        recorded = prepare_options(options)
        if bank is not None:
            check_beside(options.raw, bank.url, recorded, entries)
    today = datetime.now(UTC).date().isoformat()
    name, reason = one_line(options.input), one_line(options.reason, None)
    return WithdrawalPlan(
        options=options,
        raw=options.raw,
        roles=tuple(sorted(meaning.roles)),
        entries=gone,
        rows=tuple(
            Withdrawal(
                what=what,
                name=subject,
                input=name,
                date=today,
                reason=reason,
                photo=meaning.photo_behind(options.raw, what, subject),
            )
            for what, subject in meaning.subjects(options.raw)
        ),
        affected=affected,
        unfinished=bank is None,
        remarks=tuple(remarks),
    )


def _open_bank(url: str) -> Bank | None:
    """The bank; None if its preparation was cut off. Raises MissingDocument if there is none."""
    try:
        return Bank(url)
    except MissingDocument:
        if storage.exists(storage.join(url, FORMER_INDEX)):
            return None
        raise


def _entries(bank: Bank) -> Iterator[KnownInput]:
    for kind in ENTRY_KINDS:
        yield from map(as_input, bank.entries(kind))
    yield from _evaluated(bank)


def _evaluated(bank: Bank) -> Iterator[KnownInput]:
    """Really occluded faces, whose metadata lie in their shards; their ids may be those of other faces."""
    for _, _, metadata in bank.evaluated():
        names = {name: str(metadata.get(name) or "") for name in ("photo", "source", "person")}
        yield KnownInput(kind=FACE, id="", **names)


def _sample_inputs(versions: Iterable[StoredVersion]) -> Iterator[KnownInput]:
    """The inputs of all versions, each once."""
    seen: set[KnownInput] = set()
    for version in versions:
        for row in version.rows():
            for known in inputs_of(row):
                if known not in seen:
                    seen.add(known)
                    yield known


def _learn(
    options: WithdrawOptions,
    raw: Path,
    entries: Sequence[KnownInput],
    samples: Sequence[KnownInput],
    bank: Bank | None,
) -> Meaning:
    """What the name means, in the first spelling that anything has. Raises ValueError if nothing has it."""
    names = spelt_names(options.input, raw)
    withdrawals = read_withdrawals(raw)

    def found(name: str) -> Meaning:
        meaning = Meaning(name=name)
        for known in chain(entries, samples):
            meaning.learn(known)
        meaning.learn_rows(withdrawals)
        return meaning

    learnt = next((one for one in map(found, names) if one.roles), Meaning(name=options.input))
    if bank is not None and not any(map(learnt.covers, entries)):
        # Versions may know a photograph by its own hash, and the bank by the one that a side-car states.
        files = files_named(bank.url, names)
        for one in map(found, files):
            learnt.add(one)
        if not learnt.roles:
            for file in files:
                check_is_input(bank.url, file)
        names = (*names, *files)
    for name in () if learnt.roles else names:
        one = Meaning(name=name)
        one.learn_file(raw)
        learnt.add(one)
        if learnt.roles:
            break
    if learnt.roles:
        return learnt
    everything = chain(entries, samples)
    raise _unknown(options.input, {name for known in everything for name in known.names})


def _unknown(name: str, known: Iterable[str]) -> ValueError:
    near = get_close_matches(name, sorted(known), _OFFERED, 0.6)
    advice = f"did you mean {' or '.join(near)}?" if near else "natocc used-by and bank.json list inputs"
    return ValueError(
        f"INPUT: expected an id, a person, or the sha256 or path of a photograph that bank, versions or raw "
        f"folder know, got {name!r}; {advice}"
    )


def _affected(meaning: Meaning, versions: Iterable[StoredVersion]) -> Iterator[AffectedVersion]:
    for version in versions:
        keys = frozenset(row.key for row in version.rows() if meaning.covers_row(row))
        if keys:
            yield AffectedVersion(version=version, keys=keys)


def _duplicates_left(bank: Bank, gone: Sequence[KnownInput]) -> Iterator[str]:
    """A remark on each face that stays though it is known as a duplicate of one that goes."""
    faces = {one.id for one in gone if one.kind == FACE}
    for group in bank.duplicates:
        for face in sorted({*group} - faces if faces & {*group} else ()):
            twin = min(faces & {*group})
            yield f"{face}: known as a duplicate of {twin}, and stays; natocc withdraw {face} bans it too"


def _other_bank(version: StoredVersion, bank: Bank) -> Iterator[str]:
    built_of, now = version.dataset.bank.get("content_sha256"), bank.index["content_sha256"]
    if built_of != now:
        yield (
            f"{version.url}: built of another bank or of an earlier state of this one ({built_of}); the new "
            "version differs by that too"
        )
