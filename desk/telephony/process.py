"""The phone process's loop. One thread, the process's main one, owns everything here: it pumps the SIP stack, does what
clients ask, and tells them what happened. Threads of the link and of the headset only put things into `_inbox`.

A client that joins is given the whole `PhoneSnapshot`, then every later event: both happen on this thread, so there is
neither a gap nor a double. Garbage collection runs here only, between calls (a pjsua2 object collected on another
thread aborts the process), and threads take turns often, because the audio clock's must not wait for a busy one."""

import gc
import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from datetime import time as clock_time
from typing import Any, Protocol, TypeVar

from desk import wire
from desk.domain import commands, events
from desk.domain.dial_plan import DialPlan
from desk.domain.identity import CallId
from desk.domain.snapshots import PhoneSnapshot
from desk.domain.troubles import Trouble, Wrong
from desk.settings import LineSettings, PhoneSettings
from desk.telephony.audio_log import AudioLog
from desk.telephony.calls.call_memory import CallMemory
from desk.telephony.calls.deadlines import Deadlines
from desk.telephony.calls.exchange import OF_THE_EXCHANGE, Exchange, local_time
from desk.telephony.calls.switchboard import Surroundings, Switchboard
from desk.telephony.clients import Client, Clients, MakeServer
from desk.telephony.companion import Companion, MakeCompanion, Refusal, Workplace
from desk.telephony.frame_clock import FrameClock
from desk.telephony.headset.port import Headset, HeadsetReport
from desk.telephony.lines.states import OF_THE_LINE, Lines
from desk.telephony.precedence import take_precedence
from desk.telephony.spool_troubles import SpoolTroubles
from desk.telephony.stack import LineReport, Messages, Signal, SipStack
from desk.telephony.troubles_now import TroublesNow
from desk.usecases.ports import Clock, NewId, Recorder

PUMP_S = 0.01
PUMP_TALKING_S = 0.02  # a wake-up costs as much as the work; nobody answers or dials in the middle of a talk
LEVELS_EVERY_S = 0.1
BEAT_EVERY_S = 1.0
COLLECT_EVERY_S = 60.0
SWITCH_S = 0.0005
SIGN_OUT_S = 2.0  # the launcher waits longer

_log = logging.getLogger(__name__)
_Given = TypeVar("_Given")

OF_THE_HEADSET = frozenset({Trouble.NO_MICROPHONE, Trouble.NO_EARPIECE, Trouble.HEADSET_VANISHED})


class PhoneRecorder(Recorder, Protocol):
    def close(self) -> None: ...


MakeStack = Callable[[Sequence[LineSettings], FrameClock], SipStack]


