"""Watches how every call is heard while it is talked on: each two seconds the differences of what the SIP stack counts
become a `QualityMeasured`, with an estimate by ITU-T G.107 of the worse direction. Beside it the faults that nobody
on the call can name: not a sound from the microphone, not a packet from the far side, packets that have held nothing
but digital silence ever since the call began, no audio agreed upon at all. Each is in the call's manifest and on the
screen within five seconds; of packets those seconds count in which the far side had the word.

Surprising choice: packets that fall silent after a sound are no fault. Telephones that take the noise out send pure
silence while their owner listens.

Promises: some 0.6 ms per call and second, and 6 us per tick of the audio clock. A microphone that gives pure silence in
every pause (a noise gate) is learnt, and given more time before it is called dead.

Phone process, main thread."""

from dataclasses import dataclass, replace

from desk.domain import events
from desk.domain.calls import Call, Phase
from desk.domain.identity import CallId
from desk.domain.quality import Quality
from desk.domain.troubles import Trouble
from desk.telephony.companion import Companion, Workplace
from desk.telephony.estimate import estimated
from desk.telephony.frames import SILENT_DBFS
from desk.telephony.headset.port import HeadsetCounts, NoHeadset
from desk.telephony.stack import LegStatistics

SPAN_S = 2.0
LOOK_S = 0.5  # whether packets come, how many wait
LISTEN_S = 0.1
SILENT_S = 4.5
NO_PACKETS_S = 4.0
GATED_S = 20.0  # for a microphone that is known to be silent between words
GATE_S = 0.5  # so long a pure silence between two words is a gate's
DEAD_DBFS = -75.0  # the noise of a room and of the microphone itself is above it, whatever its make
VOICE_DBFS = -42.0  # somebody speaks
SOUND_DBFS = -70.0  # anything at all: A-law has no zero, its idle code is a peak of 8 (-72), its next step one of 24
SOUND_S = 0.6  # G.722 settles for 0.3 s, at -57
OF_THE_WATCH = frozenset({Trouble.DEAD_MICROPHONE, Trouble.NO_AUDIO})


class Silences:
    """How long there has been nothing to hear. Asked every `LISTEN_S` with the peaks since then."""

    def __init__(self) -> None:
        self.microphone_s = 0.0  # pure silence, while it was open
        self.nobody_s = 0.0  # neither side said anything
        self._unheard_s: float | None = None  # the far side had the word, and not a sound came; None: one has come
        self._sound_s = 0.0  # something came that is no voice
        self._gated = False

    def begin(self, *, anew: bool) -> None:
        """Another call (`anew`), or one that goes on: what was learnt of the microphone stays."""
        self.microphone_s = self.nobody_s = 0.0
        self._unheard_s, self._sound_s = 0.0 if anew else None, 0.0

    def listen(
        self, passed_s: float, microphone_dbfs: float, earpiece_dbfs: float, muted: bool, *, far_waits: bool
    ) -> None:
        """`far_waits`: the far side listens to a prompt, or has put us on hold."""
        if muted or microphone_dbfs > DEAD_DBFS:
            if not muted and GATE_S <= self.microphone_s < SILENT_S:
                self._gated = True
            self.microphone_s = 0.0
        else:
            self.microphone_s += passed_s
        if earpiece_dbfs > VOICE_DBFS:
            self.nobody_s = 0.0
        elif not far_waits and (muted or microphone_dbfs <= VOICE_DBFS):
            self.nobody_s += passed_s  # the caller is not silent while they are listening to the agent
            if self._unheard_s is not None:
                self._unheard_s += passed_s
        if earpiece_dbfs > SOUND_DBFS:
            self._sound_s += passed_s
            if earpiece_dbfs > VOICE_DBFS or self._sound_s >= SOUND_S:
                self._unheard_s = None

    @property
    def dead_microphone(self) -> bool:
        return self.microphone_s >= (GATED_S if self._gated else SILENT_S)

    @property
    def silent_caller(self) -> bool:
        return self.nobody_s >= SILENT_S

    @property
    def never_heard(self) -> bool:
        return self._unheard_s is not None and self._unheard_s >= SILENT_S


