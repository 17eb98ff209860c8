"""What the notes of the last minutes say, as the facts that a mishap is told by (`desk.domain.mishaps`).

The call that is meant is the last one that ended or still runs. Pure, any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

from desk.domain.mishaps import CallSeen, Seen
from desk.domain.quality import Quality
from desk.domain.tally import Tally
from desk.support.notes import Note
from desk.support.standing import standing

AROUND = timedelta(seconds=5)  # what happened just before it rang or after it ended belongs to the call
_BEGINS = ("offered", "dialled")
_NAMES = tuple(field.name for field in fields(Quality) if field.name != "at")


def seen_of(notes: Sequence[Note], call_id: str = "") -> Seen:
    """`notes` in their order in time. `call_id`: this call is meant, "" = the last one."""
    if not notes:
        return Seen()
    began = notes[0].at
    calls = list(dict.fromkeys(str(note.fields.get("call_id")) for note in notes if note.kind == "call"))
    wanted = call_id if call_id in calls else ("" if call_id else _last(notes, calls))
    of_call = [note for note in notes if wanted and note.fields.get("call_id") == wanted]
    call = _call(wanted, of_call, notes[-1].at) if of_call else None
    troubles = standing(notes)
    begin, end = began, None
    if of_call:
        over = next((note.at for note in of_call if note.fields.get("what") == "ended"), None)
        begin, end = of_call[0].at - AROUND, over + AROUND if over is not None else None
    within = [note for note in notes if note.at >= begin and (end is None or note.at <= end)]
    return Seen(
        call=call,
        during=frozenset(name for name, spans in troubles.items() if any(span.meets(begin, end) for span in spans)),
        troubles=frozenset(troubles),
        restarted=frozenset(_restarted(notes)),
        phone_died=call is not None and "phone" in _restarted(within),
        headset_away=any(note.kind == "headset" and _is_away(note.fields) for note in within),
        line_deaf=any(line.get("status") == "deaf" for note in notes for line in _lines(note)),
        stall_ms=max((float(note.fields.get("stall_ms", 0)) for note in notes if note.kind == "stall"), default=0.0),
        slept_s=_slept_s(within),
        recording_failed=any(note.fields.get("what") == "recording_failed" for note in of_call),
        ids=tuple(calls),
    )


def _last(notes: Sequence[Note], calls: Sequence[str]) -> str:
    """The call that was the last to be talked on or to end; one that only rings while the agent asks is not meant."""
    told = [note for note in notes if note.kind == "call" and note.fields.get("what") in ("answered", "ended")]
    return str(told[-1].fields["call_id"]) if told else (calls[-1] if calls else "")


def _call(call_id: str, notes: Sequence[Note], now: datetime) -> CallSeen:
    by_what = {str(note.fields.get("what")): note for note in notes if note.kind == "call"}
    ended, answered = by_what.get("ended"), by_what.get("answered")
    over = ended.at if ended is not None else now
    spans = [_quality(note) for note in notes if note.kind == "quality"]
    tally = Tally.of(spans)
    return CallSeen(
        call_id=call_id,
        incoming="dialled" not in by_what,
        answered=answered is not None or bool(spans),
        running=ended is None,
        cause=int(ended.fields.get("cause", 0)) if ended is not None else 0,
        by_us=bool(ended and ended.fields.get("by_us")),
        interrupted=bool(ended and ended.fields.get("interrupted")),
        talked_s=(over - answered.at).total_seconds() if answered is not None else 2.0 * len(spans),
        muted_s=_muted_s(notes, over),
        heard=tally.diagnosis,
        no_codec=any(not span.codec for span in spans),
        mos=tally.mean_mos,
        worst_loss=max((span.worst_loss for span in spans), default=None),
        began_at=notes[0].at,
    )


def _quality(note: Note) -> Quality:
    return Quality(at=note.at, **{name: note.fields[name] for name in _NAMES if name in note.fields})


def _muted_s(notes: Sequence[Note], over: datetime) -> float:
    total, since = 0.0, None
    for note in notes:
        what = note.fields.get("what")
        if what == "muted" and since is None:
            since = note.at
        elif what == "unmuted" and since is not None:
            total, since = total + (note.at - since).total_seconds(), None
    return total + ((over - since).total_seconds() if since is not None else 0.0)


def _is_away(headset: Mapping[str, Any]) -> bool:
    """And nothing stands in for it."""
    return not headset.get("present", True) and not (headset.get("microphone") and headset.get("earpiece"))


def _lines(note: Note) -> Sequence[Mapping[str, Any]]:
    if note.kind == "line":
        return (note.fields,)
    return note.fields.get("lines", ()) if note.kind == "phone" else ()


def _restarted(notes: Sequence[Note]) -> set[str]:
    """Processes that the launcher says it started anew, or that began twice without having ended."""
    found = {
        str(note.fields.get("process")) for note in notes if note.kind == "restarted" and note.fields.get("exit_code")
    }
    last: dict[str, str] = {}
    for note in notes:
        what = str(note.fields.get("what")) if note.kind == "process" else "runs"
        if what == "started" and last.get(note.role) in ("runs", "started"):
            found.add(note.role)
        last[note.role] = what
    return found


def _slept_s(notes: Sequence[Note]) -> float:
    """The longest time that a process says it did not run though it should have."""
    return max((float(note.fields.get("slept_s", 0)) for note in notes if note.kind == "slept"), default=0.0)
