"""Shifts and what is asked of whoever has one, read from shift.toml: hours, minutes before and after, allowances, aims.
Reads files, off the ui's thread."""

from dataclasses import dataclass
from datetime import time, timedelta

from desk.domain.roster import ShiftKind, ShiftPolicy
from desk.domain.shifts import Post
from desk.i18n import _
from desk.policies.files import Policy, PolicyFolders, Wrong, read_policy

_NAME = "shift"
# key -> the least and the most that it may be
_LIMITS: dict[str, tuple[int, int]] = {
    "sign_in_before_min": (0, 120),
    "sign_out_after_min": (0, 120),
    "belongs_before_min": (0, 720),
    "break_allowed_min": (0, 240),
    "lunch_allowed_min": (0, 240),
    "longest_stay_h": (4, 48),
    "adherence_pct": (1, 100),
    "attendance_pct": (1, 100),
}


@dataclass(frozen=True, kw_only=True)
class RawKind:
    code: str
    name: str
    start: str
    until: str
    words: tuple[str, ...] = ()
    post: Post = Post.AGENT


@dataclass(frozen=True, kw_only=True)
class RawShift:
    sign_in_before_min: int = 5
    sign_out_after_min: int = 5
    belongs_before_min: int = 120
    break_allowed_min: int = 20
    lunch_allowed_min: int = 45
    longest_stay_h: int = 16
    adherence_pct: int = 92
    attendance_pct: int = 95
    hours_start: str = "08:30"
    hours_until: str = "20:00"
    off_words: tuple[str, ...] = ()
    kind: tuple[RawKind, ...] = ()


def read_shift(folders: PolicyFolders) -> Policy[ShiftPolicy]:
    """Raises `PolicyError` where the shipped file is broken."""
    return read_policy(folders, _NAME, RawShift, _build)


def _build(raw: RawShift, wrong: Wrong) -> ShiftPolicy:
    for key, (least, most) in _LIMITS.items():
        if not least <= getattr(raw, key) <= most:
            raise wrong((key,), _("it is {least} to {most}").format(least=least, most=most))
    taken: dict[str, str] = {}
    kinds: list[ShiftKind] = []
    for number, one in enumerate(raw.kind):
        for key, value in (("code", one.code), ("name", one.name)):
            if not value.strip():
                raise wrong(("kind", number, key), _("it is empty"))
        for word in (one.code, one.name, *one.words):
            word = word.strip().lower()
            if word in taken and taken[word] != one.code:
                raise wrong(
                    ("kind", number), _("{word} stands for two shifts: nobody could tell which").format(word=word)
                )
            taken[word] = one.code
        if one.code in {other.code for other in kinds}:
            raise wrong(("kind", number, "code"), _("this code stands twice"))
        start = _time(one.start, ("kind", number, "start"), wrong)
        until = _time(one.until, ("kind", number, "until"), wrong)
        if start == until:
            raise wrong(("kind", number, "until"), _("a shift that begins and ends at one time has no length"))
        kinds.append(ShiftKind(one.code, one.name, start, until, one.words, one.post))
    return ShiftPolicy(
        kinds=tuple(kinds),
        sign_in_before=timedelta(minutes=raw.sign_in_before_min),
        sign_out_after=timedelta(minutes=raw.sign_out_after_min),
        belongs_before=timedelta(minutes=raw.belongs_before_min),
        break_allowed=timedelta(minutes=raw.break_allowed_min),
        lunch_allowed=timedelta(minutes=raw.lunch_allowed_min),
        longest_stay=timedelta(hours=raw.longest_stay_h),
        adherence_pct=raw.adherence_pct,
        attendance_pct=raw.attendance_pct,
        hours_start=_time(raw.hours_start, ("hours_start",), wrong),
        hours_until=_time(raw.hours_until, ("hours_until",), wrong),
        off_words=tuple(word.strip().lower() for word in raw.off_words),
    )


def _time(text: str, path: tuple[str | int, ...], wrong: Wrong) -> time:
    try:
        read = time.fromisoformat(text)
    except ValueError as error:
        raise wrong(path, _('an hour is written "08:30"')) from error
    if read.tzinfo is not None:
        raise wrong(path, _('an hour is written "08:30"'))
    return read
