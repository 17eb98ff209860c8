"""The scripted agent: works the real window by keyboard while the resident talks, and checks what came of it."""

import contextlib
import shutil
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from desk.demo.baresip import Baresip
from desk.demo.display import Display, virtual_display
from desk.demo.known import KNOWN
from desk.demo.outcome import HEARD, FiledTicket, central_ticket, channels_of, has_estate, heard_in, seat_ticket
from desk.demo.processes import NotReady, wait_until
from desk.demo.report import Report
from desk.demo.sealed import plain_recording
from desk.demo.seat import Seat
from desk.demo.stage import DATABASE, Stage, stage
from desk.demo.virtual_headset import VirtualHeadset
from desk.demo.voices import AGENT_SAYS, CALLER_SAYS, read_wav, speak
from desk.domain.working_time import CHINA
from desk.i18n import _

CATEGORY_LETTERS, CATEGORY = "slt", "repair.water.tap"
DESCRIPTION = "厨房水龙头一直漏水，地板已经湿了，请尽快上门。"
START_S, STEP_S, FILL_S = 60.0, 15.0, 180.0
REPLAYED_S = 3
STALL_GOAL_MS = 50


@dataclass
class _Play:
    folder: Path
    stage: Stage
    headset: VirtualHeadset
    display: Display
    report: Report
    first: Seat
    second: Seat | None
    caller: Baresip
    caller_voice: Path
    agent_voice: Path
    pictures: int = 0

    def picture(self, name: str) -> None:
        self.pictures += 1
        self.display.screenshot(self.folder / f"{self.pictures}-{name}.png")


def play_scripted(folder: Path, households: int, report: Report, size: str = "1366x768") -> None:
    """One call from ring to ticket; every outcome goes to `report`. A step that does not come about is a failed check,
    not an exception."""
    with contextlib.ExitStack() as cleanup:
        try:
            _act(cleanup, folder, households, report, size)
        except NotReady as error:
            report.check(False, str(error))


def _act(cleanup: contextlib.ExitStack, folder: Path, households: int, report: Report, size: str) -> None:
    servers = folder / "servers"
    report.step(_("Starting a screen, a registrar, a headset and a database, all private and on loopback"))
    display = cleanup.enter_context(virtual_display(servers, size))
    on = cleanup.enter_context(stage(servers, display=display))
    if on.headset is None:
        raise NotReady("no virtual headset")
    if on.central is None:
        report.step(_("PostgreSQL is not installed here: the seat stands alone in this run"))
    first = on.seat("S01", "1001", on_line=True, on_screen=True)
    second = on.seat("S02", "1002", on_line=False, on_screen=False) if on.central else None
    report.step(_("Making a sample estate of {count} households").format(count=f"{households:,}"))
    estate = first.begin("demo", "data", "--households", str(households))
    voices = servers / "voices"
    caller_voice = speak(CALLER_SAYS, voices / "caller.wav", pitch=60)
    agent_voice = speak(AGENT_SAYS, voices / "agent.wav", pitch=30)
    caller = on.caller(caller_voice, "")
    if estate.process.wait(FILL_S * 10):
        raise NotReady("desk demo data")
    play = _Play(folder, on, on.headset, display, report, first, second, caller, caller_voice, agent_voice)
    _open_seats(play)
    filed = _the_call(play)
    if filed is None:
        return
    _after_the_call(play, *filed)
    _tell_stall(play)


def _open_seats(play: _Play) -> None:
    began = time.monotonic()
    play.first.start()
    play.first.wait_step("window_ready", START_S)
    play.report.step(_("Seat S01: window usable after {seconds:.1f} s").format(seconds=time.monotonic() - began))
    play.first.wait_step("line registered", START_S, role="phone")
    play.report.step(_("Seat S01: registered after {seconds:.1f} s").format(seconds=time.monotonic() - began))
    second, central = play.second, play.stage.central
    if second is not None and central is not None:
        second.start()
        play.report.step(_("Both seats exchange the estate through PostgreSQL"))
        play.first.wait_step("central in step", FILL_S, role="sync")
        second.wait_step("window_ready", START_S)
        wait_until("the estate at seat S02", lambda: has_estate(second, central, DATABASE), FILL_S)
        play.report.step(_("Seat S02 has the estate, too"))


def _the_call(play: _Play) -> tuple[str, str] | None:
    """From ring to ticket. Ids of call and ticket."""
    report, first, display = play.report, play.first, play.display
    play.caller.dial(play.stage.line_uri)
    call_id = str(first.wait_step("call_shown", STEP_S)["call_id"])
    report.step(_("The resident rings"))
    first.wait_step("profile_painted", STEP_S, call_id=call_id)
    report.step(_("The profile is on the screen, before the call is answered"))
    play.picture("ringing")
    ear = play.folder / "agent-heard.wav"
    with play.headset.capture(ear):
        display.press("F2")
        first.wait_step("form_opened", STEP_S, call_id=call_id)
        play.caller.wait_event("CALL_ESTABLISHED", STEP_S)
        report.step(_("Answered: both talk, both are recorded, the form is open"))
        began = time.monotonic()
        with play.headset.speak(play.agent_voice) as mouth:
            ticket_id = _fill_in(play)
            _let_them_finish(play, began)
            mouth.wait(STEP_S)
        if ticket_id is None:
            return None
        report.step(_("Both have said what they wanted; the resident hangs up"))
        play.caller.hang_up()
        first.wait_step("call_ended", STEP_S, call_id=call_id)
    return call_id, ticket_id


