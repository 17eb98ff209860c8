"""What the headset's keys do to the calls, and what its lamps say of them: hook answers and hangs up, mute mutes, flash
swaps. A key for which nothing fits does nothing. `KeysAtWork` is a companion of the phone process: main thread."""

import logging
from collections.abc import Sequence

from desk.domain import commands, events
from desk.domain.calls import Call, Phase
from desk.telephony.companion import Companion, Refusal, Workplace
from desk.telephony.keys.port import HeadsetKeys, Key, Lamps

_log = logging.getLogger(__name__)


def lamps_for(calls: Sequence[Call]) -> Lamps:
    """`calls`: those that run."""
    phases = {call.phase for call in calls}
    return Lamps(
        off_hook=bool(phases & {Phase.UP, Phase.HELD, Phase.DIALLING}),
        ringing=Phase.RINGING in phases,
        muted=any(call.muted for call in calls if call.phase is Phase.UP),
        held=Phase.HELD in phases and Phase.UP not in phases,
    )


def command_for(key: Key, calls: Sequence[Call]) -> commands.Command | None:
    """`calls`: those that run, oldest first. None: nothing fits."""
    match key:
        case Key.HOOK_OFF:
            return _off_hook(calls)
        case Key.HOOK_ON:
            return _on_hook(calls)
        case Key.HOOK:
            return _on_hook(calls) or _off_hook(calls)
        case Key.FLASH:
            return _flash(calls)
        case Key.MUTE | Key.MUTE_ON | Key.MUTE_OFF:
            return _mute(key, _first(calls, Phase.UP))


def _off_hook(calls: Sequence[Call]) -> commands.Command | None:
    rings, held = _first(calls, Phase.RINGING), _first(calls, Phase.HELD)
    if rings:
        return commands.Answer(rings.call_id)
    if held and not _first(calls, Phase.UP):
        return commands.Hold(held.call_id, on=False)
    return None


def _on_hook(calls: Sequence[Call]) -> commands.Command | None:
    """The call that is talked on; of a conference the one that was called in: the resident stays."""
    talked = [call for call in calls if call.phase is Phase.UP]
    consulting = next((call for call in talked if call.in_conference and call.consults), None)
    leaving = consulting or next(iter(talked), None) or _first(calls, Phase.DIALLING)
    return commands.HangUp(leaving.call_id) if leaving else None


def _flash(calls: Sequence[Call]) -> commands.Command | None:
    """To the call that waits, and back; alone: hold and resume."""
    rings, held, up = (_first(calls, phase) for phase in (Phase.RINGING, Phase.HELD, Phase.UP))
    if up and up.in_conference:
        return None
    if rings and up:
        return commands.Answer(rings.call_id)
    if held:
        return commands.Hold(held.call_id, on=False)
    return commands.Hold(up.call_id, on=True) if up else None


def _mute(key: Key, up: Call | None) -> commands.Command | None:
    if up is None:
        return None
    return commands.Mute(up.call_id, on=not up.muted if key is Key.MUTE else key is Key.MUTE_ON)


def _first(calls: Sequence[Call], phase: Phase) -> Call | None:
    return next((call for call in calls if call.phase is phase), None)


class KeysAtWork(Companion):
    def __init__(self, place: Workplace, keys: HeadsetKeys) -> None:
        self._to, self._keys = place, keys
        keys.open(
            lambda key: place.later(lambda: self._pressed(key)),
            lambda name, serial: place.later(lambda: place.name_keys(name, serial)),
        )

    def heard(self, event: events.CallEvent) -> None:
        if not isinstance(event, events.QualityMeasured):
            self._keys.show(lamps_for(self._to.calls()))

    def headset_changed(self, state: events.HeadsetState) -> None:
        default = next((device.name for device in state.microphones if device.is_default), "")
        self._keys.prefer(state.microphone or default)

    def close(self) -> None:
        self._keys.close()

    def _pressed(self, key: Key) -> None:
        calls = self._to.calls()
        command = command_for(key, calls)
        _log.info("headset key", extra={"key": key.value, "command": type(command).__name__ if command else ""})
        if command is None:
            return
        try:
            self._to.do(command)
        except Refusal as refusal:
            _log.info("the headset's key came to nothing: %s", refusal.reason)
