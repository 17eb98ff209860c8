"""`desk listenings`: who heard, looked for, took out, deleted or was refused what, over any time, by person. For
supervisors; that it was read is an entry in the listening log itself, and so is a try of whoever may not."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from desk import exit_codes
from desk.compose.clock import now
from desk.compose.supervisors import supervisors_log
from desk.domain.call_log import CallEntry
from desk.domain.identity import CallId
from desk.domain.listening import Access, Listening
from desk.domain.working_time import CHINA
from desk.i18n import _
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.store.calls import SqlCallLog
from desk.store.listenings import SqlListenings
from desk.store.store import Store
from desk.ui.replay.pages_presenter import access, detail

DAYS = 30


@dataclass(frozen=True)
class Wanted:
    """`since`, `until`: days of the hotline, both inclusive; None: the last `DAYS`, today. `who` a work number, ""
    everybody; `access` None: whatever it was."""

    since: date | None = None
    until: date | None = None
    who: str = ""
    access: Access | None = None

    def span(self, at: datetime) -> tuple[datetime, datetime]:
        today = at.astimezone(CHINA).date()
        until = self.until or today
        since = self.since or min(until, today) - timedelta(days=DAYS - 1)
        begin, end = (datetime.combine(day, time(), CHINA) for day in (since, until + timedelta(days=1)))
        return begin, end

    @property
    def text(self) -> str:
        """As it stands in the entry that says who read the log."""
        words = {"who": self.who, "since": self.since, "until": self.until}
        words["access"] = self.access.value if self.access else ""
        return " ".join(["listenings", *(f"{name}={value}" for name, value in words.items() if value)])


def run(settings: Settings, wanted: Wanted, *, as_json: bool) -> int:
    """Raises `Fault` for whoever may not, and what the store raises."""
    store = Store.open(settings.store_file, KeyringSecrets())
    try:
        supervisors_log(settings, store, "listenings").note(Access.SEARCHED, detail=wanted.text)
        calls, counts = SqlCallLog(store), Counter[tuple[str, str]]()
        for one in _found(store, wanted):
            counts[one.who, one.access.value] += 1
            call = calls.get(CallId(one.call_id)) if one.call_id else None
            line = json.dumps(_plain(one, call), ensure_ascii=False) if as_json else _line(one, call)
            sys.stdout.write(f"{line}\n")
    finally:
        store.close()
    if not as_json:
        sys.stdout.write("\n".join(_sums(counts)) + "\n")
    return exit_codes.OK


def _found(store: Store, wanted: Wanted) -> Iterator[Listening]:
    since, until = wanted.span(now())
    for one in SqlListenings(store).between(since, until):
        if wanted.who in ("", one.who) and wanted.access in (None, one.access):
            yield one


def _line(one: Listening, call: CallEntry | None) -> str:
    about = ""
    if one.call_id:
        about = _("call {call_id}").format(call_id=one.call_id)
    if call is not None:
        about += f" ({call.offered_at.astimezone(CHINA):%Y-%m-%d %H:%M} {call.agent or ''})"
    words = (f"{one.at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}", one.who or "-", one.seat, access(one.access))
    return "  ".join([*words, *(word for word in (about, detail(one)) if word)])


def _sums(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    """A line a person, at the end: that is what is looked through first."""
    people = sorted({who for who, _access in counts})
    if not people:
        yield _("Nothing in the listening log fits.")
    for who in people:
        parts = [f"{access(one)} {counts[who, one.value]:,}" for one in Access if counts[who, one.value]]
        yield f"{who or '-'}: {', '.join(parts)}"


def _plain(one: Listening, call: CallEntry | None) -> dict[str, object]:
    return {
        "at": one.at.isoformat(),
        "who": one.who,
        "seat": one.seat,
        "access": one.access.value,
        "call_id": one.call_id,
        "call_at": call.offered_at.isoformat() if call is not None else None,
        "detail": one.detail,
        "from_ms": one.from_ms,
        "until_ms": one.until_ms,
    }
