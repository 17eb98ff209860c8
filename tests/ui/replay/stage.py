"""The replay window over a real store with some two thousand calls: real search, real use cases; only the sound and the
recordings' bytes are doubles."""

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from PySide6.QtCore import QSettings

from desk.domain import tickets as ticket_values
from desk.domain.call_log import CallEntry, CallPlace, Outcome, RecordingEntry, RecordingKept
from desk.domain.categories import Category
from desk.domain.changes import Change
from desk.domain.diagnosis import Diagnosis
from desk.domain.estate import Duty, Estate, Household, Membership, NumberEntry, Person, Role, Staff
from desk.domain.evidence import SoundForm, SoundOrder
from desk.domain.identity import CallId, HouseholdId, PersonId, StaffId, TicketId
from desk.domain.listening import Access, Listener, Listening
from desk.domain.listening import Role as ListenerRole
from desk.domain.numbers import lookup_key
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.scores import Score, ScoreState
from desk.domain.spans import span_text
from desk.domain.tickets import Kind, Priority, Ticket
from desk.domain.times import to_text
from desk.store.call_index import CallIndexer
from desk.store.call_search import SqlCallSearch
from desk.store.calls import SqlCallLog
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.recording_changes import SqlRecordingChanges
from desk.store.residents import SqlResidents
from desk.store.scores import SqlScores
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.ui.player.engine import PlayerParts
from desk.ui.player.panel import PlayerPanel
from desk.ui.replay.actions import ActionsParts
from desk.ui.replay.search_pane import SearchPane, SearchParts
from desk.ui.replay.window import ReplayParts, ReplayWindow
from desk.ui.ticket.page import TicketParts
from desk.ui.worker import Worker
from desk.usecases.comment_call import CommentCall
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeOpener
from desk.usecases.find_calls import FindCalls
from desk.usecases.find_person import PersonFinder
from desk.usecases.find_place import PlaceFinder
from desk.usecases.legal_hold import LegalHold
from desk.usecases.listening_log import ListeningLog
from desk.usecases.read_ticket import ReadTicket
from desk.usecases.recording_ports import Progress
from desk.usecases.replay import Replay
from desk.usecases.search_calls import Asked, Found, SearchCalls
from tests.ui import seat
from tests.ui.harness import ZONE, categories
from tests.ui.intake.scene import Keys
from tests.ui.seat import NOW

CALLS = 2_000
OWN_DAYS = 7
SUPERVISOR, AGENT = Listener("9001", ListenerRole.SUPERVISOR), Listener("1001", ListenerRole.AGENT)
STAFF = (
    Staff(StaffId("s1"), "9001", "王芳", Duty.SUPERVISOR),
    Staff(StaffId("s2"), "1001", "张三", Duty.AGENT),
    Staff(StaffId("s3"), "1002", "李四", Duty.AGENT),
)
PEOPLE = ("王建国", "李秀英", "陈志强", "刘洋", "赵敏华", "孙丽", "周杰", "吴桂兰")
TEXTS = ("厨房水龙头漏水", "电梯停在三楼不动", "楼上装修太吵", "大堂灯不亮", "物业费怎么交", "保安态度很好")


@dataclass
class Stage:
    window: ReplayWindow
    store: Store
    worker: Worker
    listener: Listener
    opener: FakeOpener
    player: seat.SilentPlayer
    asked: list[Asked]
    exported: list[tuple[CallId, SoundOrder, Path]]
    opened: list[str]
    files: Callable[[], str]
    stuck: threading.Event  # set: an export goes on until it is stopped

    @property
    def listenings(self) -> list[Listening]:
        """All that stands in the listening log."""
        with self.store.read() as connection:
            ids = [row[0] for row in connection.exec_driver_sql("SELECT DISTINCT call_id FROM listening")]
        return [entry for call_id in ids for entry in SqlListenings(self.store).of_call(CallId(call_id))]


def call_id(number: int) -> CallId:
    """The newest has the number 0."""
    return CallId(f"01958000-0000-7000-8000-{CALLS - number:012}")


def rows(count_of: int = CALLS) -> Iterator[tuple[str, str, object]]:
    """(entity, id, value), the same ones every time."""
    dice = random.Random(7)
    tree, _finder = categories()
    leaves = [leaf for leaf in tree.categories if leaf.kind in (Kind.REPAIR, Kind.COMPLAINT, Kind.INQUIRY)]
    yield "estate", "e1", Estate(seat.ESTATE, "万达花园")
    yield "building", seat.BUILDING.building_id, seat.BUILDING
    for staff in STAFF:
        yield "staff", staff.staff_id, staff
    for number, name in enumerate(PEOPLE):
        home = Household(
            HouseholdId(f"h{number}"),
            seat.ESTATE,
            seat.BUILDING.building_id,
            "2",
            f"{201 + number}",
            f"5-2-{201 + number}",
        )
        person, phone = Person(PersonId(f"p{number}"), name), f"1380013800{number}"
        yield "household", home.household_id, home
        yield "person", person.person_id, person
        yield "membership", f"m{number}", Membership(f"m{number}", home.household_id, person.person_id, Role.OWNER)
        yield "number", f"n{number}", NumberEntry(f"n{number}", phone, lookup_key(phone), person.person_id)
    for number in range(count_of):
        yield from _call(number, dice, leaves)


