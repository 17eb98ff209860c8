"""How the call in front is heard: its last minute as a curve, its worst moment, and one sentence where something is
wrong. No Qt; values. Unobtrusive while it is good: then there is a curve and one word, and no sentence."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from desk.domain.calls import RUNNING, Call
from desk.domain.diagnosis import FINE_MOS, POOR_MOS, Diagnosis, cause_of
from desk.domain.identity import CallId
from desk.domain.quality import Quality
from desk.i18n import _
from desk.ui.beside import quality_words

SHOWN_S = 60.0
LOWEST_MOS, HIGHEST_MOS = 1.0, 4.5
_LOSS_SCALE, _JITTER_SCALE_MS = 10.0, 60.0  # the height of the graph
STAYS_S = 6.0  # a sentence stays this long after the moment is over: nobody reads faster


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement in the graph: how long ago as a share of its width (0 = a minute ago, 1 = now), and heights as
    shares of its height, 1 the best MOS, the most loss, the most jitter."""

    at: float
    mos: float
    loss: float
    jitter: float


@dataclass(frozen=True, slots=True)
class QualityView:
    """`tone`: "go", "warn", "danger". `word`: good, fair, poor. `sentence` "" while nothing is to be done. `figures`:
    what IT asks for. `worst`: the worst moment, "" while it was good throughout."""

    tone: str
    word: str
    points: tuple[Point, ...]
    sentence: str = ""
    figures: str = ""
    worst: str = ""


@dataclass
class History:
    """One call's measurements, of the last minute and the worst of all."""

    recent: deque[Quality] = field(default_factory=deque)
    worst: Quality | None = None
    bad: tuple[datetime, Diagnosis] | None = None  # the last span with something wrong

    def add(self, quality: Quality) -> None:
        if self.recent and self.recent[-1].at >= quality.at:
            return
        self.recent.append(quality)
        while (quality.at - self.recent[0].at).total_seconds() > SHOWN_S:
            self.recent.popleft()
        if self.worst is None or quality.mos < self.worst.mos:
            self.worst = quality
        cause = cause_of(quality)
        if cause is not Diagnosis.NONE:
            self.bad = (quality.at, cause)


class Histories:
    """Of all running calls, and of those that have just ended."""

    def __init__(self) -> None:
        self._of: dict[CallId, History] = {}

    def see(self, calls: Iterable[Call]) -> None:
        known = list(calls)
        for call in known:
            if call.quality is not None and call.phase in RUNNING:
                self._of.setdefault(call.call_id, History()).add(call.quality)
        here = {call.call_id for call in known}
        self._of = {call_id: history for call_id, history in self._of.items() if call_id in here}

    def of(self, call_id: CallId) -> History | None:
        return self._of.get(call_id)


def present(history: History, now: datetime, zone: tzinfo) -> QualityView:
    """`history` has at least one measurement."""
    last = history.recent[-1]
    cause = cause_of(last)
    if cause is Diagnosis.NONE and history.bad and now - history.bad[0] <= timedelta(seconds=STAYS_S):
        cause = history.bad[1]
    is_poor = last.mos < POOR_MOS or cause in (Diagnosis.MICROPHONE_DEAD, Diagnosis.FAR_SIDE_SILENT)
    tone = "danger" if is_poor else "warn" if last.mos < FINE_MOS or cause is not Diagnosis.NONE else "go"
    return QualityView(
        tone,
        quality_words.mos_word(last.mos),
        tuple(_point(quality, now) for quality in history.recent),
        quality_words.diagnosis(cause),
        figures(last),
        _worst(history.worst, zone),
    )


def figures(quality: Quality) -> str:
    """MOS 4.3 · loss 0.4 % · jitter 12 ms · buffer 40 ms · round trip 34 ms · PCMA."""
    parts = [
        f"MOS {quality.mos:.1f}",
        _("loss {percent} %").format(percent=f"{quality.worst_loss:.1f}"),
        _("jitter {ms} ms").format(ms=round(quality.jitter_ms)),
        _("buffer {ms} ms").format(ms=round(quality.buffer_ms)),
    ]
    if quality.round_trip_ms is not None:
        parts.append(_("round trip {ms} ms").format(ms=round(quality.round_trip_ms)))
    return " · ".join([*parts, quality.codec] if quality.codec else parts)


def _worst(worst: Quality | None, zone: tzinfo) -> str:
    if worst is None or worst.mos >= FINE_MOS:
        return ""
    at = f"{worst.at.astimezone(zone):%H:%M:%S}"
    return _("worst {mos} at {time}").format(mos=f"{worst.mos:.1f}", time=at)


def _point(quality: Quality, now: datetime) -> Point:
    ago_s = (now - quality.at).total_seconds()
    return Point(
        _share(1.0 - ago_s / SHOWN_S),
        _share((quality.mos - LOWEST_MOS) / (HIGHEST_MOS - LOWEST_MOS)),
        _share(quality.worst_loss / _LOSS_SCALE),
        _share(quality.jitter_ms / _JITTER_SCALE_MS),
    )


def _share(value: float) -> float:
    return min(1.0, max(0.0, value))
