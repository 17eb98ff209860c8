"""`SipStack` by PJSIP. Every method runs on the thread that called `open`; Python objects of pjsua2 must not even be
garbage-collected elsewhere, so they are referred to from here only, and the process collects on this thread.

PJSIP's callbacks come in the middle of its own work. They only add to `_signals`, which `pump` delivers when the
library has returned."""

import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pjsua2 as pj

from desk.settings import LineSettings
from desk.telephony.frame_clock import FrameClock
from desk.telephony.lines import sdp_codecs
from desk.telephony.lines.check_mark import mark_headers, read_marks
from desk.telephony.lines.party_headers import raw_message, read_answer_after_s, read_diversions, read_party
from desk.telephony.lines.password import AskKeyring
from desk.telephony.lines.registration import Registration
from desk.telephony.lines.turned_away import NOT_ACCEPTABLE, Turning, why
from desk.telephony.pj.bridge import PjBridge
from desk.telephony.pj.call import PjCall
from desk.telephony.pj.endpoint import request_port, start_endpoint
from desk.telephony.pj.farewells import Farewells
from desk.telephony.pj.line import PjLine
from desk.telephony.pj.log_tap import LogTap
from desk.telephony.pj.tap import Listen, can_tap, tap
from desk.telephony.stack import Ended, Leg, LegStatistics, NotNow, Offered, OnSignal, Signal

FAREWELL_S = 0.4  # BYE, CANCEL and the un-REGISTER are on their way by then
RENEW_S = 0.1
MOST_REDIRECTIONS = 5  # RFC 3261 8.1.3.4 leaves the number to us

_log = logging.getLogger(__name__)