def _call(number: int, dice: random.Random, leaves: list[Category]) -> Iterator[tuple[str, str, object]]:
    who = dice.randrange(len(PEOPLE))
    at = NOW - timedelta(minutes=17 * number + 5)
    raw = f"1380013800{who}"
    answered = dice.random() < 0.9
    length_s = dice.choice((25, 40, 95, 180, 420, 1250))
    poor = dice.random() < 0.1
    entry = CallEntry(
        call_id(number), "热线", Direction.INCOMING if dice.random() < 0.85 else Direction.OUTGOING, raw,
        lookup_key(raw), "", "", at, "S01", dice.choice(("1001", "1002")),
        Outcome.ANSWERED if answered else Outcome.ABANDONED, at + timedelta(seconds=6) if answered else None,
        at + timedelta(seconds=6 + length_s if answered else 20), person_id=PersonId(f"p{who}"),
        household_id=HouseholdId(f"h{who}"), codec="PCMA", mos_mean_x100=410,
        mos_worst_x100=240 if poor else 400, mos_worst_at=at + timedelta(seconds=9),
        diagnosis=Diagnosis.NETWORK_LOSS if poor else None,
    )  # fmt: skip
    if not answered:
        yield "call", entry.call_id, entry
        yield "recording", entry.call_id, RecordingEntry(entry.call_id, RecordingKept.MISSING, "not answered")
        return
    ticket_id = TicketId(f"t{number}")
    leaf = dice.choice(leaves)
    started = at + timedelta(seconds=6)
    ticket = Ticket(
        ticket_id, f"{at.astimezone(ZONE):%Y%m%d}-S01-{number % 60 + 1:03}", leaf.kind, leaf.code, Priority.NORMAL,
        ticket_values.Stage.REGISTERED, dice.choice(TEXTS), at + timedelta(seconds=60), entry.agent, "S01",
        place_text=f"5栋2单元{201 + who}", household_id=HouseholdId(f"h{who}"), building_id=seat.BUILDING.building_id,
        person_id=PersonId(f"p{who}"), caller_name=PEOPLE[who], contact_number=raw, call_id=entry.call_id,
        typed=(
            f"category {to_text(started + timedelta(seconds=4))}", f"place {to_text(started + timedelta(seconds=9))}",
            f"description {to_text(started + timedelta(seconds=14))}",
        ),
    )  # fmt: skip
    yield "ticket", ticket_id, ticket
    yield "call", entry.call_id, replace(entry, ticket_id=ticket_id)
    missing = dice.random() < 0.03
    if missing:
        yield "recording", entry.call_id, RecordingEntry(entry.call_id, RecordingKept.MISSING, "disk full")
        return
    yield "recording", entry.call_id, RecordingEntry(
        entry.call_id, RecordingKept.KEPT, file=f"2026/{entry.call_id}.age", length_ms=length_s * 1000, codec="opus",
        marks=("8.000 held", "20.000 resumed") if length_s > 90 else (), spans=(span_text(0, started),),
        chain="S01-abcd1234", chain_place=CALLS - number, seal_hash="5e" * 32, vaulted_at=at + timedelta(minutes=3),
        caller_talk_ms=length_s * 450, agent_talk_ms=length_s * 380, both_talk_ms=length_s * 20,
        longest_silence_ms=dice.choice((900, 2_500, 14_000)), hold_count=1 if length_s > 90 else 0,
        hold_ms=dice.choice((12_000, 45_000, 90_000)) if length_s > 90 else 0, legal_hold=dice.random() < 0.02,
        legal_hold_by="9001", legal_hold_why="业主投诉到街道", caller_silent=False, agent_silent=False,
    )  # fmt: skip
    if dice.random() < 0.3:
        points = dice.choice((550, 720, 865, 930))
        yield "score", f"sc{number}", Score(
            f"sc{number}", entry.call_id, entry.agent, "general", "1", "9001", at + timedelta(days=1), ScoreState.FINAL,
            points,
        )  # fmt: skip


_ID_FIELDS = {"call": "call_id", "recording": "call_id"}


def _take_long(progress: Progress, stuck: threading.Event) -> None:
    for step in range(10):
        progress(step / 10)
    while stuck.wait(0.01):
        progress(0.9)


