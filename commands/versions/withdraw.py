"""``natocc withdraw``: versions without an input, and the ban that keeps it out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets.wording import count_of, list_counts
from commands.console import print_table, say, warn
from commands.progress import progress
from commands.register import CommandReport, command
from tasks.withdraw.options import WithdrawOptions

if TYPE_CHECKING:
    from tasks.withdraw.plan import WithdrawalPlan
    from tasks.withdraw.run import WithdrawalReport


@command(
    model=WithdrawOptions,
    positional=("input", "dataset"),
    example="natocc withdraw hand_0000002 data/datasets/sample --raw data/raw --bank data/bank --everywhere",
)
def withdraw(options: WithdrawOptions) -> CommandReport:
    """Ban an input, prepare the bank again, and build the latest version again without it.

    What it means is printed before anything is written; with --dry-run that is all.
    """
    from tasks.withdraw.alone import alone
    from tasks.withdraw.plan import plan_withdrawal
    from tasks.withdraw.run import WithdrawalReport
    from tasks.withdraw.run import withdraw as carry_out

    report = WithdrawalReport(banned=0, bank_changed=False)
    # The plan holds only as long as no other withdrawal changes the datasets.
    with alone(options):
        plan = plan_withdrawal(options)
        warn(*plan.remarks)
        _print_plan(plan)
        if not options.dry_run:
            with progress("inputs and shards") as on_progress:
                report = carry_out(plan, on_progress=on_progress)
            warn(*report.remarks)
            _print_report(report, options)
    fields = {
        "input": options.input,
        "roles": plan.roles,
        "entries": plan.counts,
        "ban": [{"what": row.what, "name": row.name} for row in plan.rows],
        "samples": {one.version.url: len(one.keys) for one in plan.affected},
        "banned": report.banned,
        "bank_changed": report.bank_changed,
        "replaced": report.replaced,
        "remarks": [*plan.remarks, *report.remarks],
    }
    return CommandReport(fields)


def _print_plan(plan: WithdrawalPlan) -> None:
    found = list_counts(plan.counts) if plan.counts else "no entry of the bank"
    say(f"{plan.options.input}: {' and '.join(plan.roles)}; withdrawn with it: {found}")
    print_table([{"ban of": row.what, "name": row.name} for row in plan.rows])
    print_table(
        [
            {
                "version": one.version.url,
                "samples": len(one.keys),
                "then": _future(plan.options, latest=one.version.latest, gone=one.version.gone),
            }
            for one in plan.affected
        ]
    )
    if not plan.affected:
        say("no version has a sample of it")


def _future(options: WithdrawOptions, *, latest: bool, gone: str | None) -> str:
    if gone is not None:
        return f"replaced already; removed after {gone}"
    if latest:
        return "built again" + ("; removed later" if options.everywhere else "; kept")
    return "replaced; removed later" if options.everywhere else "kept; --everywhere replaces it"


def _print_report(report: WithdrawalReport, options: WithdrawOptions) -> None:
    changed = "prepared again" if report.bank_changed else "unchanged"
    say(f"{count_of(report.banned, 'rows')} added to the ban; bank {changed}")
    for one in report.replaced:
        after = f"; natocc gc removes the old one after {one.gone}" if one.gone else "; the old one is kept"
        say(f"{one.dataset_url}: {one.version} -> {one.by or 'nothing is left'}{after}")
        if one.lost:
            lacks = f"{count_of(one.lost, 'samples')} of {one.version} that nobody withdrew"
            warn(f"{one.dataset_url}: {one.rebuild}, built again, lacks {lacks}")
    if not options.everywhere and report.replaced:
        say("older versions have it still: natocc withdraw --everywhere replaces them")
