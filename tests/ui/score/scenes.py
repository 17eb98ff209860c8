"""Pictures of the score page, for looking at: `python -m tests.ui.score.scenes SCENE OUT.png [LANGUAGE LOOK SIZE]`
(QT_QPA_PLATFORM=offscreen)."""

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import count
from typing import Literal, cast

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desk.domain.call_log import CallEntry, Outcome, RecordingEntry, RecordingKept
from desk.domain.call_search import CallHit
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Listener, Role
from desk.domain.party import Direction
from desk.domain.patches import patch_of
from desk.domain.promises import Promise
from desk.domain.scores import Score, ScoreState
from desk.domain.sheets import answer_texts
from desk.domain.spans import span_text
from desk.domain.tickets import Kind, Priority, Stage, Ticket
from desk.i18n import speak
from desk.resources import resources_dir
from desk.sheets import read_sheets
from desk.ui import theme
from desk.ui.score.page import ScorePage, ScoreParts
from desk.ui.worker import Worker
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.fakes_ticket_page import FakeTrails
from desk.usecases.fakes_work import FakePromises
from desk.usecases.score_call import ScoreCall

CHINA = timezone(timedelta(hours=8))
BEGAN = datetime(2026, 11, 20, 9, 30, tzinfo=CHINA)
CALL = CallEntry(
    CallId("c1"), "热线", Direction.INCOMING, "13800138000", "+8613800138000", "", "", BEGAN, "S01", "1001",
    Outcome.ANSWERED, BEGAN + timedelta(seconds=4), BEGAN + timedelta(seconds=184),
)  # fmt: skip
RECORDING = RecordingEntry(
    CALL.call_id,
    RecordingKept.KEPT,
    length_ms=180_000,
    spans=(span_text(0, BEGAN + timedelta(seconds=4)),),
    agent_first_ms=1_400,
    caller_talk_ms=70_000,
    agent_talk_ms=66_000,
    both_talk_ms=6_000,
    longest_silence_ms=12_300,
    long_silences=("80.0 12.3",),
    hold_count=1,
    hold_ms=42_000,
)
TICKET = Ticket(
    TicketId("t1"), "20261120-S01-7", Kind.REPAIR, "repair.water.leak", Priority.NORMAL, Stage.REGISTERED, "厨房漏水",
    BEGAN + timedelta(seconds=120), "1001", "S01", contact_number="13800138000",
    call_id=CALL.call_id,
)  # fmt: skip
HIT = CallHit(CALL, RECORDING, TICKET)
BOSS = Listener("9001", Role.SUPERVISOR)
SHEETS = read_sheets(resources_dir() / "sheets")
SCENES = ("fresh", "final", "agent", "none", "other")


class Ground:
    """A page over a store in memory; `listener` may be set."""

    def __init__(self, listener: Listener = BOSS) -> None:
        self.store, self.listener = FakeStore(), listener
        numbers, minutes = count(1), count(1)
        self.failures: list[Exception] = []
        self.readers: list[threading.Thread] = []  # who read the ledger of promises, once for each time
        self.worker = Worker(self.failures.append)

        def clock() -> datetime:
            return BEGAN + timedelta(days=1, minutes=next(minutes))

        self.author = FakeAuthor("9001", "S01", clock, lambda: f"change{next(numbers):03}")
        self.score = ScoreCall(
            self.store.scores,
            self.store,
            self.author,
            clock,
            lambda: f"score{next(numbers):03}",
            lambda: SHEETS,
            list,
            FakeTrails(self.store),
            self._given_in,
        )
        self.page = ScorePage(
            ScoreParts(
                worker=self.worker,
                score=self.score,
                scores_of=self.store.scores.of_call,
                tickets_of=lambda _call_id: [TICKET],
                listener=lambda: self.listener,
                local=lambda at: at.astimezone(CHINA),
            )
        )

    def _given_in(self, call_id: CallId) -> Sequence[Promise]:
        self.readers.append(threading.current_thread())
        return FakePromises(self.store).given_in(call_id)

    def put(self, score: Score) -> Score:
        self.store.append([self.author.change("score", score.score_id, patch_of(score, "score_id"))])
        return score

    def final(self, **fields: object) -> Score:
        """A finished score by 9002."""
        sheet = SHEETS[-1]
        answers = {sheet.name_of(question): max(0, question.scale - 1) for question in sheet.questions}
        score = Score(
            "score-9002", CALL.call_id, "1001", sheet.sheet_id, sheet.version, "9002", BEGAN + timedelta(days=1),
            ScoreState.FINAL, 800, answer_texts(answers), remarks="语气很好，结束语之前可以再确认一次上门时间。",
        )  # fmt: skip
        return self.put(replace(score, **fields))  # type: ignore[arg-type]


def main() -> int:
    scene, out, *rest = sys.argv[1:]
    language, look, size = [*rest, *["zh_CN", "light", "400x720"][len(rest) :]]
    speak(language)
    app = QApplication([])
    theme.apply(app, cast(Literal["light", "dark"], look))
    ground = Ground(Listener("1001", Role.AGENT) if scene == "agent" else BOSS)
    if scene in ("final", "agent", "other"):
        ground.final(reply="客户当时在电梯里，信号断断续续。" if scene == "final" else "")
    width, height = (int(part) for part in size.split("x"))
    ground.page.resize(QSize(width, height))
    ground.page.show()
    ground.page.show_hit(None if scene == "none" else HIT)
    settle(app, ground)
    if scene == "final":
        ground.page.read_score("score-9002")
        settle(app, ground)
    if scene == "fresh":
        ground.page.sheet.rows[2].setFocus()
    settle(app, ground)
    ground.page.grab().save(out)
    ground.worker.close()
    return 0


def settle(app: QApplication, ground: Ground) -> None:
    for _round in range(5):
        ground.worker.drain(5)
        app.processEvents()


if __name__ == "__main__":
    sys.exit(main())
