"""A ticket's calls with a real sealed recording, and the widgets that show and play them over real parts; only the
sound device is a double."""

import threading
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from desk.compose import late_player
from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Listener, Role
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.recording.playing.plain import PlainOpener
from desk.recording.vault.folder import FolderRecordings
from desk.texts import ShippedTexts
from desk.ui.player.bar import PlayerBar
from desk.ui.player.engine import PlayerParts
from desk.ui.side.panel import SidePanel, SideParts
from desk.ui.ticket.page import TicketParts, TicketView
from desk.usecases.listening_log import ListeningLog
from desk.usecases.replay import Replay
from tests.recording.scene import CALL, Sound, plain_recording
from tests.ui.intake.scene import NOW, TREE, ZONE, Scene, later

SECONDS = 8
TICKET = TicketId("t-1")
REPEAT, BROKEN = CallId("01957000-0000-7000-8000-000000000002"), CallId("01957000-0000-7000-8000-000000000003")


def supervisor() -> Listener:
    return Listener("9001", Role.SUPERVISOR)


def new_id() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"01958000-0000-7000-8000-{next(numbers):012}"


class GatedSink:
    """Takes sound only while its gate is open, so that a test decides how far a recording has played."""

    def __init__(self) -> None:
        self.gate = threading.Event()
        self.taken = 0

    def open(self, rate_hz: int, channels: int) -> None:
        """Always there."""

    def write(self, samples: bytes) -> None:
        self.gate.wait(10)
        self.taken += len(samples)

    def drop(self) -> None:
        """Nothing is kept."""

    def close(self) -> None:
        """Nothing to give back."""


@cache
def _sealed() -> tuple[RecordingEntry, bytes]:
    """Made once: the caller speaks for a second, then the agent, and so on."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        entry = plain_recording(folder, Sound.steps([(9000, 0), (0, 9000)] * (SECONDS // 2)))
        return entry, (folder / "recordings" / entry.file).read_bytes()


def category_name(code: str) -> str:
    return TREE.name(code, "zh_CN") if TREE.get(code) else ""


class Media:
    call_id = CALL

    def __init__(self, stage: Scene, folder: Path) -> None:
        self.stage = stage
        self.recordings = folder / "recordings"
        self.entry, sealed = _sealed()
        file = self.recordings / self.entry.file
        file.parent.mkdir(parents=True)
        file.write_bytes(sealed)
        self.sink = GatedSink()
        self.player = late_player.Player("", lambda: self.sink)
        log = ListeningLog(stage.log, stage.author, lambda: NOW, new_id(), "S01", supervisor)
        opener = PlainOpener(FolderRecordings(self.recordings))
        self.replay = Replay(stage.calls, opener, log, supervisor, lambda: NOW, 7)

    def log_calls(self) -> None:
        """The call the ticket was taken from with its recording, a repeat call that is still being sealed, and one that
        broke off."""
        first = CallEntry(
            CALL,
            "热线",
            Direction.INCOMING,
            "013800138000",
            "+8613800138000",
            "",
            "",
            later(-90),
            "S01",
            "1001",
            Outcome.ANSWERED,
            later(-89),
            later(-86),
            ticket_id=TICKET,
        )
        entries = (
            first,
            replace(first, call_id=REPEAT, offered_at=later(-30), answered_at=later(-29), agent="1002"),
            replace(first, call_id=BROKEN, offered_at=later(-10), outcome=Outcome.INTERRUPTED, number=""),
        )
        author = self.stage.author
        self.stage.log.append([author.change("call", e.call_id, patch_of(e, "call_id")) for e in entries])
        self.log_recording(self.entry)
        self.log_recording(RecordingEntry(BROKEN, RecordingKept.MISSING, "interrupted before audio"))

    def log_recording(self, entry: RecordingEntry) -> None:
        change = self.stage.author.change("recording", entry.call_id, patch_of(entry, "call_id"))
        self.stage.log.append([change])

    def player_bar(self) -> PlayerBar:
        return PlayerBar(
            PlayerParts(
                worker=self.stage.worker,
                open=self.replay.open,
                reel=late_player.reel,
                player=self.player,
                damage=late_player.damage,
                heard=self.replay.heard,
            )
        )

    def ticket_view(self, player: PlayerBar | None = None) -> TicketView:
        parts = TicketParts(
            worker=self.stage.worker,
            read=self.stage.reading.read,
            category=category_name,
            clock=lambda: NOW,
            zone=ZONE,
        )
        return TicketView(parts, player)


def side_panel(stage: Scene, language: str = "zh_CN") -> SidePanel:
    return SidePanel(
        SideParts(
            worker=stage.worker,
            same_faults=stage.same_faults.find,
            stale=stage.same_faults.stale,
            category=category_name,
            clock=lambda: NOW,
            zone=ZONE,
            work_number=lambda: "1001",
            phrases=ShippedTexts().all_phrases(),
            company="万达物业",
            language=language,
        )
    )
