"""What is noted of the messages that travel between Desk's processes: a table from each that matters to the figures
and states in it. A message that is in no row is not noted, and a field that is in no row does not exist here: numbers,
names and what was typed never reach a note.

Pure functions, any thread."""

from collections.abc import Callable, Mapping
from dataclasses import fields as fields_of
from typing import Any

from desk import wire
from desk.domain import events
from desk.domain.quality import Quality
from desk.domain.snapshots import PhoneSnapshot

Fields = dict[str, Any]
_MOST_TEXT = 200
_OF_QUALITY = tuple(field.name for field in fields_of(Quality) if field.name != "at")


def note_of(message: object) -> tuple[str, Fields] | None:
    """Kind and fields; None: not to be noted."""
    row = _TABLE.get(type(message))
    if row is None:
        return None
    kind, fields = row
    return kind, fields(message)


def _call(what: str, *names: str) -> tuple[str, Callable[[Any], Fields]]:
    """A call's event, with those of its fields that say nothing of a person."""
    return "call", lambda event: {
        "call_id": str(event.call_id),
        "what": what,
        **{name: getattr(event, name) for name in names},
    }


def _ended(event: events.CallEnded) -> Fields:
    fields: Fields = {"call_id": str(event.call_id), "what": "ended", "cause": event.cause, "by_us": event.by_us}
    return fields | {"interrupted": event.interrupted, "forwarded": bool(event.forwarded_to)}


def _quality(event: events.QualityMeasured) -> Fields:
    quality = event.quality
    return {"call_id": str(event.call_id), **{name: getattr(quality, name) for name in _OF_QUALITY}}


def _line(state: events.LineState) -> Fields:
    fields: Fields = {"line": state.label, "status": state.status.value, "code": state.code}
    return fields | {"registrar": state.registrar, "why": "" if state.code else _short(state.reason)}


def _headset(state: events.HeadsetState) -> Fields:
    return {
        "present": state.present,
        "microphone": _short(state.microphone_in_use),
        "earpiece": _short(state.earpiece_in_use),
        "keys": _short(state.keys),
        "microphones": len(state.microphones),
        "earpieces": len(state.earpieces),
    }


def _snapshot(snapshot: PhoneSnapshot) -> Fields:
    return {
        "lines": [_line(line) for line in snapshot.lines],
        "headset": _headset(snapshot.headset),
        "calls": [{"call_id": str(call.call_id), "phase": call.phase.value} for call in snapshot.calls],
        "troubles": [wrong.trouble.value for wrong in snapshot.wrongs],
    }


def _trouble(on: bool) -> Callable[[events.TroubleRaised | events.TroubleCleared], Fields]:
    return lambda event: {"trouble": event.wrong.trouble.value, "on": on, "detail": _short(event.wrong.detail)}


def _central(state: wire.CentralState) -> Fields:
    return {
        "configured": state.configured,
        "connected": state.connected,
        "unsent": state.unsent,
        "refused": state.refused,
        "lag_ms": round(state.lag_ms, 1),
        "trouble": state.trouble,
        "filled_permille": state.filled_permille,
        "detail": _short(state.detail),
    }


def _recordings(state: wire.RecordingsState) -> Fields:
    fields: Fields = {"unsealed": state.unsealed, "unvaulted": state.unvaulted, "faulty": state.faulty}
    fields |= {"retention": _short(state.retention), "withheld": state.withheld}
    return fields | {"trouble": state.trouble, "detail": _short(state.detail)}


def _store(care: wire.StoreCare) -> Fields:
    return {"doing": care.doing, "damaged": care.damaged, "restart": care.restart, "copy_away": care.copy_away}


def _check(event: events.HeadsetChecked) -> Fields:
    return {"stage": event.stage.value, "verdict": event.verdict.value if event.verdict else ""}


def _self_check(event: events.SelfChecked) -> Fields:
    fields: Fields = {"code": event.code, "own": event.own, "offered_ms": event.offered_ms}
    return fields | {"mos": None if event.quality is None else event.quality.mos}


def _short(untrusted: str) -> str:
    if not untrusted:
        return ""
    from desk.support.masking import masked  # its patterns take longer than a window's start may

    return masked(untrusted)[:_MOST_TEXT]


_TABLE: Mapping[type, tuple[str, Callable[[Any], Fields]]] = {
    events.CallOffered: _call("offered", "line", "rings", "answers_in_s"),
    events.CallDialled: _call("dialled", "line"),
    events.CallProgressed: _call("progressed", "code", "early_media"),
    events.CallAnswered: _call("answered"),
    events.CallHeld: _call("held"),
    events.CallResumed: _call("resumed"),
    events.FarHeld: _call("far_held", "on"),
    events.TransferStarted: _call("transfer_started"),
    events.TransferProgressed: _call("transfer_progressed", "code"),
    events.TransferFailed: _call("transfer_failed", "code"),
    events.CallTransferred: _call("transferred"),
    events.ConferenceJoined: _call("conference_joined"),
    events.ConferenceLeft: _call("conference_left"),
    events.PromptPlayed: _call("prompt_played"),
    events.PromptEnded: _call("prompt_ended"),
    events.CallMuted: _call("muted"),
    events.CallUnmuted: _call("unmuted"),
    events.RecordingStarted: _call("recording_started"),
    events.RecordingPaused: _call("recording_paused", "on"),
    events.RecordingFailed: _call("recording_failed"),
    events.CallEnded: ("call", _ended),
    events.QualityMeasured: ("quality", _quality),
    events.LineChanged: ("line", lambda event: _line(event.state)),
    events.HeadsetChanged: ("headset", lambda event: _headset(event.state)),
    events.HeadsetChecked: ("headset_check", _check),
    events.TroubleRaised: ("trouble", _trouble(on=True)),
    events.TroubleCleared: ("trouble", _trouble(on=False)),
    events.CommandRefused: ("refused", lambda event: {"command": event.command, "reason": event.reason}),
    events.SelfChecked: ("self_check", _self_check),
    events.CodeDialled: ("code", lambda event: {"code": event.code}),
    PhoneSnapshot: ("phone", _snapshot),
    wire.Restarted: ("restarted", lambda told: {"process": told.role, "exit_code": told.exit_code}),
    wire.CentralState: ("central", _central),
    wire.RecordingsState: ("recordings", _recordings),
    wire.StoreCare: ("store", _store),
}
