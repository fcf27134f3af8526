"""Carry out a withdrawal: the ban, the bank, the latest versions, then the older ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assets.text.withdrawals import add_withdrawals
from manifests.dataset import latest_version, read_dataset
from manifests.history import entry_of, read_history, stand_in
from shards import storage
from tasks.errors import BuildStopped
from tasks.history.record import record_version
from tasks.progress import OnProgress, ignore_progress
from tasks.withdraw.options import WithdrawOptions
from tasks.withdraw.plan import AffectedVersion, WithdrawalPlan
from tasks.withdraw.rebuild import build_again, prepare_again
from tasks.withdraw.versions import StoredVersion
from tasks.withdraw.without import publish_without


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A version and what replaces it; ``by`` is None if nothing of it is left."""

    dataset_url: str
    version: str
    by: str | None
    # The ISO time since which it may be removed; None if it stays.
    gone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalReport:
    """What was done."""

    banned: int  # rows added to withdrawn.csv
    bank_changed: bool
    replaced: tuple[Replacement, ...] = ()


def withdraw(plan: WithdrawalPlan, *, on_progress: OnProgress = ignore_progress) -> WithdrawalReport:
    """Carry out a plan. Killed at any moment, the same call completes it.

    ``on_progress`` counts inputs of the bank, then shards of each version that is built again.
    """
    options = plan.options
    new = add_withdrawals(plan.raw, plan.rows, wait=options.wait)
    changed = False
    if plan.entries or plan.unfinished:
        changed = prepare_again(plan.raw, options, on_progress)
    replaced = [_build_again(one, options, on_progress) for one in plan.latest]
    if options.everywhere:
        replaced += [_replace(one, options) for one in plan.older if one.version.gone is None]
    return WithdrawalReport(banned=len(new), bank_changed=changed, replaced=tuple(replaced))


def _build_again(one: AffectedVersion, options: WithdrawOptions, on_progress: OnProgress) -> Replacement:
    """Build a latest version again; with ``everywhere`` the new one stands in for it."""
    report = build_again(one.version, options, on_progress)
    if report.dataset.version == one.version.dataset.version:
        raise BuildStopped(
            f"{options.bank}: expected the bank of {one.version.url}, got one whose rebuild is that version "
            "again; give the version's own bank and raw folder, and run the same command again"
        )
    return _replaced(one.version, report.dataset.version, options)


def _replace(one: AffectedVersion, options: WithdrawOptions) -> Replacement:
    """Replace an older version: by its rebuild if that is the latest, else by itself without the samples."""
    version = one.version
    by = _rebuild_of(version)
    if by is None:
        by = publish_without(
            version.dataset_url, version.dataset, version.rows(), one.keys, wait=options.wait
        )
        if by is not None:
            record_version(version.dataset_url, by, instead_of=version.dataset.version, latest=False)
    return _replaced(version, by, options)


def _rebuild_of(version: StoredVersion) -> str | None:
    """The latest version, if it follows this one and is of the same recipe."""
    latest = latest_version(version.dataset_url)
    entry = entry_of(read_history(version.dataset_url), latest or "")
    if latest is None or entry is None or entry.after != version.dataset.version:
        return None
    same = read_dataset(storage.join(version.dataset_url, latest)).recipe == version.dataset.recipe
    return latest if same else None


def _replaced(version: StoredVersion, by: str | None, options: WithdrawOptions) -> Replacement:
    old = version.dataset.version
    if not options.everywhere:
        return Replacement(dataset_url=version.dataset_url, version=old, by=by)
    gone = (datetime.now(UTC) + timedelta(days=options.grace_days)).isoformat(timespec="seconds")
    if entry_of(read_history(version.dataset_url), old) is None:
        record_version(version.dataset_url, old, latest=False)
    gone = stand_in(version.dataset_url, old, by, gone)
    return Replacement(dataset_url=version.dataset_url, version=old, by=by, gone=gone)
