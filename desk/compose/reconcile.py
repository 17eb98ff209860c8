"""Builds the reconciliation: for the sync process, and for `desk reconcile`, which tells on the terminal what is wrong
with which call's recording."""

import json
import sys
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any

from desk import exit_codes
from desk.compose.clock import now
from desk.domain.working_time import CHINA
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.store import Store
from desk.sync.reconciling import Reconciling
from desk.sync.recordings_state import RecordingsBoard
from desk.ui.beside import fault_words
from desk.usecases.reconcile import Reconcile, Report


def worker_of(settings: Settings, store: Store, board: RecordingsBoard) -> Reconciling:
    """The seat watches over its own calls; the others' are their seats'."""
    return Reconciling(Reconcile(SqlCallLog(store), now, CHINA, settings.seat.name), board)


def run(settings: Settings, days: int, *, as_json: bool) -> int:
    """`OK`: every recording is there or has its reason; `FAULT`: there are some without. Raises what the store
    raises."""
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        report = Reconcile(SqlCallLog(store), now, CHINA).run(days)
    finally:
        store.close()
    told = json.dumps(_plain(asdict(report)), ensure_ascii=False, indent=1) if as_json else as_text(report, now())
    sys.stdout.write(f"{told}\n")
    return exit_codes.FAULT if report.without_reason else exit_codes.OK


def as_text(report: Report, at: datetime) -> str:
    """A line per day, then a line per finding."""
    today = at.astimezone(CHINA).date()
    days = [fault_words.figure(day, today) for day in report.days]
    findings = [
        f"{finding.offered_at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}  {finding.call_id}  {fault_words.said(finding)}"
        for finding in report.findings
    ]
    return "\n".join(days + findings)


def _plain(value: Any) -> Any:
    """As JSON holds it."""
    match value:
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case _:
            return value
