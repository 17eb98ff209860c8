"""The demo with a person as the agent: their screen and their headset (a virtual one where there is none), a simulated
resident who rings again until they are answered, and the steps in the terminal."""

import contextlib
import time
from pathlib import Path

from desk.demo.baresip import Baresip
from desk.demo.outcome import central_ticket
from desk.demo.processes import NotReady, wait_until
from desk.demo.report import Report
from desk.demo.sealed import sealed_name
from desk.demo.seat import Seat
from desk.demo.stage import DATABASE, Stage, stage
from desk.demo.voices import CALLER_SAYS, speak
from desk.i18n import _
from desk.telephony.headset.sound_devices import DeviceList, NoSound

START_S, FILL_S, TALK_S = 60.0, 180.0, 1800.0
RING_S, REST_S, RINGS = 45.0, 5.0, 20  # so long, so long not, so often


def play_with_person(folder: Path, households: int, report: Report) -> None:
    """Until the person closes the window. What does not come about is a failed check."""
    with contextlib.ExitStack() as cleanup:
        try:
            _act(cleanup, folder, households, report)
        except NotReady as error:
            report.check(False, str(error))


def _act(cleanup: contextlib.ExitStack, folder: Path, households: int, report: Report) -> None:
    servers = folder / "servers"
    report.step(_("Starting a registrar and a database, private and on loopback"))
    on = cleanup.enter_context(stage(servers, with_headset=not _has_headset()))
    if on.headset is not None:
        report.step(_("No microphone or no earpiece here: the seat has a virtual headset, and you hear nothing"))
    if on.central is None:
        report.step(_("PostgreSQL is not installed here: the seat stands alone in this run"))
    seat = on.seat("S01", "1001", on_line=True, on_screen=True)
    report.step(_("Making a sample estate of {count} households").format(count=f"{households:,}"))
    if seat.run("demo", "data", "--households", str(households), timeout_s=FILL_S * 10):
        raise NotReady("desk demo data")
    caller = on.caller(speak(CALLER_SAYS, servers / "voices" / "caller.wav", pitch=60))
    child = seat.start()
    seat.wait_step("window_ready", START_S)
    seat.wait_step("line registered", START_S, role="phone")
    report.step(_("The seat is ready. You are the agent; a resident rings now: look who it is, press F2 to answer"))
    call_id = ring_until_answered(on, seat, caller, report)
    report.step(
        _("Listen, and fill in the form by keyboard: slt and Enter for the category, what is wrong, Ctrl+Enter to file")
    )
    filed = seat.wait_step("ticket_filed", TALK_S)
    report.check(True, _("The ticket is filed"))
    _elsewhere(on, str(filed["ticket_id"]), report)
    report.step(_("Press F3 to hang up; Ctrl+O opens the ticket, where the recording plays. Close the window to end"))
    seat.wait_step("call_ended", TALK_S, call_id=call_id)
    report.check(wait_until("the recording", lambda: sealed_name(seat, call_id), START_S), _("The call is recorded"))
    with contextlib.suppress(KeyboardInterrupt):
        child.process.wait()


def ring_until_answered(on: Stage, seat: Seat, caller: Baresip, report: Report) -> str:
    """The call that was answered: its id. Raises `NotReady` where nobody ever does, or the seat is closed."""

    def calls() -> list[str]:
        return [str(line["call_id"]) for line in seat.log_lines("ui") if line["message"] == "call_shown"]

    shown = set(calls())

    def new_call() -> str | None:
        return next((call_id for call_id in calls() if call_id not in shown), None)

    for ring in range(RINGS):
        if ring:
            report.step(_("Nobody has answered: the resident rings again"))
        caller.dial(on.line_uri)
        call_id = str(wait_until("the call on the screen", new_call, START_S))
        shown.add(call_id)
        try:
            seat.wait_step("form_opened", RING_S, call_id=call_id)
        except NotReady:
            if seat.child is None or seat.child.process.poll() is not None:
                raise
            caller.hang_up()
            seat.wait_step("call_ended", START_S, call_id=call_id)
            time.sleep(REST_S)
        else:
            return call_id
    raise NotReady(_("Nobody has answered"))


def _has_headset() -> bool:
    try:
        microphones, earpieces = DeviceList().look()
    except NoSound:
        return False
    return bool(microphones and earpieces)


def _elsewhere(on: Stage, ticket_id: str, report: Report) -> None:
    central = on.central
    if central is not None:
        wait_until("the ticket in PostgreSQL", lambda: central_ticket(central, DATABASE, ticket_id), START_S)
        report.check(True, _("The ticket is in PostgreSQL"))
