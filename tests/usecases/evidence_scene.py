"""Taking recordings out, over a small estate: `desk.usecases.evidence` and what it gathers."""

from dataclasses import dataclass, field
from pathlib import Path

from desk.domain.estate import Household
from desk.domain.evidence import Evidence, SoundOrder
from desk.domain.identity import CallId, HouseholdId
from desk.domain.listening import Listener, Listening, Role
from desk.recording.proof.pack import HtmlPack
from desk.store.history import SqlHistories, SqlSealedLog
from desk.store.listenings import SqlComments, SqlListenings
from desk.store.store import Store
from desk.store.trails import SqlTrails
from desk.usecases.evidence import ExportAudio, MakePack
from desk.usecases.fakes import FakeOpener, FakeStore
from desk.usecases.fakes_history import FakeHistories, FakeSealedLog
from desk.usecases.fakes_ticket_page import FakeTrails
from desk.usecases.gather_evidence import GatherEvidence
from desk.usecases.listening_log import ListeningLog
from desk.usecases.read_timeline import Trails
from desk.usecases.recording_ports import (
    AudioStream,
    Comments,
    Histories,
    Listenings,
    Progress,
    SealedLog,
)
from tests.usecases.conftest import World

SUPERVISOR = Listener("1001", Role.SUPERVISOR)


@dataclass
class FakePacks:
    """Packs of nothing but a name; `error` is raised instead."""

    error: Exception | None = None
    asked: list[Evidence] = field(default_factory=list)

    def make(self, evidence: Evidence, progress: Progress) -> HtmlPack:
        if self.error is not None:
            raise self.error
        self.asked.append(evidence)
        progress(0.5)
        return HtmlPack(b"pack of " + evidence.call.call_id.encode())


@dataclass
class FakeSounds:
    def write(self, audio: AudioStream, call_id: CallId, order: SoundOrder, target: Path, progress: Progress) -> None:
        target.write_bytes(audio.read())
        progress(1.0)


@dataclass
class Scene:
    world: World
    histories: Histories
    trails: Trails
    listenings: Listenings
    comments: Comments
    sealed: SealedLog
    packs: FakePacks = field(default_factory=FakePacks)
    opener: FakeOpener = field(default_factory=FakeOpener)

    def __post_init__(self) -> None:
        world = self.world
        log = ListeningLog(world.log, world.author, world.clock, world.new_id, "S01", lambda: SUPERVISOR)
        self.gather = GatherEvidence(
            world.calls,
            world.tickets,
            self.histories,
            self.trails,
            world.residents,
            self.comments,
            self.listenings,
            self.sealed,
            world.map,
        )
        self.pack = MakePack(log, world.clock, "S01", world.calls, self.gather, self.packs)
        self.audio = ExportAudio(log, world.calls, self.opener, FakeSounds())

    def recorded(self, call_id: str, place: int = 1, **fields: object) -> CallId:
        self.world.put(
            "recording",
            call_id,
            kept="kept",
            file=f"2026/03/02/{call_id}.age",
            chain="S01-0badcafe",
            chain_place=place,
            seal_hash=f"{place:064x}",
            **fields,
        )
        return CallId(call_id)

    def entries(self, call_id: str) -> list[Listening]:
        return self.listenings.of_call(CallId(call_id))

    def gathered(self, call: str) -> Evidence:
        entry = self.world.calls.recording(CallId(call))
        assert entry is not None
        return self.gather.gather(CallId(call), entry, self.world.now, "2001", "S01")

    def home(self, household_id: str) -> Household:
        home = HouseholdId(household_id)
        return self.world.residents.households([home])[home]


def scene_of(world: World) -> Scene:
    """Over whatever the world is over."""
    if isinstance(world.log, FakeStore):
        store = world.log
        return Scene(
            world, FakeHistories(store), FakeTrails(store), store.listenings, store.comments, FakeSealedLog(store)
        )
    sql: Store = world.log._store  # type: ignore[attr-defined]
    return Scene(world, SqlHistories(sql), SqlTrails(sql), SqlListenings(sql), SqlComments(sql), SqlSealedLog(sql))
