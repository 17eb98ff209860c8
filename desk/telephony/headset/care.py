"""The headset's comfort and its check before the shift, as the agent asks for them. A companion of the phone process:
main thread. A call goes before a check: it breaks one off, and while there is one none begins."""

from desk.domain import commands, events
from desk.telephony.companion import Companion, Does, Refusal, Workplace


class HeadsetCare(Companion):
    def __init__(self, place: Workplace) -> None:
        self._to = place

    @property
    def does(self) -> Does:
        return {commands.SetComfort: self._set_comfort, commands.CheckHeadset: self._check}

    def heard(self, event: events.CallEvent) -> None:
        if isinstance(event, events.CallOffered | events.CallDialled):
            self._to.headset.break_off_check()

    def close(self) -> None:
        self._to.headset.break_off_check()

    def _set_comfort(self, asked: commands.SetComfort) -> None:
        self._to.headset.set_comfort(asked)

    def _check(self, asked: commands.CheckHeadset) -> None:
        if not asked.on:
            self._to.headset.break_off_check()
        elif self._to.calls():
            raise Refusal("not_now", "a call is running")
        else:
            self._to.headset.check(lambda told: self._to.later(lambda: self._to.publish(told)))