class PjStack:
    """`password_of(line)` is asked for on another thread, again and again while it is missing or refused.
    `registration_of`: another pace than the usual one, for tests. `on_message` hears every SIP message, on this
    thread."""

    def __init__(
        self,
        lines: Sequence[LineSettings],
        clock: FrameClock,
        password_of: Callable[[LineSettings], AskKeyring] = lambda _line: lambda: None,
        sip_log: Path | None = None,
        registration_of: Callable[[LineSettings], Registration | None] = lambda _line: None,
        hold_music: str = "",
        on_message: Listen | None = None,
    ) -> None:
        self._sip_log, self._on_message = sip_log, on_message
        self._bridge = PjBridge(clock, hold_music)
        self._signals: deque[Signal] = deque()
        self._calls: dict[Leg, PjCall] = {}
        self._departed: list[PjCall] = []
        self._next_leg = 1
        self._active: tuple[Leg, ...] = ()
        self._echoed: set[Leg] = set()
        self._sent_on: list[PjCall] = []  # ended by a 3xx
        self._turning = Turning(self._turned_away)
        self._replacing = ""  # the INVITE that takes a leg's place
        self._renew_at = 0.0
        self._lines = [
            PjLine(line, password_of(line), registration_of(line), self._invited, self._signals.append, self._moved)
            for line in lines
        ]

    def open(self, on_signal: OnSignal) -> None:
        self._on_signal = on_signal
        listener = self._on_message if not can_tap() else None
        self._endpoint = start_endpoint(self._sip_log, LogTap(listener) if listener is not None else None)
        self._farewells = Farewells()
        self._tap = tap(self._passed)
        self._bridge.open()
        self._tend_lines(time.monotonic())

    def pump(self, timeout_s: float) -> None:
        self._endpoint.libHandleEvents(int(timeout_s * 1000))
        # Deleting a `pj.Call` hangs up the call that has its number NOW (pjsua2's ~Call), and PJSIP gives the number
        # away again at once: a call that has ended is kept as long as another one has it.
        self._departed = [call for call in self._departed if call.isActive()]
        now_s = time.monotonic()
        self._tend_lines(now_s)
        if now_s >= self._renew_at:
            self._renew_at = now_s + RENEW_S
            self._renew(now_s)
            self._farewells.make_room()
        self._follow()
        while self._signals:
            self._on_signal(self._signals.popleft())

    def _passed(self, out: bool, message: bytes) -> None:
        """From within PJSIP's work."""
        if out:
            self._farewells.sent(message)
        self._turning.passed(out, message)
        if self._on_message is not None:
            self._on_message(out, message)

    # ---- the lines

    def _tend_lines(self, now_s: float) -> None:
        for line in self._lines:
            line.tend(self._endpoint, now_s)

    def _line(self, label: str) -> PjLine:
        """The first where none is named. Raises `NotNow`."""
        found = next((line for line in self._lines if label in ("", line.settings.label)), None)
        if found is None or found.account is None:
            raise NotNow("the line is not there yet")
        return found

    def _moved(self, line: PjLine) -> None:
        """Its address, or the connection to its server, is another: the far sides of its calls must know."""
        for call in self._calls.values():
            if call.line == line.settings.label:
                call.move()

    # ---- legs

    def _new_leg(self) -> Leg:
        leg = Leg(self._next_leg)
        self._next_leg += 1
        return leg

    def _invited(self, line: PjLine, pj_id: int, untrusted_invite: str, source: str) -> None:
        assert line.account is not None  # noqa: S101 - it is the account that calls
        call = PjCall(line.account, self._new_leg(), self, line.settings.label, pj_id)
        self._calls[call.leg] = call
        invite = raw_message(untrusted_invite)
        self._turning.offered(invite)
        prm = pj.CallOpParam()
        if not _is_peer(line.settings, source):
            _log.warning("an INVITE from an address that is not among the line's peers was refused")
            call.ended = True  # nobody has heard of it, so nobody is told of its end
            prm.statusCode = 403
            call.hangup(prm)
            self._departed.append(self._calls.pop(call.leg))
            return
        if not sdp_codecs.offers_any(untrusted_invite, line.settings.codecs):
            _log.info("an INVITE without a codec of the line's was refused")
            call.ended = True
            prm.statusCode = pj.PJSIP_SC_NOT_ACCEPTABLE_HERE
            call.hangup(prm)
            self._departed.append(self._calls.pop(call.leg))
            self._tell_turned_away(line, invite, NOT_ACCEPTABLE)
            return
        offered = _offered(call.leg, call.line, invite)
        if not line.trusts(source):
            offered = replace(offered, answer_after_s=None)
        self._signals.append(offered)
        prm.statusCode = pj.PJSIP_SC_RINGING
        call.answer(prm)

    def _turned_away(self, untrusted_invite: bytes, code: int, source: str) -> None:
        """From within PJSIP's work, which has refused it by itself."""
        port = request_port(untrusted_invite.decode("latin-1"))
        line = max(self._lines, key=lambda one: one.is_meant(source, port))
        if line.is_meant(source, port) and _is_peer(line.settings, source):
            self._tell_turned_away(line, untrusted_invite, code)

    def _tell_turned_away(self, line: PjLine, untrusted_invite: bytes, code: int) -> None:
        offered = _offered(self._new_leg(), line.settings.label, untrusted_invite)
        reason = why(untrusted_invite, code, line.settings)
        self._signals += [replace(offered, turned_away=True), Ended(offered.leg, code, reason, by_us=True)]

    def replacing(self, call: PjCall, untrusted_invite: str, source: str) -> int:
        """From a call's callbacks."""
        if not _is_peer(self._line(call.line).settings, source):
            return 403
        self._replacing = untrusted_invite
        return int(pj.PJSIP_SC_OK)

    def replaced(self, call: PjCall, pj_id: int) -> PjCall:
        """From a call's callbacks."""
        line = self._line(call.line)
        assert line.account is not None  # noqa: S101 - it has a call
        new = PjCall(line.account, self._new_leg(), self, call.line, pj_id)
        self._calls[new.leg] = new
        untrusted_invite, self._replacing = self._replacing, ""
        offered = _offered(new.leg, new.line, raw_message(untrusted_invite))
        self._signals.append(replace(offered, replaces=call.leg))
        return new

    def tell(self, signal: Signal) -> None:
        """From a call's callbacks."""
        call = self._calls.get(signal.leg) if isinstance(signal, Ended) else None
        if call is None:
            self._signals.append(signal)
            return
        self._departed.append(self._calls.pop(call.leg))
        if isinstance(signal, Ended) and call.sent_on and not call.by_us:  # its code is 487, PJSIP's own
            if call.sent_on not in call.tried and len(call.tried) <= MOST_REDIRECTIONS:
                self._sent_on.append(call)
                return
            signal = replace(signal, code=483, reason="sent on in a circle, or too often")
        self._signals.append(signal)
        self._echoed.discard(call.leg)
        if call.leg in self._active:
            self._active = tuple(leg for leg in self._active if leg != call.leg)
        self._wire()

    def audio_changed(self, call: PjCall) -> None:
        """From a call's callbacks: a re-INVITE may have put the audio elsewhere on the bridge."""
        if call.leg in self._active or call.leg in self._echoed or call.hold_wanted:
            self._wire()

    def _follow(self) -> None:
        """Dial anew, as the same leg, where a far side has sent us."""
        while self._sent_on:
            call = self._sent_on.pop()
            try:
                self._invite(call.leg, call.sent_on, call.line, call.mark, call.tried)
            except NotNow as error:
                self._signals.append(Ended(call.leg, 500, str(error), by_us=False))

    def _call(self, leg: Leg) -> PjCall:
        call = self._calls.get(leg)
        if call is None or call.ended:
            raise NotNow("the call has ended")
        return call

    def answer(self, leg: Leg) -> None:
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount = 1, 0
        prm.statusCode = pj.PJSIP_SC_OK
        try:
            self._call(leg).answer(prm)
        except pj.Error as error:
            raise NotNow(error.reason) from None

    def hang_up(self, leg: Leg, code: int = 0) -> None:
        call = self._calls.get(leg)
        if call is None or call.ended:
            return
        call.by_us = True
        prm = pj.CallOpParam()
        prm.statusCode = code
        with contextlib.suppress(pj.Error):  # it is ending already
            if call.tried and not call.up:
                self._farewells.hung_up(call.getInfo().callIdString)
            call.hangup(prm)

    def redirect(self, leg: Leg, uri: str) -> None:
        call = self._call(leg)
        prm = pj.CallOpParam()
        prm.statusCode = pj.PJSIP_SC_MOVED_TEMPORARILY
        prm.txOption.headers.append(_header("Contact", f"<{uri}>"))
        call.by_us = True
        try:
            call.hangup(prm)
        except pj.Error as error:
            raise NotNow(error.reason) from None

    def dial(self, uri: str, line: str = "", mark: str = "") -> Leg:
        leg = self._new_leg()
        self._invite(leg, uri, line, mark)
        return leg

    def _invite(self, leg: Leg, uri: str, line: str, mark: str, tried: tuple[str, ...] = ()) -> None:
        """Raises `NotNow`."""
        by = self._line(line)
        assert by.account is not None  # noqa: S101 - `_line` has seen to it
        uri = by.uri_for(uri, time.monotonic())
        self._farewells.make_room()
        call = PjCall(by.account, leg, self, by.settings.label)
        call.tried, call.mark = (*tried, uri), mark
        prm = pj.CallOpParam(True)
        prm.opt.audioCount, prm.opt.videoCount = 1, 0
        for name, value in mark_headers(mark):
            prm.txOption.headers.append(_header(name, value))
        self._calls[leg] = call
        try:
            call.makeCall(uri, prm)
        except pj.Error as error:
            self._calls.pop(leg, None)
            self._departed.append(call)
            raise NotNow(error.reason) from None

    def hold(self, leg: Leg, on: bool) -> None:
        self._call(leg).hold(on)
        self._renew(time.monotonic())
        self._wire()

    def _renew(self, now_s: float) -> None:
        for call in tuple(self._calls.values()):
            call.renew(now_s)

    def transfer(self, leg: Leg, uri: str) -> None:
        call = self._call(leg)
        call.require_up()
        call.refer(lambda: call.xfer(f"<{uri}>", pj.CallOpParam(True)))

    def transfer_to(self, leg: Leg, other: Leg) -> None:
        call, to = self._call(leg), self._call(other)
        call.require_up()
        to.require_up()
        call.refer(lambda: call.xferReplaces(to, pj.CallOpParam(True)))

    def statistics(self, leg: Leg) -> LegStatistics | None:
        call = self._calls.get(leg)
        return call.statistics() if call is not None else None

    def send_digits(self, leg: Leg, digits: str) -> None:
        call = self._call(leg)
        try:
            if self._line(call.line).settings.send_digits == "info":
                prm = pj.CallSendDtmfParam()
                prm.method, prm.digits = pj.PJSUA_DTMF_METHOD_SIP_INFO, digits
                call.sendDtmf(prm)
            else:
                call.dialDtmf(digits)
        except pj.Error as error:
            raise NotNow(error.reason) from None

    # ---- audio

    def connect(self, *legs: Leg) -> None:
        self._active = legs
        self._wire()

    def echo(self, leg: Leg) -> None:
        self._echoed.add(leg)
        self._wire()

    def _wire(self) -> None:
        active = [self._calls[leg] for leg in self._active if leg in self._calls]
        held = [call for call in self._calls.values() if call.hold_wanted and call.leg not in self._active]
        echoed = [self._calls[leg] for leg in sorted(self._echoed) if leg in self._calls]
        self._bridge.wire(active, held, echoed)

    def close(self) -> None:
        for leg in tuple(self._calls):
            self.hang_up(leg)
        for line in self._lines:
            with contextlib.suppress(pj.Error):
                line.leave()
        end = time.monotonic() + FAREWELL_S
        while time.monotonic() < end:
            self._endpoint.libHandleEvents(10)
            while self._signals:
                self._on_signal(self._signals.popleft())


def _host(source: str) -> str:
    return source.rpartition(":")[0].strip("[]")


def _is_peer(line: LineSettings, source: str) -> bool:
    """Whether calls may come from there."""
    return line.kind != "direct" or not line.peers or _host(source) in line.peers


def _offered(leg: Leg, line: str, untrusted_invite: bytes) -> Offered:
    return Offered(
        leg,
        read_party(untrusted_invite),
        line,
        read_answer_after_s(untrusted_invite),
        read_diversions(untrusted_invite),
        marks=read_marks(untrusted_invite),
    )


def _header(name: str, value: str) -> pj.SipHeader:
    header = pj.SipHeader()
    header.hName, header.hValue = name, value
    return header
