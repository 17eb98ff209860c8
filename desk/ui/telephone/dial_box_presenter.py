"""What the dial box offers: whom the finder knows, as rows; and whether a text can be dialled as it stands. No Qt."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime, tzinfo

from desk.domain.numbers import read_number
from desk.i18n import _
from desk.ui import words
from desk.ui.rows_presenter import short_time
from desk.ui.suggest_box_rows import Suggestion
from desk.usecases.find_number import NumberHit

_SEPARATORS = r"\s\-‐-―().（）·/"
_NUMBER = re.compile(rf"[+(（]?[0-9*#][0-9*#{_SEPARATORS}]{{0,39}}")
_EXTENSION = re.compile(r"(?:转接|转|分机|ext\.?|x)\s*\d{1,6}$", re.IGNORECASE)
_URI = re.compile(r"(?:sips?|tel|callto):\S{1,200}|\S{1,100}@\S{1,100}", re.IGNORECASE)
_PLACE = re.compile(r"\d{1,3}-\d{1,2}-\d{2,4}")  # a room, as it is spoken


def can_be_dialled(typed: str) -> bool:
    """A number in any shape, or an address; not a name, and not a room. Whether it can be reached is the dial plan's
    to say."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if _PLACE.fullmatch(text):
        return False
    bare = _EXTENSION.sub("", text).strip()
    return bool(_URI.fullmatch(text) or _NUMBER.fullmatch(bare))


def shown(number: str) -> str:
    return read_number(number).shown or number


def rows(typed: str, hits: Sequence[NumberHit], now: datetime, zone: tzinfo) -> list[Suggestion]:
    """The number as typed stands first, where it is one, so that Enter never dials somebody else. A row's `value` is
    what is dialled."""
    text = typed.strip()
    out = [Suggestion(text, text, _("dial as typed"))] if can_be_dialled(text) else []
    return [*out, *(row for hit in hits if (row := _row(hit, now, zone)).value != text)]


def _row(hit: NumberHit, now: datetime, zone: tzinfo) -> Suggestion:
    number = shown(hit.number)
    if hit.staff is not None:
        return Suggestion(f"{hit.staff.name} {number}", hit.number, words.duty(hit.staff.duty), hit.spans)
    if hit.person is not None and hit.person.person is not None:
        homes = hit.person.homes[:1]
        note = " ".join(p for h in homes for p in (h.place.text, words.role(h.role) if h.role else "") if p)
        return Suggestion(f"{hit.person.person.name} {number}", hit.number, note, hit.spans)
    if hit.call is not None:
        name = hit.call.display_name if hit.call.display_name != hit.call.number else ""
        when = short_time(hit.call.offered_at, now, zone)
        return Suggestion(" ".join(p for p in (name[:20], number) if p), hit.number, _("call {time}").format(time=when))
    return Suggestion(number, hit.number)
