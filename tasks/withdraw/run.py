"""Carry out a withdrawal: the ban, the bank, the latest versions, then the older ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from assets.text.withdrawals import add_withdrawals
from manifests.history import entry_of, number_parts, read_history, stand_in
from manifests.withdrawn import ReplacedVersion, add_to_withdrawal_record
from tasks.errors import BuildStopped
from tasks.history.record import record_version
from tasks.progress import OnProgress, ignore_progress
from tasks.withdraw.options import WithdrawOptions
from tasks.withdraw.plan import AffectedVersion, WithdrawalPlan
from tasks.withdraw.rebuild import build_again, prepare_again
from tasks.withdraw.record import record_withdrawal, remove_unpublished
from tasks.withdraw.remains import find_rebuild, lost_samples, rows_of_version
from tasks.withdraw.versions import StoredVersion, datasets_in
from tasks.withdraw.without import publish_without


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A version and what replaces it; ``by`` is None if nothing of it is left."""

    dataset_url: str
    version: str
    by: str | None
    # The ISO time since which it may be removed; None if it stays.
    gone: str | None = None
    # What a latest version is built again as, and how many other samples that one lacks.
    rebuild: str | None = None
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalReport:
    """What was done."""

    banned: int  # rows added to withdrawn.csv
    bank_changed: bool
    replaced: tuple[Replacement, ...] = ()
    # Unpublished shards that may hold the input still.
    remarks: tuple[str, ...] = ()


def withdraw(plan: WithdrawalPlan, *, on_progress: OnProgress = ignore_progress) -> WithdrawalReport:
    """Carry out a plan. Killed at any moment, the same call completes it.

    ``on_progress`` counts inputs of the bank, then shards of each version that is built again.
    """
    options = plan.options
    new = add_withdrawals(plan.raw, plan.rows, wait=options.wait)
    remarks: list[str] = []
    for dataset_url in datasets_in(options.dataset):
        record_withdrawal(dataset_url, plan.rows, wait=options.wait)
        remarks += remove_unpublished(dataset_url)
    changed = False
    if plan.entries or plan.unfinished:
        changed = prepare_again(plan.raw, options, on_progress)
    replaced: list[Replacement] = []
    if options.everywhere:
        # Before the latest ones, so that no number is above that of a latest version.
        replaced += [_replace(one, plan) for one in _by_age(plan.older) if one.version.gone is None]
    replaced += [_build_again(one, options, on_progress) for one in plan.latest]
    return WithdrawalReport(
        banned=len(new), bank_changed=changed, replaced=tuple(replaced), remarks=tuple(remarks)
    )


def _by_age(versions: Iterable[AffectedVersion]) -> list[AffectedVersion]:
    """The versions in the order of their publication; those without a number come first."""
    numbers: dict[tuple[str, str], tuple[int, int, int]] = {}
    versions = list(versions)
    for url in {one.version.dataset_url for one in versions}:
        numbers |= {(url, entry.version): number_parts(entry.number) for entry in read_history(url)}

    def age(one: AffectedVersion) -> tuple[str, tuple[int, int, int]]:
        place = one.version.dataset_url, one.version.dataset.version
        return place[0], numbers.get(place, (0, 0, 0))

    return sorted(versions, key=age)


def _build_again(one: AffectedVersion, options: WithdrawOptions, on_progress: OnProgress) -> Replacement:
    """Build a latest version again; with ``everywhere`` the new one stands in for it.

    If the new one lacks other samples too, as over a bank that has lost entries, the old one is replaced by
    itself without the withdrawn samples.
    """
    version = one.version
    dataset = build_again(version, options, on_progress).dataset
    if dataset.version == version.dataset.version:
        raise BuildStopped(
            f"{options.bank}: expected the bank of {version.url}, got one whose rebuild is that version "
            "again; give the version's own bank and raw folder, and run the same command again"
        )
    lost = lost_samples(version.rows(), one.keys, rows_of_version(version.dataset_url, dataset))
    by = _without(one, options) if lost and options.everywhere else dataset.version
    return _replaced(version, by, options, rebuild=dataset.version, lost=len(lost))


def _replace(one: AffectedVersion, plan: WithdrawalPlan) -> Replacement:
    """Replace an older version by itself without the samples; by its rebuild, if there is one already."""
    by = find_rebuild(one, plan.affected) or _without(one, plan.options)
    return _replaced(one.version, by, plan.options)


def _without(one: AffectedVersion, options: WithdrawOptions) -> str | None:
    version = one.version
    rows = version.rows()
    by = publish_without(version.dataset_url, version.dataset, rows, one.keys, wait=options.wait)
    if by is not None:
        record_version(
            version.dataset_url,
            by,
            instead_of=version.dataset.version,
            latest=False,
            wait=options.wait,
        )
    return by


def _replaced(
    version: StoredVersion,
    by: str | None,
    options: WithdrawOptions,
    *,
    rebuild: str | None = None,
    lost: int = 0,
) -> Replacement:
    old = version.dataset.version
    done = Replacement(dataset_url=version.dataset_url, version=old, by=by, rebuild=rebuild, lost=lost)
    if not options.everywhere:
        return done
    gone = (datetime.now(UTC) + timedelta(days=options.grace_days)).isoformat(timespec="seconds")
    if entry_of(read_history(version.dataset_url), old) is None:
        record_version(version.dataset_url, old, latest=False, wait=options.wait)
    gone = stand_in(version.dataset_url, old, by, gone, wait=options.wait)
    versions = [ReplacedVersion(version=old, by=by, gone=gone)]
    add_to_withdrawal_record(version.dataset_url, versions=versions, wait=options.wait)
    return replace(done, gone=gone)
