"""What came of a reconciliation, as a table and as JSON."""

import json
from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from domain.discrepancies import DiscrepancyKind, DiscrepancyState, ReconciliationState
from domain.money import Money
from services.reconciliation.reports import DayReport

STATES = tuple(DiscrepancyState)


def show(console: Console, reports: Sequence[DayReport], undone: Mapping[str, str]) -> None:
    """Print every day, and what could not be done."""
    if not reports and not undone:
        console.print("Nothing is due: every day that is over has been reconciled.")
    for report in reports:
        _show_one(console, report)
    for what, reason in undone.items():
        console.print(f"{what}: {reason}")


def as_json(reports: Sequence[DayReport], undone: Mapping[str, str]) -> str:
    """The same for programs; amounts are in fen."""
    return json.dumps({"days": [_values(one) for one in reports], "undone": dict(undone)})


def _show_one(console: Console, report: DayReport) -> None:
    what = "compared, nothing was written" if report.is_trial else report.state
    title = f"{report.channel} {report.day}: {what}"
    if report.state is not ReconciliationState.DONE:
        console.print(f"{title}, {report.reason}")
        return
    console.print(_table(report, title) if report.counts else f"{title}, no discrepancies")
    sums, register = report.sums, report.register
    matched = report.matched
    console.print(
        f"Bill: {sums['payments']} payments of {_yuan(sums['paid_fen'])} yuan,"
        f" {sums['refunds']} refunds of {_yuan(sums['refunded_fen'])},"
        f" fees {_yuan(sums['fees_fen'])};"
        f" matched {matched.payments} payments, {matched.refunds} refunds"
    )
    console.print(
        f"Register: {register.decisions} decisions, {register.confirmed} confirmed,"
        f" {register.not_asked} not asked"
    )


def _table(report: DayReport, title: str) -> Table:
    table = Table("discrepancy", "found", *STATES, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for kind in DiscrepancyKind:
        states = report.counts.get(kind)
        if states:
            found = (str(states[state] or "") for state in STATES)
            table.add_row(kind, str(states.total()), *found)
    return table


def _values(report: DayReport) -> dict[str, object]:
    register = report.register
    return {
        "channel": report.channel,
        "day": report.day.isoformat(),
        "state": report.state,
        "dry_run": report.is_trial,
        "reason": report.reason,
        **report.sums,
        "matched_payments": report.matched.payments,
        "matched_refunds": report.matched.refunds,
        "discrepancies": {kind: dict(states) for kind, states in report.counts.items()},
        "decisions": register.decisions,
        "confirmed": register.confirmed,
        "not_asked": register.not_asked,
    }


def _yuan(fen: int) -> str:
    return Money(fen).yuan
