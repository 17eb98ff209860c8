"""The duty roster: which shifts there are, who is on duty at a time, which turn a sign-in belongs to, and what is wrong
with a roster. Turns are kept as `desk.domain.shifts.DutyTurn`; the shifts' hours and the allowances are a policy
(`desk.policies.shift`). Pure functions, any thread; the zone says whose days and hours are meant."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from desk.domain.estate import Duty
from desk.domain.shifts import DutyTurn, Post

_NAMESPACE = uuid.UUID("0c5e2f1b-51a8-5d0f-9b57-3c8b62d1f0aa")
_POSTS = {
    Duty.AGENT: Post.AGENT,
    Duty.SUPERVISOR: Post.SUPERVISOR,
    Duty.HANDLER: Post.HANDLER,
    Duty.AREA_ASSISTANT: Post.LEAD,
}


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """A shift that has a name. `until` not after `start`: it ends on the next day. `words`: what a roster writes for it
    (早, 早班, A). `post`: of agents who have it, where it is not the telephone."""

    code: str
    name: str
    start: time
    until: time
    words: tuple[str, ...] = ()
    post: Post = Post.AGENT


@dataclass(frozen=True, slots=True)
class ShiftPolicy:
    """`sign_in_before`, `sign_out_after`: how long before and after a turn somebody is expected to be there.
    `belongs_before`: a sign-in so long before a turn belongs to it. `break_allowed`, `lunch_allowed`: within one turn,
    without being missed. `adherence_pct`, `attendance_pct`: the aims. `longest_stay`: nobody stays longer, they have
    forgotten to sign out. `off_words`: what a roster writes for a day off."""

    kinds: tuple[ShiftKind, ...] = ()
    sign_in_before: timedelta = timedelta(minutes=5)
    sign_out_after: timedelta = timedelta(minutes=5)
    belongs_before: timedelta = timedelta(hours=2)
    break_allowed: timedelta = timedelta(minutes=20)
    lunch_allowed: timedelta = timedelta(minutes=45)
    longest_stay: timedelta = timedelta(hours=16)
    adherence_pct: int = 92
    attendance_pct: int = 95
    hours_start: time = time(8, 30)
    hours_until: time = time(20, 0)
    off_words: tuple[str, ...] = ("休", "休息")

    def kind_of(self, word: str) -> ShiftKind | None:
        """The shift that a roster calls so."""
        wanted = word.strip().lower()
        return next((k for k in self.kinds if wanted in (k.code, k.name.lower(), *map(str.lower, k.words))), None)


def post_of(duty: Duty, kind: ShiftKind | None) -> Post:
    """As what somebody of this duty is there."""
    return kind.post if duty is Duty.AGENT and kind is not None else _POSTS[duty]


def turn_id_of(who: str, post: Post, start: datetime, trade: str = "", area: str = "") -> str:
    """One id for one turn: a list that is taken in twice, at two seats perhaps, makes it once."""
    return str(uuid.uuid5(_NAMESPACE, "/".join((who, post.value, start.isoformat(), trade, area))))


def span_of(day: date, start: time, until: time, zone: tzinfo) -> tuple[datetime, datetime]:
    """From when to when; past midnight where `until` is not after `start`."""
    begins = datetime.combine(day, start, zone)
    ends = datetime.combine(day if until > start else day + timedelta(days=1), until, zone)
    return begins, ends


def standing(turns: Iterable[DutyTurn]) -> list[DutyTurn]:
    """Those that have not been taken back, by their time."""
    return sorted((turn for turn in turns if not turn.ended), key=lambda turn: (turn.start, turn.who))


def on_duty(turns: Iterable[DutyTurn], at: datetime, post: Post | None = None) -> list[DutyTurn]:
    """Who is on duty at this time, as this."""
    return [t for t in standing(turns) if t.start <= at < t.until and post in (None, t.post)]


def turn_for(turns: Iterable[DutyTurn], who: str, at: datetime, policy: ShiftPolicy) -> DutyTurn | None:
    """The turn that a sign-in of theirs at this time belongs to: the one that runs, else the next one near enough."""
    mine = [t for t in standing(turns) if t.who == who and t.start - policy.belongs_before <= at < t.until]
    return next((t for t in mine if t.start <= at), mine[0] if mine else None)


def overlapping(turns: Iterable[DutyTurn]) -> list[tuple[DutyTurn, DutyTurn]]:
    """Turns of one person that are at the same time: nobody is at two places."""
    found: list[tuple[DutyTurn, DutyTurn]] = []
    last: dict[str, DutyTurn] = {}
    for turn in standing(turns):
        before = last.get(turn.who)
        if before is not None and turn.start < before.until:
            found.append((before, turn))
        if before is None or turn.until > before.until:
            last[turn.who] = turn
    return found


def holes(turns: Sequence[DutyTurn], day: date, policy: ShiftPolicy, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """When within the hotline's hours of this day nobody is at the telephone, and when after them nobody watches."""
    open_at, shut_at = span_of(day, policy.hours_start, policy.hours_until, zone)
    next_open = datetime.combine(day + timedelta(days=1), policy.hours_start, zone)
    found = _uncovered([t for t in turns if t.post is Post.AGENT], open_at, shut_at)
    if any(kind.post is Post.MONITORING for kind in policy.kinds):
        found += _uncovered([t for t in turns if t.post is Post.MONITORING], shut_at, next_open)
    return found


def _uncovered(turns: Iterable[DutyTurn], start: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    found: list[tuple[datetime, datetime]] = []
    reached = start
    for turn in standing(turns):
        if turn.until <= reached:
            continue
        if turn.start >= until:
            break
        if turn.start > reached:
            found.append((reached, turn.start))
        reached = turn.until
    if reached < until:
        found.append((reached, until))
    return found
