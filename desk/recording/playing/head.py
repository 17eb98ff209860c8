"""The playing head: where it stands on the reel, and what is heard there next. It goes at any speed, jumps, goes round
a loop, and passes over silence. One thread at a time, the player's."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from desk.recording.playing.decode import RATE_HZ, Decoder, Samples
from desk.recording.playing.quiet import SilenceAhead, silent_spans
from desk.recording.playing.reel import Reel, never
from desk.recording.playing.tempo import Tempo
from desk.recording.playing.waveform import kept

LONG_MS = 600  # shorter silences belong to speech
KEPT_MS = 250  # of a long one, at either end and around a mark: so that one hears that something was there
LEAP_MS = 2_000  # more than this is searched in the file, not decoded


@dataclass(frozen=True, slots=True)
class Way:
    """How to go on. `loop`: (from, until) in ms. `marks`: moments that are heard even in silence, in order."""

    speed: float = 1.0
    skip_silence: bool = False
    loop: tuple[int, int] | None = None
    marks: tuple[int, ...] = ()


class Head:
    """Raises what `Decoder` says."""

    def __init__(self, reel: Reel, called_away: Callable[[], bool] = never) -> None:
        self._decoder = Decoder(reel, called_away)
        self._called_away = called_away
        self._tempo = Tempo(self._decoder.samples)
        self._silence = SilenceAhead(self._tempo)
        bars = kept(self._decoder)
        self._spans = silent_spans(bars.caller, bars.agent, self.length_ms) if bars is not None else []
        self._tempo.restart(0)

    @property
    def length_ms(self) -> int:
        return self._decoder.length_ms

    @property
    def waiting(self) -> bool:
        """For bytes that have not come yet. Any thread."""
        return self._decoder.waiting

    @property
    def at_ms(self) -> int:
        return self._tempo.at * 1000 // RATE_HZ

    def close(self) -> None:
        self._decoder.close()

    def go(self, to_ms: int) -> None:
        """On from here."""
        self._move(_samples(to_ms))
        self._silence.restart(_samples(to_ms))

    def next(self, way: Way) -> Samples | None:
        """The next 15 ms to be heard; None at the end."""
        if way.loop is not None and self.at_ms >= way.loop[1] > way.loop[0]:
            self.go(way.loop[0])
        elif way.skip_silence:
            self._pass_silence(way.marks)
        block = self._tempo.next(way.speed)
        if block is None and way.loop is not None and way.loop[0] < self.length_ms:
            self.go(way.loop[0])
            block = self._tempo.next(way.speed)
        return block

    def _move(self, to: int) -> None:
        if self._tempo.has(to):
            self._tempo.jump(to)
        else:
            self._decoder.seek_ms(to * 1000 // RATE_HZ)
            self._tempo.restart(to)

    def _pass_silence(self, marks: tuple[int, ...]) -> None:
        at = self._tempo.at
        if self._silence.looked < at:
            self._silence.restart(at)
        self._silence.look(at + _samples(LONG_MS))
        silence = self._silence.at(at)
        if silence is None or at < silence[0] + _samples(KEPT_MS) or silence[1] - silence[0] < _samples(LONG_MS):
            return
        behind = bisect_right(marks, self.at_ms - KEPT_MS)
        mark = _samples(marks[behind] - KEPT_MS) if behind < len(marks) else None
        if mark is not None and mark <= at:
            return  # it is being heard
        to = self._end_of_silence(at, mark) - _samples(KEPT_MS)
        to = to if mark is None else min(to, mark)
        if to > at + _samples(KEPT_MS) // 2:
            self._move(to)

    def _end_of_silence(self, at: int, mark: int | None) -> int:
        """Where somebody speaks again; the place of the mark, or the end of the recording, where that comes first."""
        while not self._called_away():
            silence = self._silence.at(at)
            looked = self._silence.looked
            if silence is None or silence[1] < looked or (mark is not None and looked >= mark + _samples(KEPT_MS)):
                return silence[1] if silence is not None else at
            known = self._known_until(looked)
            if known - looked > _samples(LEAP_MS):
                self._decoder.seek_ms(known * 1000 // RATE_HZ)
                self._tempo.restart(known)
                self._silence.leap(known)
            elif not self._silence.look(looked + _samples(LONG_MS)) and self._silence.at(at) == (
                silence[0],
                self._silence.looked,
            ):
                return self._silence.looked + _samples(KEPT_MS)  # silent to the end of the recording
        return at

    def _known_until(self, place: int) -> int:
        """Up to where the bars show silence from here on."""
        place_ms = place * 1000 // RATE_HZ
        index = bisect_left(self._spans, (place_ms + 1, 0)) - 1
        return _samples(self._spans[index][1]) if index >= 0 and self._spans[index][1] > place_ms else place


def _samples(duration_ms: int) -> int:
    return duration_ms * RATE_HZ // 1000