@dataclass
class _Watched:
    """One call since its last span. `latest`: of the last look. `reported`: what the far side's last report said of our
    packets, in per cent. `most_waiting_ms`: in the jitter buffer at any look, which is how long a packet waits that
    comes in time; a buffer that has just run dry says nothing of the delay."""

    at_s: float
    looked_s: float
    last_packet_s: float
    statistics: LegStatistics
    latest: LegStatistics
    report: LegStatistics
    counts: HeadsetCounts
    reported: float | None = None
    told_dead: bool = False  # the microphone
    told_unheard: bool = False  # the far side
    no_packets: bool = False
    most_waiting_ms: float = 0.0
    microphone_dbfs: float = SILENT_DBFS
    earpiece_dbfs: float = SILENT_DBFS


class QualityWatch(Companion):
    def __init__(self, workplace: Workplace) -> None:
        self._at = workplace
        self._watched: dict[CallId, _Watched] = {}
        self._without_media: dict[CallId, tuple[float, float]] = {}  # since when, told last (monotonic)
        self._silences = Silences()
        self._listened_s = 0.0
        self._standing: frozenset[Trouble] = frozenset()
        self._has_microphone = not isinstance(workplace.headset, NoHeadset)
        workplace.frames.watch(False)

    def heard(self, event: events.CallEvent) -> None:
        """A call that is talked on is watched at once; what it was before says nothing about what it is now."""
        match event:
            case events.CallAnswered() | events.CallResumed():
                self._silences.begin(anew=isinstance(event, events.CallAnswered))
            case events.CallHeld() | events.CallEnded():
                self._watched.pop(event.call_id, None)
                self._without_media.pop(event.call_id, None)
                if not self._talked():
                    self._rest()
            case events.FarHeld():
                self._without_media.pop(event.call_id, None)
                self._watched.pop(event.call_id, None)  # they send nothing, and that is right
            case _:
                pass

    def tick(self, now_s: float) -> None:
        if now_s - self._listened_s < LISTEN_S:
            return
        passed_s, self._listened_s = min(now_s - self._listened_s, 3 * LISTEN_S), now_s
        talked = self._talked()
        self._at.frames.watch(bool(talked))
        if not talked:
            return
        self._listen(talked, passed_s)
        for call in talked:
            self._look(call, now_s)
        unheard = [w for call in talked if not call.far_held and (w := self._watched.get(call.call_id)) is not None]
        silent = any(now_s - watched.last_packet_s >= NO_PACKETS_S for watched in unheard)
        never = any(now_s - since_s >= NO_PACKETS_S for since_s, _ in self._without_media.values())
        self._stands(Trouble.NO_AUDIO, silent or never or (bool(unheard) and self._silences.never_heard))

    def close(self) -> None:
        self._at.frames.watch(False)

    def _talked(self) -> list[Call]:
        return [call for call in self._at.calls() if call.phase is Phase.UP]

    def _rest(self) -> None:
        """Nobody is talked to: what was wrong is over with the call."""
        self._silences.begin(anew=False)
        for trouble in OF_THE_WATCH:
            self._stands(trouble, False)

    # ---- silence

    def _listen(self, talked: list[Call], passed_s: float) -> None:
        microphone, earpiece = self._at.frames.watched_dbfs()
        muted = all(call.muted for call in talked)
        far_waits = any(call.prompt or call.far_held for call in talked)
        self._silences.listen(passed_s, microphone, earpiece, muted or not self._has_microphone, far_waits=far_waits)
        for call in talked:
            if (watched := self._watched.get(call.call_id)) is not None:
                watched.microphone_dbfs = max(watched.microphone_dbfs, microphone)
                watched.earpiece_dbfs = max(watched.earpiece_dbfs, earpiece)
        self._stands(Trouble.DEAD_MICROPHONE, self._silences.dead_microphone)

    def _stands(self, trouble: Trouble, on: bool) -> None:
        if on != (trouble in self._standing):
            self._standing ^= {trouble}
            self._at.settle(OF_THE_WATCH, dict.fromkeys(self._standing, ""))

    # ---- figures

    def _look(self, call: Call, now_s: float) -> None:
        watched = self._watched.get(call.call_id)
        news = watched is not None and self._is_news(call, watched)
        if watched is not None and now_s - watched.looked_s < LOOK_S - LISTEN_S / 2 and not news:
            return
        leg = self._at.leg(call.call_id)
        latest = self._at.stack.statistics(leg) if leg is not None else None
        if latest is None:
            self._watched.pop(call.call_id, None)
            self._miss_media(call, now_s)
        elif watched is None or latest.received < watched.latest.received:  # a new stream counts anew
            counts = self._at.headset.counts
            self._without_media.pop(call.call_id, None)
            self._watched[call.call_id] = _Watched(now_s, now_s, now_s, latest, latest, latest, counts)
        else:
            if latest.received > watched.latest.received:
                watched.last_packet_s = now_s
            watched.looked_s, watched.latest = now_s, latest
            watched.most_waiting_ms = max(watched.most_waiting_ms, latest.buffer_ms)
            if now_s - watched.at_s >= SPAN_S - LOOK_S / 2 or news:
                quality = self._quality(call, watched, now_s)
                self._at.call_happened(events.QualityMeasured(call.call_id, quality.at, quality))

    def _is_news(self, call: Call, watched: _Watched) -> bool:
        """A side is found silent that was not: that waits for no span to end."""
        dead = not watched.told_dead and self._silences.dead_microphone and not call.muted
        return dead or (not watched.told_unheard and self._silences.never_heard and not call.far_held)

    def _miss_media(self, call: Call, now_s: float) -> None:
        """It is talked on, and no audio runs: nothing was agreed upon, the codec failed. A span says so by having no
        codec."""
        if call.far_held:
            return
        since_s, told_s = self._without_media.setdefault(call.call_id, (now_s, now_s))
        if now_s - told_s < SPAN_S:
            return
        self._without_media[call.call_id] = (since_s, now_s)
        at = self._at.clock()
        nothing = Quality(at, "", 100.0, None, 0.0, None, 0.0, 0.0, mos=1.0, no_packets=True, span_s=now_s - told_s)
        self._at.call_happened(events.QualityMeasured(call.call_id, at, nothing))

    def _quality(self, call: Call, watched: _Watched, now_s: float) -> Quality:
        """Of the span that ends now; the next one begins."""
        before, statistics, after_outage = watched.statistics, watched.latest, watched.no_packets
        received = statistics.received - before.received
        watched.no_packets = now_s - watched.last_packet_s >= SPAN_S - LOOK_S and not call.far_held
        # What an outage has cost is counted while it lasts; the packet that ends it tells of all of it once more.
        lost = 0 if after_outage else max(statistics.lost - before.lost, 0)
        late = 0 if after_outage else max(statistics.discarded - before.discarded, 0)
        whole = received + lost
        loss = 100.0 * lost / whole if whole else 100.0 * watched.no_packets
        discarded = min(100.0 * late / whole, 100.0) if whole and received else 0.0
        self._read_report(watched, statistics)
        muted = call.muted or not self._has_microphone
        counts = self._at.headset.counts
        heard = estimated(
            statistics,
            self._at.clock(),
            loss=loss,
            discarded=discarded,
            sent_loss=watched.reported,
            buffer_ms=watched.most_waiting_ms,
            span_s=now_s - watched.at_s,
        )
        quality = replace(
            heard,
            mos=1.0 if watched.no_packets else heard.mos,  # the model knows no connection on which nothing is heard
            silent_microphone=self._silences.dead_microphone and not muted,
            silent_caller=self._silences.silent_caller and not call.far_held,
            no_packets=watched.no_packets,
            never_heard=self._silences.never_heard and not call.far_held,
            late_frames=_late_frames(watched.counts, counts),
            microphone_dbfs=None if muted else round(watched.microphone_dbfs, 1),
            earpiece_dbfs=round(watched.earpiece_dbfs, 1),
        )
        watched.at_s, watched.statistics, watched.counts = now_s, statistics, counts
        watched.microphone_dbfs = watched.earpiece_dbfs = SILENT_DBFS
        watched.most_waiting_ms = 0.0
        watched.told_dead, watched.told_unheard = quality.silent_microphone, quality.never_heard
        return quality

    @staticmethod
    def _read_report(watched: _Watched, statistics: LegStatistics) -> None:
        """The far side reports every five seconds or so, of all its packets: only the difference of two reports tells
        of the time between them."""
        before = watched.report
        if statistics.reports == before.reports or statistics.sent_lost is None:
            return
        sent = statistics.sent - before.sent
        if before.reports and before.sent_lost is not None and sent > 0:
            watched.reported = min(max(100.0 * (statistics.sent_lost - before.sent_lost) / sent, 0.0), 100.0)
        elif statistics.sent:
            watched.reported = min(100.0 * statistics.sent_lost / statistics.sent, 100.0)
        watched.report = statistics


def _late_frames(before: HeadsetCounts, now: HeadsetCounts) -> int:
    """Of our own side, of both ways."""
    pairs = ((before.microphone, now.microphone), (before.earpiece, now.earpiece))
    return round(sum(max(b.lost - a.lost, 0.0) + max(b.repeated - a.repeated, 0.0) for a, b in pairs))
