"""What is said of promised calls. No Qt; pure functions."""

from datetime import datetime, time, timedelta, tzinfo

from desk.domain.numbers import read_number
from desk.domain.promises import Promise
from desk.i18n import _
from desk.ui.after.due_words import left


def who(promise: Promise) -> str:
    number = read_number(promise.number).shown or promise.number
    return " ".join(part for part in (promise.caller_name, number) if part) or _("the resident")


def at(due: datetime, now: datetime, zone: tzinfo) -> str:
    """ "14:30", "tomorrow 09:00", "11-24 09:00"."""
    there, here = due.astimezone(zone), now.astimezone(zone)
    days = (there.date() - here.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    return _("tomorrow {time}").format(time=f"{there:%H:%M}") if days == 1 else f"{there:%m-%d %H:%M}"


def given(promise: Promise, now: datetime, zone: tzinfo) -> str:
    said = _("Promised: {who} is called at {time}.")
    return said.format(who=who(promise), time=at(promise.due_at, now, zone))


def pressing(promise: Promise, now: datetime, zone: tzinfo, owner: str = "") -> str:
    """Of one that has come to mind or has run out. `owner`: whose it is, where they are not here."""
    said = _("Call {who}, as promised for {time} ({left}). {text}")
    text = " ".join(promise.text.split())
    filled = said.format(
        who=who(promise), time=at(promise.due_at, now, zone), left=left(promise.due_at, now), text=text
    )
    if owner:
        return _("{call} Promised by {owner}, who is not here.").format(call=filled.strip(), owner=owner)
    return filled.strip()


def choice(value: timedelta | time) -> str:
    """On its key: "10 min", "1 h", "18:00"."""
    if isinstance(value, time):
        return f"{value:%H:%M}"
    minutes = round(value / timedelta(minutes=1))
    if minutes % 60:
        return _("{n} min").format(n=minutes)
    return _("{n} h").format(n=minutes // 60)