class PhoneProcess:
    """`make_server(on_join, on_message, on_leave)`, `make_stack(lines, frame_clock)`. `beat` is called once a second
    from the loop; `stop` ends it. `recording_failed` may be handed to the recorder: any thread. `take_precedence`: for
    the whole process; a phone that lives in somebody else's process leaves it alone. `companions`: what else lives
    beside the calls. `listeners` are told what every client is, from before the first event on."""

    def __init__(
        self,
        lines: Sequence[LineSettings],
        headset: Headset,
        make_stack: MakeStack,
        recorder: PhoneRecorder,
        make_server: MakeServer,
        clock: Clock,
        new_id: NewId,
        beat: Callable[[], None],
        stop: threading.Event,
        agent: str = "",
        on_ready: Callable[[], None] = lambda: None,
        take_precedence: Callable[[], bool] = take_precedence,
        companions: Sequence[MakeCompanion] = (),
        listeners: Sequence[Client] = (),
        plan: DialPlan = DialPlan(),  # noqa: B008 - a frozen value
        phone: PhoneSettings = PhoneSettings(),  # noqa: B008 - a frozen value
        memory: CallMemory | None = None,
        wall_time: Callable[[datetime], clock_time] = local_time,
    ) -> None:
        self._headset, self._recorder = headset, recorder
        self._clock, self._beat, self._stop = clock, beat, stop
        self._agent, self._on_ready, self._listeners = agent, on_ready, listeners
        self._take_precedence = take_precedence
        self._frames = FrameClock(headset, recorder)
        self._stack = make_stack(lines, self._frames)
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._clients = Clients(self._frames.meter)
        self._publish = self._clients.publish
        self._server = make_server(
            lambda client: self._inbox.put(lambda: self._clients.join(client, self._snapshot())),
            lambda client, message: self._inbox.put(lambda: self._asked(client, message)),
            lambda client: self._inbox.put(lambda: self._clients.leave(client)),
        )
        self._deadlines = Deadlines()
        self._troubles = TroublesNow(self._publish)
        self._exchange = Exchange(
            phone,
            {line.label: line for line in lines},
            plan,
            self._stack,
            self._deadlines,
            self._publish,
            lambda present: self._troubles.settle(OF_THE_EXCHANGE, present, clock()),
            clock,
            wall_time,
            memory or CallMemory(),
        )
        self._board = Switchboard(
            lines,
            Surroundings(
                stack=self._stack,
                audio=self._frames,
                recorder=recorder,
                ring=headset.ring,
                publish=self._call_event,
                refused=self._publish,
                clock=clock,
                new_id=new_id,
                availability=self._exchange.availability,
                attended=lambda: self._exchange.attended,
                deadlines=self._deadlines,
                plan=plan,
                codes_line=self._exchange.line,
            ),
        )
        self._table = self._board.table
        self._lines = Lines(lines, clock, self._publish)
        self._headset_state = events.HeadsetState(present=False)
        workplace = self._workplace(new_id)
        self._spool = SpoolTroubles(workplace)
        made = [make(workplace) for make in companions]
        self._companions: list[Companion] = [self._spool, AudioLog(workplace), *made]
        # command -> what is done with it; what is not in here concerns the calls
        self._does: dict[type[commands.Command], Callable[[Any], None]] = {
            commands.TakeSeat: self._take_seat,
            commands.ChooseHeadset: self._choose_headset,
            commands.DialCode: self._exchange.dial_code,
            commands.PauseQueue: self._exchange.pause_queue,
            commands.SetAvailability: self._exchange.set_availability,
        }
        for companion in self._companions:
            self._does.update(companion.does)

    @property
    def busy(self) -> bool:
        """Whether a call runs. Any thread."""
        return bool(self._table.calls)

    @property
    def agent(self) -> str:
        """The work number of who sits here. Any thread."""
        return self._agent

    def recording_failed(self, call_id: CallId, wrong: Wrong) -> None:
        """Any thread."""
        self._inbox.put(lambda: self._spool.failed(call_id, wrong))

    def recording_mended(self, call_id: CallId) -> None:
        """Any thread."""
        self._inbox.put(lambda: self._spool.mended(call_id))

    def spool_is(self, troubles: Mapping[Trouble, str]) -> None:
        """Any thread."""
        self._inbox.put(lambda: self._spool.folders_are(troubles))

    def run(self) -> int:
        """Until `stop`. Afterwards the caller leaves by `os._exit`: PJSIP's library is not taken down."""
        gc.disable()
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SWITCH_S)
        punctual = self._take_precedence()
        for listener in self._listeners:
            self._clients.join(listener, self._snapshot())
        self._headset.open(lambda report: self._inbox.put(lambda: self._headset_changed(report)), punctual)
        self._stack.open(self._on_signal)
        self._tick(time.monotonic())  # every companion knows the time, and has what it plays, before the first command
        self._server.start()
        self._on_ready()
        beat_at = levels_at = 0.0
        collect_at = time.monotonic() + COLLECT_EVERY_S
        while not self._stop.is_set():
            self._stack.pump(PUMP_TALKING_S if self._frames.route.active else PUMP_S)
            self._drain()
            now_s = time.monotonic()
            if now_s >= beat_at:
                beat_at = now_s + BEAT_EVERY_S
                self._beat()
            if self._clients.watched and now_s >= levels_at:
                levels_at = now_s + LEVELS_EVERY_S
                self._clients.publish_levels(events.LevelsMeasured(self._clock(), *self._frames.levels_dbfs()))
            self._tick(now_s)
            if now_s >= collect_at and not self._table.calls:
                collect_at = now_s + COLLECT_EVERY_S
                gc.collect()
        self._shut_down()
        return 0

    def _shut_down(self) -> None:
        self._headset.ring(False)
        self._sign_out()
        self._each(lambda companion: companion.close())
        self._stack.close()
        self._headset.close()
        self._recorder.close()
        self._server.close()

    def _sign_out(self) -> None:
        """A seat that is switched off at the end of a shift must not stay in the exchange's queue."""
        self._exchange.leave()
        end_s = time.monotonic() + SIGN_OUT_S
        while not self._exchange.idle and time.monotonic() < end_s:
            self._stack.pump(PUMP_S)
            self._deadlines.tick(time.monotonic())

    def _drain(self) -> None:
        while not self._inbox.empty():
            try:
                self._inbox.get()()
            except Exception:  # noqa: BLE001 - one of the four places
                _log.exception("the phone failed on something it was asked")

    def _tick(self, now_s: float) -> None:
        self._try(self._deadlines.tick, now_s)
        self._try(self._exchange.tick, now_s)
        for companion in self._companions:
            self._try(companion.tick, now_s)

    def _each(self, tell: Callable[[Companion], None]) -> None:
        for companion in self._companions:
            self._try(tell, companion)

    @staticmethod
    def _try(do: Callable[[_Given], None], given: _Given) -> None:
        try:
            do(given)
        except Exception:  # noqa: BLE001 - one of the four places; what lives beside the calls costs none of them
            _log.exception("a part of the phone failed")

    def _workplace(self, new_id: NewId) -> Workplace:
        return Workplace(
            clock=self._clock,
            new_id=new_id,
            publish=self._publish,
            call_happened=self._table.happened,
            do=self._do,
            later=self._inbox.put,
            settle=lambda family, present: self._troubles.settle(family, present, self._clock()),
            calls=lambda: self._table.calls,
            leg=self._table.leg_or_none,
            agent=lambda: self._agent,
            frames=self._frames,
            headset=self._headset,
            stack=self._stack,
            name_keys=lambda name, serial: self._headset_is(replace(self._headset_state, keys=name, serial=serial)),
        )

    # ---- commands

    def _snapshot(self) -> PhoneSnapshot:
        whole = PhoneSnapshot(
            self._lines.states,
            self._headset_state,
            self._table.calls,
            self._troubles.standing,
            self._exchange.availability.now,
        )
        for companion in self._companions:
            whole = replace(whole, **companion.snapshot)
        return whole

    def _asked(self, client: Client, message: Any) -> None:
        match message:
            case commands.WatchLevels():
                self._clients.watch(client, message.on)
            case commands.Command():
                try:
                    self._do(message)
                except Refusal as refusal:
                    client.send(events.CommandRefused(type(message).__name__, refusal.reason, refusal.detail))
            case _:
                _log.warning("a message that is no command was ignored: %s", type(message).__name__)

    def _do(self, command: commands.Command) -> None:
        """Raises `Refusal`."""
        does = self._does.get(type(command))
        if does is not None:
            does(command)
        else:
            self._board.do(command)  # type: ignore[arg-type]  # what is left concerns calls

    def _take_seat(self, command: commands.TakeSeat) -> None:
        self._agent = command.agent
        self._exchange.take_seat(command.agent, locked=command.locked)

    def _choose_headset(self, command: commands.ChooseHeadset) -> None:
        self._headset.choose(command.microphone, command.earpiece, command.ring_device)

    # ---- what happens

    def _call_event(self, event: events.CallEvent) -> None:
        self._publish(event)
        self._recorder.note(event)
        if isinstance(event, events.CallOffered):
            _log.info("call offered", extra={"call_id": event.call_id})
        elif isinstance(event, events.CallEnded):
            self._publish(wire.SpoolClosed(event.call_id))
        self._each(lambda companion: companion.heard(event))

    def _on_signal(self, signal: Signal) -> None:
        if isinstance(signal, LineReport):
            self._line_changed(signal)
        elif isinstance(signal, Messages):
            self._lines.messages(signal)
        elif any(companion.signalled(signal) for companion in self._companions):
            pass
        elif not self._exchange.on_signal(signal):
            self._board.on_signal(signal)

    def _line_changed(self, report: LineReport) -> None:
        self._lines.changed(report)
        self._board.ready_lines = self._exchange.ready = self._lines.ready
        self._troubles.settle(OF_THE_LINE, self._lines.troubles(), self._clock())

    def _headset_changed(self, report: HeadsetReport) -> None:
        self._headset_is(replace(report.state, keys=self._headset_state.keys, serial=self._headset_state.serial))
        self._troubles.settle(OF_THE_HEADSET, report.wrongs, self._clock())

    def _headset_is(self, state: events.HeadsetState) -> None:
        if state != self._headset_state:
            self._headset_state = state
            self._publish(events.HeadsetChanged(state))
            self._each(lambda companion: companion.headset_changed(state))
