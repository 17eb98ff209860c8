"""One headset's keys and lamps as its reports: which key a report means, and which reports make the lamps right. Usages
are those of the HID Usage Tables (telephony page 0x0B, LED page 0x08).

Headsets keep a hook of their own and move it when told by the off-hook lamp, so that what they report may be nothing
but the echo of what they were told: it is compared with what was shown. Others only say "pressed", without a state. A
headset whose hook was moved for nothing (pressed while no call rings) is told where it really stands. What a key does
is not known here. No thread, no device, no clock of its own: tested with every shape of headset."""

from collections.abc import Iterator

from desk.telephony.keys.hid_descriptor import Descriptor, Usage
from desk.telephony.keys.port import Key, Lamps

TELEPHONY, LED = 0x0B, 0x08
HOOK, FLASH, DROP, MUTE = (Usage(TELEPHONY, number) for number in (0x20, 0x21, 0x26, 0x2F))
RINGER = Usage(TELEPHONY, 0x9E)
LED_MUTE, LED_OFF_HOOK, LED_RING, LED_HOLD = (Usage(LED, number) for number in (0x09, 0x17, 0x18, 0x20))

PRESS_ECHO_S = 0.25  # a "pressed" so soon after the lamp was changed is its echo: nobody is so quick
STATE_ECHO_S = 3.0  # the echo of a state comes once, and by a radio link late
STALE_S = 1.0  # until then a report of another key may still carry the state from before
REPEAT_S = 0.3  # a "pressed" so soon after another one is a key that sticks
SETTLE_S = 0.4  # from a key to what it did being shown; then the headset is told where it stands


def has_keys(descriptor: Descriptor) -> bool:
    return bool(descriptor.input_usages() & {HOOK, MUTE})


class HidKeypad:
    def __init__(self, descriptor: Descriptor) -> None:
        self._descriptor = descriptor
        self._lamps = Lamps()
        self._told_at_s: dict[Usage, float] = {}  # when it was told a state that it did not have
        self._echo_due: set[Usage] = set()
        self._state = {HOOK: 0, MUTE: 0}  # as the headset has it, by its report or by what it was told
        self._last: dict[Usage, int] = {}  # in the report before
        self._pressed_at_s: dict[Usage, float] = {}
        self._unsettled_s: float | None = None

    def heard(self, untrusted_report: bytes, now_s: float) -> tuple[Key, ...]:
        """The keys in an input report."""
        values = self._descriptor.read_report(untrusted_report)
        keys = tuple(key for usage, value in values.items() for key in self._key(usage, int(bool(value)), now_s))
        self._last.update(values)
        if keys:
            self._unsettled_s = now_s
        return keys

    def show(self, lamps: Lamps, now_s: float) -> tuple[bytes, ...]:
        """The output reports that make the lamps right; none where they are."""
        return self._show(lamps, now_s) if lamps != self._lamps else ()

    def show_anew(self, now_s: float) -> tuple[bytes, ...]:
        """All lamps, whatever the headset has been told before: it has just been plugged in."""
        return self._show(self._lamps, now_s)

    def settle(self, now_s: float) -> tuple[bytes, ...]:
        """After a key that changed nothing the headset is where it should not be: the reports that put it right."""
        if self._unsettled_s is None or now_s - self._unsettled_s < SETTLE_S:
            return ()
        self._unsettled_s = None
        stands = self._state[HOOK], self._state[MUTE]
        astray = stands != (int(self._lamps.off_hook), int(self._lamps.muted))
        return self._show(self._lamps, now_s) if astray else ()

    def _show(self, lamps: Lamps, now_s: float) -> tuple[bytes, ...]:
        before, self._lamps = self._lamps, lamps
        for usage, was, now in ((HOOK, before.off_hook, lamps.off_hook), (MUTE, before.muted, lamps.muted)):
            if was != now or self._state[usage] != int(now):
                self._told_at_s[usage] = now_s
                if self._last.get(usage) != int(now):
                    self._echo_due.add(usage)
            self._state[usage] = int(now)
        return self._descriptor.write_reports(
            {
                LED_OFF_HOOK: int(lamps.off_hook),
                LED_RING: int(lamps.ringing),
                LED_MUTE: int(lamps.muted),
                LED_HOLD: int(lamps.held),
                RINGER: int(lamps.ringing),
            }
        )

    def _key(self, usage: Usage, value: int, now_s: float) -> Iterator[Key]:
        if usage in (HOOK, MUTE):
            if not self._descriptor.is_relative(usage):
                yield from self._moved(usage, value, now_s)
            elif self._is_press(usage, value, now_s) and self._told_s_ago(usage, now_s) >= PRESS_ECHO_S:
                yield Key.HOOK if usage == HOOK else Key.MUTE
        elif usage in (FLASH, DROP) and self._is_press(usage, value, now_s):
            yield Key.FLASH if usage == FLASH else Key.HOOK_ON

    def _moved(self, usage: Usage, value: int, now_s: float) -> Iterator[Key]:
        """A key that has a state."""
        if value != self._state[usage]:
            if (
                usage in self._echo_due
                and value == self._last.get(usage, 0)
                and self._told_s_ago(usage, now_s) < STALE_S
            ):
                return
            self._state[usage] = value
            on, off = (Key.HOOK_OFF, Key.HOOK_ON) if usage == HOOK else (Key.MUTE_ON, Key.MUTE_OFF)
            yield on if value else off
        elif self._last.get(usage, value) != value and not self._takes_for_echo(usage, now_s):
            # It does not follow the lamps: its own state has come round to what is shown, by a key.
            yield Key.HOOK if usage == HOOK else Key.MUTE

    def _takes_for_echo(self, usage: Usage, now_s: float) -> bool:
        due = usage in self._echo_due and self._told_s_ago(usage, now_s) < STATE_ECHO_S
        self._echo_due.discard(usage)
        return due

    def _is_press(self, usage: Usage, value: int, now_s: float) -> bool:
        if not value:
            return False
        held_s = now_s - self._pressed_at_s.get(usage, -REPEAT_S)
        self._pressed_at_s[usage] = now_s
        if self._last.get(usage) and not self._descriptor.is_relative(usage):
            return False
        return not self._last.get(usage) or held_s >= REPEAT_S

    def _told_s_ago(self, usage: Usage, now_s: float) -> float:
        return now_s - self._told_at_s.get(usage, now_s - STATE_ECHO_S)
