"""The presenters without Qt: values in, text out."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk import i18n, wire
from desk import ui as desk_ui
from desk.domain.call_log import Outcome
from desk.domain.calls import Phase, RecordingState
from desk.domain.certificates import CertificateFault
from desk.domain.drafts import Draft, Intake
from desk.domain.estate import Duty, Role
from desk.domain.events import AudioDevice, HeadsetState, LineState, LineStatus
from desk.domain.identity import CallId
from desk.domain.party import Direction, Party
from desk.domain.tickets import Kind, Place, Priority, Stage
from desk.domain.troubles import Trouble, Wrong
from desk.ui import trouble_line, work_list_presenter
from desk.ui.caller import card_presenter as caller_card_presenter
from desk.ui.caller.search import rows
from desk.ui.caller.ties import NewPerson, OnlyThisCall, Whose
from desk.ui.headset.presenter import device_choices
from desk.ui.lamps import central, clock, headset, line, recording, store
from desk.ui.rows_presenter import call_row, short_time, ticket_row
from desk.ui.seat_state import Agent, Pop
from desk.ui.sign_in_presenter import Refused, judge
from desk.ui.telephone import call_bar_presenter
from desk.ui.telephone.call_bar_presenter import choices, elapsed
from desk.usecases.find_caller import Callers
from desk.usecases.find_person import Home, PersonHit
from desk.usecases.profile import Candidate
from desk.usecases.read_work import Work
from tests.ui import seat
from tests.ui.seat import NOW, call

ZONE = ZoneInfo("Asia/Shanghai")
POP = Pop(seat.KNOWN, 0, seat.CARD)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.speak("en")
    yield
    i18n.speak("zh_CN")


def category(code: str) -> str:
    return {"R0101": "Tap leaks"}.get(code, "")


# The call bar


def test_a_known_caller_is_named_and_the_number_and_home_stand_beside() -> None:
    view = call_bar_presenter.present(call(phase=Phase.RINGING), POP)
    assert (view.tone, view.who) == ("ringing", "王建国")
    assert view.detail == "138 0013 8000 · 一期5栋2单元203 · Owner"


def test_an_unknown_caller_is_the_display_name_else_the_number() -> None:
    party = Party("02087654321", "Reception", diversion="4008001234")
    view = call_bar_presenter.present(call(party=party), Pop(replace(seat.UNKNOWN, party=party)))
    assert view.who == "Reception"
    assert view.detail == "020-8765 4321 · Not in the register · forwarded from 4008001234"
    assert call_bar_presenter.who_of(call(party=Party("110")), Pop()) == "110"
    assert call_bar_presenter.who_of(call(party=Party(withheld=True)), Pop(seat.WITHHELD)) == "Number withheld"


@given(st.text(max_size=300), st.text(max_size=300))
def test_whatever_signalling_says_the_strip_is_one_line_of_bounded_length(number: str, name: str) -> None:
    view = call_bar_presenter.present(call(party=Party(number, name)), Pop())
    assert len(view.who) <= 40
    assert "\n" not in view.who + view.detail


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"answered_at": NOW, "cause": 200}, "Call ended"),
        ({"cause": 487}, "Missed call"),
        ({"cause": 486, "direction": Direction.OUTGOING}, "Busy"),
        ({"cause": 404, "direction": Direction.OUTGOING}, "No such number"),
        ({"cause": 480, "direction": Direction.OUTGOING}, "Not answered"),
        ({"interrupted": True}, "Call interrupted: the telephone part failed"),
    ],
)
def test_an_ended_call_says_how_it_ended(changes: dict[str, object], state: str) -> None:
    ended = replace(call(phase=Phase.ENDED), ended_at=NOW, **changes)  # type: ignore[arg-type]
    assert call_bar_presenter.present(ended, Pop()).state == state


def test_the_time_is_that_of_the_talk_once_it_is_talked() -> None:
    ringing = call(phase=Phase.RINGING)
    assert elapsed(ringing, NOW + timedelta(seconds=7)) == "0:07"
    up = replace(call(), answered_at=NOW)
    assert elapsed(up, NOW + timedelta(hours=1, minutes=2, seconds=3)) == "1:02:03"
    assert elapsed(replace(up, phase=Phase.ENDED, ended_at=NOW + timedelta(seconds=61)), NOW) == "1:01"
    assert elapsed(replace(call(phase=Phase.ENDED), ended_at=NOW), NOW) == ""
    assert elapsed(ringing, NOW - timedelta(seconds=5)) == "0:00"


def test_the_buttons_mean_what_the_call_in_front_allows() -> None:
    up, waiting = call(), call("c2", Phase.RINGING)
    assert choices(None, None).answer is False
    both = choices(up, waiting)
    assert (both.answer, both.hang_up_words, both.mute, both.keypad) == (True, "Hang up", True, True)
    assert choices(waiting, waiting).hang_up_words == "Reject"
    held = choices(call(phase=Phase.HELD), None)
    assert (held.held, held.keypad) == (True, False)


def test_a_recording_that_fails_is_alarming() -> None:
    view = call_bar_presenter.present(replace(call(), recording=RecordingState.FAILED), POP)
    assert (view.recording, view.recording_failed) == ("Not recorded", True)


# The card


def card(pop: Pop, party: Party | None = seat.PARTY) -> caller_card_presenter.CardView:
    return caller_card_presenter.present(pop, party, category, NOW, ZONE)


def test_the_card_has_open_tickets_notices_care_and_the_past_newest_first() -> None:
    view = card(POP)
    assert (view.kind, view.name, view.place, view.number) == ("known", "王建国", "一期5栋2单元203", "138 0013 8000")
    assert [(c.text, c.tone) for c in view.chips] == [("Owner", "accent"), ("独居老人", "danger"), ("VIP", "warn")]
    assert view.note == "听力不好，请大声说"
    assert view.assistant == "赵敏 139 0013 9000"
    assert view.people == "李秀英 Family"
    assert [row.text for row in view.open_tickets] == ["Tap leaks: 厨房水龙头漏水"]
    assert [row.lead for row in view.notices] == ["5栋停水"]
    assert [row.lead for row in view.past] == ["Closed", "Picked up"]
    assert [c.name for c in view.candidates] == ["王建国", "李秀英"]


def test_a_card_on_its_way_and_no_call_at_all_say_so() -> None:
    assert card(Pop()).kind == "looking"
    assert card(Pop(), None).kind == "none"
    waiting = card(Pop(seat.KNOWN, 1, None))
    assert (waiting.name, waiting.open_tickets) == ("李秀英", ())


def test_a_colleague_is_named_and_the_card_says_that_their_number_is_not_filed() -> None:
    pop, shown_party = Pop(seat.UNKNOWN, staff=seat.ASSISTANT), seat.UNKNOWN.party
    shown = card(pop, shown_party)
    assert (shown.kind, shown.name, shown.place, shown.number) == (
        "colleague",
        "赵敏",
        "Area assistant",
        "020-8765 4321",
    )
    assert "only this call" in shown.hint
    past = caller_card_presenter.present(pop, shown_party, category, NOW, ZONE, past=seat.past_call("c-x", 0))
    assert "only the call" in past.hint


def test_unknown_and_withheld_callers_get_a_hint_and_the_calls_of_the_number() -> None:
    unknown = card(Pop(seat.UNKNOWN), seat.UNKNOWN.party)
    assert (unknown.kind, unknown.name, len(unknown.past)) == ("unknown", "020-8765 4321", 1)
    assert "attaches" in unknown.hint
    withheld = card(Pop(seat.WITHHELD), seat.WITHHELD.party)
    assert (withheld.kind, withheld.name) == ("withheld", "Number withheld")


def test_a_notice_that_is_over_is_not_shown() -> None:
    over = replace(seat.NOTICE, until=NOW)
    assert card(Pop(seat.KNOWN, 0, replace(seat.CARD, notices=(over,)))).notices == ()


# Rows


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (NOW, "14:30"),
        (NOW - timedelta(hours=15), "yesterday 23:30"),
        (NOW - timedelta(days=3), "11-18 14:30"),
        (datetime(2025, 1, 2, tzinfo=UTC), "2025-01-02"),
    ],
)
def test_a_time_is_as_long_as_it_needs_to_be(at: datetime, said: str) -> None:
    assert short_time(at, NOW, ZONE) == said


def test_rows_of_tickets_and_calls_open_what_they_stand_for() -> None:
    urgent = replace(seat.ticket(), priority=Priority.URGENT, category="?")
    row = ticket_row(urgent, category, NOW, ZONE)
    assert (row.lead, row.text, row.target, row.tone) == ("In progress", "Repair: 厨房水龙头漏水", "ticket:t1", "warn")
    assert ticket_row(seat.ticket("t0", Stage.CLOSED), category, NOW, ZONE).tone == ""
    missed = call_row(seat.past_call("c7", 1, Outcome.ABANDONED), NOW, ZONE)
    assert (missed.lead, missed.text, missed.tone, missed.target) == ("Missed", "138 0013 8000", "warn", "call:c7")
    out = replace(seat.past_call(), direction=Direction.OUTGOING, ticket_id=seat.ticket().ticket_id, number="")
    assert call_row(out, NOW, ZONE).lead == "Outgoing: Picked up"
    assert call_row(out, NOW, ZONE).target == "ticket:t1"
    assert call_row(out, NOW, ZONE).tail.startswith("3 min 0 s")


def test_a_draft_is_told_apart_by_who_what_and_where() -> None:
    intake = Intake(Kind.REPAIR, caller_name="王建国", place=Place("5栋"), typed={"category": "lou"})
    draft = Draft("d1", "1001", NOW, NOW, intake, CallId("c1"))
    view = work_list_presenter.present(Work((), (), (seat.ticket(),)), category, NOW, ZONE)
    drafts = work_list_presenter.drafts([draft], "d1", category, NOW, ZONE)
    assert (drafts[0].text, drafts[0].tail) == ("王建国 · lou · 5栋", "in the form")
    assert [row.target for row in view.tickets] == ["ticket:t1"]
    empty = replace(draft, draft_id="d2", intake=Intake())
    assert work_list_presenter.drafts([empty], "", category, NOW, ZONE)[0].text == "Nothing written yet"


# Searching the caller


def test_every_home_of_a_hit_is_a_row_and_a_name_nobody_has_can_be_added() -> None:
    home = Home(seat.HOME, Place("5栋2单元203", seat.HOME.household_id, seat.BUILDING.building_id), Role.OWNER)
    shop = Home(seat.SHOP, Place("5栋1单元101"), None)
    hits = [PersonHit(seat.WANG, (home, shop)), PersonHit(None, (shop,)), PersonHit(seat.LI, ())]
    found = rows(Callers(tuple(hits)), lambda _id: seat.BUILDING)
    assert [(r.text, r.note) for r in found] == [
        ("王建国", "5栋2单元203 Owner"),
        ("王建国", "5栋1单元101"),
        ("5栋1单元101", "home without known people"),
        ("李秀英", ""),
    ]
    added = rows(Callers(tuple(hits), newcomer="王大锤"), lambda _id: seat.BUILDING, home)[-4:]
    assert [r.note for r in added] == [f"new: 5栋2单元203 {role}" for role in ("Family", "Tenant", "Owner", "Shop")]
    assert added[1].value == NewPerson("王大锤", seat.HOME, seat.BUILDING, Role.TENANT)
    homeless = rows(Callers(newcomer="王大锤"), lambda _id: seat.BUILDING)
    assert [(r.value, r.note) for r in homeless] == [
        (NewPerson("王大锤"), "new, without a home. With one: 5-2-203 王大锤")
    ]


def test_where_the_number_is_somebodys_the_first_row_of_each_ties_only_this_call() -> None:
    home = Home(seat.HOME, Place("5栋2单元203"), Role.OWNER)
    found = rows(Callers((PersonHit(seat.WANG, (home,)),)), lambda _id: seat.BUILDING, number=Whose.RESIDENTS)
    wang = Candidate(seat.WANG, seat.HOME, seat.BUILDING, Role.OWNER)
    assert [(r.value, r.note) for r in found] == [
        (OnlyThisCall(wang), "5栋2单元203 Owner · only this call"),
        (wang, "5栋2单元203 Owner · and the number"),
    ]
    many = tuple(PersonHit(seat.WANG, (home,)) for _n in range(9))
    added = rows(Callers(many, newcomer="王大锤"), lambda _id: seat.BUILDING, home, number=Whose.RESIDENTS)
    assert len(added) == 8
    assert [type(row.value) for row in added[4:]] == [OnlyThisCall] * 4


def test_where_the_number_is_nobodys_rows_that_tie_only_this_call_stand_behind_those_that_file_it() -> None:
    home = Home(seat.HOME, Place("5栋2单元203"), Role.OWNER)
    wang = Candidate(seat.WANG, seat.HOME, seat.BUILDING, Role.OWNER)
    found = rows(Callers((PersonHit(seat.WANG, (home,)),)), lambda _id: seat.BUILDING, number=Whose.NOBODYS)
    assert [(r.value, r.note) for r in found] == [
        (wang, "5栋2单元203 Owner"),
        (OnlyThisCall(wang), "5栋2单元203 Owner · only this call"),
    ]
    many = tuple(PersonHit(seat.WANG, (home,)) for _n in range(9))
    added = rows(Callers(many, newcomer="王大锤"), lambda _id: seat.BUILDING, home, number=Whose.NOBODYS)
    assert [type(row.value) for row in added] == [*[Candidate] * 3, *[NewPerson] * 4, OnlyThisCall]


def test_no_row_files_a_colleagues_number() -> None:
    home = Home(seat.HOME, Place("5栋2单元203"), Role.OWNER)
    hits = (PersonHit(seat.WANG, (home,)),)
    found = rows(Callers(hits, newcomer="王大锤"), lambda _id: seat.BUILDING, home, number=Whose.COLLEAGUES)
    assert [type(row.value) for row in found] == [OnlyThisCall] * 5


def test_a_home_is_a_row_of_its_own_below_its_people_however_many() -> None:
    home = Home(seat.HOME, Place("5栋2单元203"), None)
    many = tuple(PersonHit(seat.WANG, (replace(home, role=Role.FAMILY),)) for _n in range(9))
    found = rows(Callers(many, (home,)), lambda _id: seat.BUILDING)
    assert len(found) == 8
    assert found[-1].value == Candidate(None, seat.HOME, seat.BUILDING, None)
    nobody = rows(Callers((PersonHit(None, (home,)),), (home,)), lambda _id: seat.BUILDING)
    assert len(nobody) == 1


# Signing in, devices, lamps, what is wrong


def test_who_may_sign_in() -> None:
    own = Agent("1001", "Zhang")
    staff = replace(seat.ASSISTANT, number="1002", name="李四", duty=Duty.AGENT)
    assert judge(" 1001 ", None, own) == own
    assert judge("1002", staff, own) == Agent("1002", "李四")
    for number, known in (("", None), ("9", None), ("1002", replace(staff, active=False)), ("3007", seat.ASSISTANT)):
        assert isinstance(judge(number, known, own), Refused)


def test_a_device_that_was_chosen_and_is_away_stays_in_the_list() -> None:
    devices = [AudioDevice("Jabra", True), AudioDevice("Speakers")]
    assert [c.words for c in device_choices(devices, "")] == ["System default (Jabra)", "Jabra", "Speakers"]
    away = device_choices(devices, "Plantronics")[-1]
    assert (away.name, away.here, away.words) == ("Plantronics", False, "Plantronics (not plugged in)")
    assert [c.words for c in device_choices([], "")] == ["System default"]


@pytest.mark.parametrize(
    ("status", "tone"),
    [
        (LineStatus.REGISTERED, "ok"),
        (LineStatus.DIRECT, "ok"),
        (LineStatus.STARTING, "busy"),
        (LineStatus.DEAF, "bad"),
    ],
)
def test_the_lines_lamp(status: LineStatus, tone: str) -> None:
    state = LineState("Hotline", status, NOW, 403, "Forbidden")
    assert line.view(state, NOW, phone_here=True).tone == tone
    assert "Hotline · 403 Forbidden" in line.view(state, NOW, phone_here=True).hint
    assert line.view(state, NOW, phone_here=False).tone == "busy"


def test_a_deaf_line_says_for_how_long_and_why() -> None:
    state = LineState("Trunk", LineStatus.DEAF, NOW, 0, "certificate_wrong_name", registrar="sip.example.com")
    later = NOW + timedelta(seconds=125)
    assert line.view(state, later, phone_here=True).words == "No calls arrive, 2:05"
    several = line.view(state, later, phone_here=True, alone=False)
    assert several.words == "Trunk 2:05"
    assert "the certificate is for another name" in several.hint


def test_the_headsets_lamp_and_meter() -> None:
    there = HeadsetState((AudioDevice("Jabra", True),))
    assert headset.view(there, ()).hint == "Jabra"
    assert headset.view(there, {Trouble.HEADSET_VANISHED}).tone == "bad"
    assert headset.view(replace(there, present=False), ()).words == "Headset unplugged"
    assert headset.view(there, {Trouble.NO_MICROPHONE}).words == "No microphone"
    assert headset.view(there, {Trouble.NO_EARPIECE}).words == "No earpiece"


def test_a_device_that_stands_in_for_the_headset_is_named() -> None:
    away = HeadsetState(microphone="Jabra", present=False, microphone_in_use="Array", earpiece_in_use="Speakers")
    lamp = headset.view(away, {Trouble.HEADSET_VANISHED})
    assert (lamp.tone, lamp.hint) == ("warn", "Speakers")
    wrongs = {Trouble.HEADSET_VANISHED: Wrong(Trouble.HEADSET_VANISHED, NOW)}
    told, silent = trouble_line.view(wrongs, away), trouble_line.view(wrongs, HeadsetState(present=False))
    assert told is not None
    assert silent is not None
    assert (told.grave, silent.grave) == (False, True)
    assert "Speakers" in told.to_do
    assert [headset.share(dbfs) for dbfs in (-100.0, -60.0, -30.0, 0.0, 6.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]


def test_the_recordings_lamp() -> None:
    running = replace(call(), recording=RecordingState.RUNNING)
    assert recording.view([], ()).tone == "off"
    assert recording.view([call()], ()).tone == "busy"
    assert recording.view([running], ()).tone == "ok"
    assert recording.view([replace(call(), recording=RecordingState.FAILED)], ()).tone == "bad"
    assert recording.view([running], {Trouble.SPOOL_FULL}).tone == "bad"


def test_the_centres_and_the_stores_lamps() -> None:
    assert central.view(None).tone == "busy"
    assert central.view(wire.CentralState(False)).words == "Standing alone"
    assert central.view(wire.CentralState(True, False, 12)).words == "Centre away, 12 changes to send"
    assert central.view(wire.CentralState(True, True, 1)).words == "1 change to send"
    assert central.view(wire.CentralState(True, True)).tone == "ok"
    awaited = central.view(wire.CentralState(True, True, 2, trouble="author_awaited", detail="2001"))
    assert (awaited.tone, awaited.words, "2001" in awaited.hint) == ("warn", "2 changes to send", True)
    assert store.view({}).tone == "ok"
    assert store.view({Trouble.STORE_FULL: Wrong(Trouble.STORE_FULL, NOW)}).tone == "bad"
    assert clock.text(NOW, ZONE) == "11-21 Sat 14:30"


def test_the_gravest_trouble_stands_first_and_the_others_are_counted() -> None:
    wrongs = {
        t: Wrong(t, NOW + timedelta(seconds=n))
        for n, t in enumerate((Trouble.CENTRAL_UNREACHABLE, Trouble.NO_REGISTRAR, Trouble.SPOOL_FULL))
    }
    view = trouble_line.view(wrongs, HeadsetState())
    assert view is not None
    assert (view.what, view.others, view.grave) == ("The telephone exchange does not answer", 2, True)
    assert trouble_line.view({}, HeadsetState()) is None


def test_the_banner_names_the_line_and_what_is_wrong_with_the_certificate() -> None:
    wrongs = {Trouble.LINE_UNVERIFIED: Wrong(Trouble.LINE_UNVERIFIED, NOW, CertificateFault.EXPIRED.value)}
    deaf = LineState("Trunk", LineStatus.DEAF, NOW, reason=CertificateFault.EXPIRED.value)
    works = LineState("Hotline", LineStatus.REGISTERED, NOW, 200)
    alone, of_two, unsure = (
        trouble_line.view(wrongs, HeadsetState(), lines)
        for lines in ([deaf], [works, deaf], [deaf, replace(deaf, label="Other")])
    )
    assert alone is not None
    assert of_two is not None
    assert unsure is not None
    assert alone.what.endswith(": the certificate has expired")
    assert of_two.what == f"Trunk: {alone.what}"
    assert unsure.what == alone.what


def test_presenters_know_no_qt() -> None:
    desk = Path(desk_ui.__file__).parent.parent
    names = [".".join(file.relative_to(desk.parent).with_suffix("").parts) for file in desk.rglob("*presenter.py")]
    assert len(names) > 10
    imports = "; ".join(f"import {name}" for name in names)
    program = f"import sys, desk.ui.words, desk.ui.seat_state; {imports}; sys.exit('PySide6' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