def _fill_in(play: _Play) -> str | None:
    """The form, by keyboard, while both talk."""
    report, first, display = play.report, play.first, play.display
    display.type(CATEGORY_LETTERS)
    time.sleep(0.3)  # a person looks at the first suggestion before taking it
    play.picture("category")
    display.press("Return")
    display.paste(DESCRIPTION)
    tomorrow = datetime.now(CHINA) + timedelta(days=1)
    display.press("Tab", "Tab", "Tab")
    display.type(f"{tomorrow:%m%d} 9-11")
    display.press("Tab")
    first.wait_step("draft_saved", STEP_S)
    play.picture("form")
    display.press("ctrl+Return")
    try:
        ticket_id = str(first.wait_step("ticket_filed", STEP_S)["ticket_id"])
    except NotReady as error:
        play.picture("not-filed")
        report.check(False, str(error))
        return None
    report.check(True, _("The ticket is filed while they are still talking"))
    play.picture("filed")
    if play.stage.central and play.second:
        _elsewhere(play, ticket_id)
    return ticket_id


def _elsewhere(play: _Play, ticket_id: str) -> None:
    central, second = play.stage.central, play.second
    if central is None or second is None:
        return
    wait_until("the ticket in PostgreSQL", lambda: central_ticket(central, DATABASE, ticket_id), STEP_S)
    play.report.check(True, _("The ticket is in PostgreSQL"))
    second.wait_step("tickets_listed", STEP_S, newest=ticket_id)
    play.report.check(True, _("Seat S02 shows it"))


def _let_them_finish(play: _Play, began_s: float) -> None:
    """Until what the resident says has been said."""
    sound, rate = read_wav(play.caller_voice)
    time.sleep(max(0.0, began_s + len(sound) / rate + 0.5 - time.monotonic()))


def _after_the_call(play: _Play, call_id: str, ticket_id: str) -> None:
    report = play.report
    play.first.wait_step("a call is sealed: kept", STEP_S * 2, role="sync", call_id=call_id)
    recording = wait_until("the sealed recording", lambda: plain_recording(play.first, call_id), STEP_S)
    kept = play.folder / "recording.opus"
    shutil.copyfile(str(recording), kept)
    found = channels_of(kept, play.caller_voice, play.agent_voice)
    report.check(
        found.right,
        _("The recording has the resident left and the agent right"),
        f"{found.caller_left:.2f} {found.agent_left:.2f} | {found.caller_right:.2f} {found.agent_right:.2f},"
        f" {found.seconds:.1f} s",
    )
    at_ear = heard_in(play.folder / "agent-heard.wav", play.caller_voice)
    report.check(at_ear >= HEARD, _("The agent heard the resident"), f"{at_ear:.2f}")
    far = play.caller.heard()
    shutil.copyfile(far, play.folder / "resident-heard.wav")
    at_far = heard_in(far, play.agent_voice)
    report.check(at_far >= HEARD, _("The resident heard the agent"), f"{at_far:.2f}")
    _check_ticket(play, call_id, ticket_id)
    _replay(play, call_id)


def _tell_stall(play: _Play) -> None:
    """The window says at its end how long it was ever stuck."""
    play.first.stop()
    longest = [float(line["longest_ms"]) for line in play.first.log_lines("ui") if line["message"] == "longest stall"]
    if not play.report.check(longest, _("The window has told how long it was ever stuck")):
        return
    play.report.step(
        _("The window was stuck for {ms:.0f} ms at the longest (goal: {goal} ms)").format(
            ms=max(longest), goal=STALL_GOAL_MS
        )
    )


def _check_ticket(play: _Play, call_id: str, ticket_id: str) -> None:
    """As the centre has it; standing alone, as the seat has."""
    central = play.stage.central

    def with_its_call() -> FiledTicket | None:
        if central is None:
            return seat_ticket(play.first, ticket_id, call_id)
        row = central_ticket(central, DATABASE, ticket_id)
        return row if row and row.caller else None

    kept = wait_until("the ticket with its call", with_its_call, STEP_S)
    play.report.check(
        (kept.caller, kept.call_place) == (KNOWN.name, KNOWN.place_code),
        _("The profile was the right one"),
        f"{kept.caller}, {kept.call_place}",
    )
    play.report.check(
        (kept.stage, kept.category, kept.place, kept.description)
        == ("registered", CATEGORY, KNOWN.place_code, DESCRIPTION),
        _("The ticket says what was said"),
        f"{kept.category}, {kept.place}",
    )
    if central is not None:
        play.report.check(kept.author == "agent1001", _("PostgreSQL itself vouches for its author"), kept.author)


def _replay(play: _Play, call_id: str) -> None:
    """The recording, from the ticket, by key."""
    again = play.folder / "replayed.wav"
    with play.headset.capture(again):
        play.display.press("ctrl+o")
        play.first.wait_step("ticket_painted", STEP_S)
        play.display.press("alt+1")
        play.first.wait_step("recording_played", STEP_S, call_id=call_id)
        time.sleep(REPLAYED_S)  # that much of it is to be heard
        play.picture("ticket")
    share = heard_in(again, play.caller_voice, REPLAYED_S)
    play.report.check(share >= HEARD, _("The recording plays from the ticket"), f"{share:.2f}")
