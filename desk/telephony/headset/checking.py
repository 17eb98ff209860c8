"""The check before the shift, from the first whoop to the verdict: three exchanges through the headset on a thread of
its own, which waits for the sound and computes, so that neither the phone's main thread nor the audio thread has to.
`start`, `break_off`: any thread. What it has to tell comes on its own thread."""

import threading
from collections.abc import Callable
from typing import TypeAlias

from desk.domain.events import CheckStage, HeadsetChecked, Verdict
from desk.telephony.headset import check as headset_check
from desk.telephony.headset.comfort import SoundPath
from desk.telephony.headset.exchange import Exchange

Tell: TypeAlias = Callable[[HeadsetChecked], None]


class HeadsetChecking:
    """One at a time: a check that is asked for while one runs begins anew."""

    def __init__(self, path: SoundPath) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._running: _Run | None = None

    def start(self, tell: Tell) -> None:
        run = _Run(self._path, tell)
        with self._lock:
            if self._running is not None:
                self._running.break_off(None)
            self._running = run
        threading.Thread(target=run, name="headset check", daemon=True).start()

    def break_off(self, why: Verdict | None = None) -> None:
        """Nothing where none runs."""
        with self._lock:
            if self._running is not None:
                self._running.break_off(why)
                self._running = None


class _Broken(Exception):
    pass


class _Run:
    def __init__(self, path: SoundPath, tell: Tell) -> None:
        self._path, self._tell = path, tell
        self._lock = threading.Lock()
        self._exchange: Exchange | None = None
        self._broken = False
        self._why: Verdict | None = None

    def break_off(self, why: Verdict | None) -> None:
        with self._lock:
            if not self._broken:
                self._broken, self._why = True, why
            if self._exchange is not None:
                self._exchange.break_off()
                self._path.exchange(None)

    def __call__(self) -> None:
        try:
            self._tell(self._check())
        except _Broken:
            self._tell(HeadsetChecked(CheckStage.FAILED, self._why))

    def _check(self) -> HeadsetChecked:
        echoed = self._stage(CheckStage.TONE, headset_check.tone())
        spoken = self._stage(CheckStage.SPEAK, headset_check.silence(headset_check.SPEAK_S))
        quiet = self._stage(CheckStage.SILENCE, headset_check.silence(headset_check.SILENCE_S))
        found = headset_check.measure(echoed, spoken, quiet)
        return HeadsetChecked(
            CheckStage.DONE,
            headset_check.verdict(found),
            found.voice_dbfs,
            found.noise_dbfs,
            found.echo.below_db if found.echo else None,
            found.echo.round_trip_ms if found.echo else None,
        )

    def _stage(self, stage: CheckStage, played: bytes) -> bytes:
        exchange = Exchange(played)
        with self._lock:
            if self._broken:
                raise _Broken
            self._exchange = exchange
            self._path.exchange(exchange)
        self._tell(HeadsetChecked(stage))
        heard = exchange.heard()
        with self._lock:
            if not self._broken:
                self._path.exchange(None)
            self._exchange = None
        if heard is None:
            raise _Broken
        return heard