@contextmanager
def staged(folder: Path, listener: Listener = SUPERVISOR, count_of: int = CALLS) -> Iterator[Stage]:
    store = Store.open(folder / "seat.db", Keys())
    ids = (f"01959000-0000-7000-8000-{n:012}" for n in count(1))
    log = SqlChangeLog(store)
    stage: Stage | None = None

    def clock() -> datetime:
        return NOW

    def who() -> Listener:
        return stage.listener if stage is not None else listener

    author = SeatAuthor("S01", lambda: who().agent, clock, lambda: next(ids), log.base_seq)
    importer = SeatAuthor("S01", lambda: "1001", clock, lambda: next(ids), lambda: 0)
    changes: list[Change] = [
        importer.change(entity, entity_id, patch_of(value, _ID_FIELDS.get(entity, f"{entity}_id")))  # type: ignore[arg-type]
        for entity, entity_id, value in rows(count_of)
    ]
    log.append(changes)
    indexer = CallIndexer(store)
    while indexer.work_once():
        pass
    errors: list[Exception] = []
    worker = Worker(errors.append)
    calls, tickets, residents = SqlCallLog(store), SqlTickets(store), SqlResidents(store)
    comments, listenings = SqlComments(store), SqlListenings(store)
    estate_map = EstateMap(residents)
    tree, finder = categories()
    places = PlaceFinder(residents, estate_map)
    people = PersonFinder(residents, estate_map, "0755", places)
    listening = ListeningLog(log, author, clock, lambda: next(ids), "S01", who)
    opener, player = FakeOpener(), seat.SilentPlayer()
    asked: list[Asked] = []
    exported: list[tuple[CallId, SoundOrder, Path]] = []
    stuck = threading.Event()
    opened: list[str] = []
    search = SearchCalls(
        FindCalls(residents, people, places, finder, clock, ZONE, "0755"), SqlCallSearch(store), calls, tickets,
        SqlScores(store), residents, estate_map, who, clock, OWN_DAYS, "0755",
    )  # fmt: skip
    replay = Replay(calls, opener, listening, who, clock, OWN_DAYS)
    hold = LegalHold(calls, SqlRecordingChanges(store), author, who, listening)

    def look(wanted: Asked, after: CallPlace | None, limit: int) -> Found:
        asked.append(wanted)
        return search.look(wanted, after, limit)

    def export(call: CallId, _listener: Listener, order: SoundOrder, target: Path, progress: Progress) -> None:
        _take_long(progress, stuck)
        target.write_bytes(b"sound")
        exported.append((call, order, target))

    def pack(call: CallId, listener: Listener, target: Path, progress: Progress) -> None:
        export(call, listener, SoundOrder(SoundForm.OPUS), target, progress)

    def category(code: str) -> str:
        return tree.name(code, "zh_CN") if tree.get(code) else ""

    pane_parts = SearchParts(
        worker=worker, look=look, note_number=lambda number: listening.note(Access.SEARCHED, detail=number),
        find_category=finder.find, is_category=lambda code: tree.get(code) is not None, category=category,
        clock=clock, zone=ZONE,
    )  # fmt: skip
    panel_parts = PlayerParts(
        worker=worker, open=replay.open, reel=lambda _tape: seat.Silence(), player=player,
        damage=lambda: (ValueError,), heard=replay.heard,
    )  # fmt: skip
    parts = ReplayParts(
        worker=worker,
        one=search.one,
        tickets_of=tickets.of_call,
        ticket=TicketParts(
            worker=worker, read=ReadTicket(tickets, calls, residents, estate_map).read, category=category, clock=clock,
            zone=ZONE,
        ),
        actions=ActionsParts(
            worker=worker, listener=who, export=export, pack=pack, hold=hold.put, lift=hold.lift,
        ),
        comments=CommentCall(comments, calls, log, author, clock, lambda: next(ids), who, OWN_DAYS),
        listenings=listenings.of_call,
        listener=who,
        open_ticket=opened.append,
        clock=clock,
        zone=ZONE,
        memory=lambda: QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat),
    )  # fmt: skip
    target = folder / "out.wav"
    pane, panel = SearchPane(pane_parts), PlayerPanel(panel_parts)
    window = ReplayWindow(parts, pane, panel, lambda _name, _kinds, do: do(str(target)))
    stage = Stage(window, store, worker, listener, opener, player, asked, exported, opened, lambda: str(target), stuck)
    for number in range(count_of):
        opener.files[f"2026/{call_id(number)}.age"] = b"sound"
    try:
        yield stage
        assert not errors, errors
    finally:
        window.close()
        worker.close(5)
        window.deleteLater()
        store.close()
