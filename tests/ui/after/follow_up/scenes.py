"""Pictures of the follow-up's panel and page, for looking at: `python -m tests.ui.after.follow_up.scenes SCENE OUT.png
[LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Literal, cast

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from desk.domain.attempts import Outcome
from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.identity import TicketId
from desk.domain.listening import Listener, Role
from desk.domain.ticket_figures import TicketFigures, figures
from desk.domain.working_time import CHINA
from desk.i18n import speak
from desk.policies.files import PolicyFolders
from desk.policies.questionnaires import read_questionnaires
from desk.resources import resources_dir
from desk.texts import ShippedTexts
from desk.ui import theme
from desk.ui.after.follow_up.page import FollowUpsPage
from desk.ui.after.follow_up.panel import FollowUpPanel
from desk.ui.after.follow_up.parts import FollowUpTools, FollowUpUses
from desk.ui.hub import Hub
from desk.ui.seat_state import Agent
from desk.usecases.estate_map import EstateMap
from desk.usecases.fakes import FakeStore
from desk.usecases.read_ticket import ReadTicket, TicketPage
from desk.usecases.survey import SurveyPlan
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import Hotline, hotline_of

SHIPPED = read_questionnaires(PolicyFolders(resources_dir() / "policies")).value
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SCENES = ("fresh", "middle", "text", "ready", "unsolved", "outcome", "later", "warn", "none", "page", "page-empty")


class Ground:
    """A hotline over a store in memory, with one panel and one page over it. `told`, `called`, `warned`: what they
    said and asked for; `listener` may be set."""

    def __init__(self, role: Role = Role.SUPERVISOR) -> None:
        self.store = FakeStore()
        self.world = World(
            self.store, self.store, self.store.tickets, self.store.calls, self.store.notices, self.store, self.store,
            now=NOW,
        )  # fmt: skip
        self.world.put("staff", "s1", number="2001", name="赵师傅", duty="handler", phone="", active=True)
        policy = FollowUpPolicy(spot_check_percent=20)
        self.hotline: Hotline = hotline_of(self.world, papers=SHIPPED, policy=policy)
        self.listener = Listener("1001", role)
        self.told: list[str] = []
        self.called: list[str] = []
        self.warned: list[tuple[str, str]] = []
        self.opened: list[str] = []
        self.hub = Hub(
            command=lambda _command: None,
            profile_of=lambda _party, _call_id: (_ for _ in ()).throw(AssertionError),
            card_of=lambda _candidate: (_ for _ in ()).throw(AssertionError),
            clock=self.world.clock,
        )
        self.hub.agent = Agent("1001", "张三")
        self.hub.call_requested.connect(self.called.append)
        tree = ShippedTexts().categories()
        self.tools = FollowUpTools(
            hub=self.hub,
            uses=self.uses(),
            clock=self.world.clock,
            zone=CHINA,
            category=lambda code: tree.name(code, "zh_CN"),
            written=lambda: None,
            warn=lambda ticket_id, words: self.warned.append((ticket_id, words)),
        )
        self.panel = FollowUpPanel(self.tools)
        self.panel.told.connect(self.told.append)
        self.page = FollowUpsPage(self.tools, self.opened.append)

    def uses(self) -> FollowUpUses:
        hotline = self.hotline
        return FollowUpUses(
            work=hotline.work,
            checks=hotline.checks,
            surveys=hotline.surveying,
            due=hotline.follow_ups.due,
            figures=self.figures,
            tickets=lambda ids: {one: found for one in ids if (found := self.world.tickets.get(TicketId(one)))},
            households=lambda ids: {str(key): home for key, home in self.store.households(list(ids)).items()},  # type: ignore[arg-type]
            questionnaires=lambda: SHIPPED,
            listener=lambda: self.listener,
            new_id=self.world.new_id,
            company="碧海物业",
        )

    def figures(self, since: datetime, until: datetime) -> TicketFigures:
        return figures(self.hotline.rows(since, until), since, until)

    def done(self, description: str = "厨房水龙头关不紧，一直滴水", **fields: object) -> TicketId:
        return self.hotline.done(
            description=description, caller_name="王女士", place_text="5栋1单元101", number="20261121-S01-007", **fields
        )

    def page_of(self, ticket_id: TicketId) -> TicketPage:
        world = self.world
        page = ReadTicket(world.tickets, world.calls, world.residents, EstateMap(world.residents)).read(ticket_id)
        assert page is not None
        return page

    def open(self, ticket_id: TicketId) -> None:
        self.panel.open_for(self.page_of(ticket_id))
        self.settle()

    def settle(self) -> None:
        app = QApplication.instance()
        assert app is not None
        for _ in range(3):
            assert self.hub.worker.drain(10)
            app.processEvents()

    def choose(self, *digits: int) -> None:
        for digit in digits:
            self.panel.card.box.keys[digit - 1].click()
            self.settle()

    def type(self, text: str) -> None:
        self.panel.card.box.line.setText(text)
        self.panel.card.box.line.returnPressed.emit()
        self.settle()

    def a_busy_week(self) -> None:
        """Follow-ups made and due, a survey that runs, and the week before to be drawn from."""
        self.world.now = NOW - timedelta(days=8)
        for room in ("101", "102", "203", "301", "402"):
            self.world.put("household", f"h5-1-{room}", estate_id="e1", building_id="b5", place_code=f"5-1-{room}",
                           unit="1", room=room, tags=[], notes="")  # fmt: skip
            self.world.number(f"13800138{room}", household_id=f"h5-1-{room}")
        for by, answer in (("1002", "very"), ("1002", "yes"), ("1003", "very"), ("1003", "fair")):
            answers = {"solved": "yes", "in_time": "yes", "work": "5", "satisfied": answer, "better": ""}
            self.hotline.followed_up(by, answers)
        self.world.now = NOW - timedelta(hours=2)
        for description in ("厨房水龙头关不紧", "马桶堵了"):
            self.done(description)
        self.hotline.work.finish(self.hotline.answered(self.done(), {"solved": "no", "left": "还在滴", "visit": ""}))
        plan = SurveyPlan("秋季满意度调查", "survey", NOW - timedelta(days=3), NOW + timedelta(days=10), 3, "all")
        self.hotline.surveying.make("survey-1", plan, "3001")
        self.world.now = NOW


def play(ground: Ground, scene: str) -> QWidget:
    if scene.startswith("page"):
        if scene == "page":
            ground.a_busy_week()
        ground.page.start()
        ground.settle()
        return ground.page
    ticket_id = (
        ground.hotline.ticket(caller_name="王女士", description="门锁坏了") if scene == "none" else ground.done()
    )
    ground.open(ticket_id)
    if scene in ("middle", "text", "ready"):
        ground.hotline.work.tried(ground.hotline.work.for_ticket(ticket_id), Outcome.NO_ANSWER)
        ground.panel.refresh(ground.page_of(ticket_id))
        ground.settle()
        ground.choose(1, 1, *([4] if scene != "middle" else []))
    if scene == "text":
        ground.choose(3)
    if scene == "ready":
        ground.choose(1)
    if scene in ("unsolved", "warn"):
        ground.choose(2)
        ground.type("还在滴水，师傅说要换阀芯")
        ground.type("明天上午")
    if scene == "warn":
        ground.panel.card.save_key.click()
        ground.settle()
    if scene in ("outcome", "later"):
        ground.panel.card.not_reached_key.click()
        ground.settle()
    if scene == "later":
        ground.choose(5)
        ground.panel.card.box.line.setText("晚点")
        ground.panel.card.box.line.returnPressed.emit()
        ground.settle()
    return ground.panel


def main() -> int:
    scene, out, *rest = sys.argv[1:]
    language, look, size = [*rest, *["zh_CN", "light", "760x520"][len(rest) :]]
    speak(language)
    app = QApplication([])
    theme.apply(app, cast(Literal["light", "dark"], look))
    ground = Ground()
    holder = QWidget()
    column = QVBoxLayout(holder)
    width, height = (int(part) for part in size.split("x"))
    holder.resize(QSize(width, height))
    column.addWidget(ground.page if scene.startswith("page") else ground.panel)
    if not scene.startswith("page"):
        column.addStretch(1)
    holder.show()
    play(ground, scene)
    ground.settle()
    holder.grab().save(out)
    ground.hub.worker.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
