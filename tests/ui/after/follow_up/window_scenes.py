"""The whole window with follow-ups in it; also a program: `python -m tests.ui.after.follow_up.window_scenes SCENE
OUT.png [LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen)."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from desk.domain.commands import Command
from desk.domain.follow_up_rules import FollowUpPolicy
from desk.domain.identity import StaffId, TicketId
from desk.domain.listening import Listener, Role
from desk.domain.moves import MoveKind
from desk.domain.ticket_figures import figures
from desk.i18n import speak
from desk.policies.files import PolicyFolders
from desk.policies.questionnaires import read_questionnaires
from desk.resources import resources_dir
from desk.ui.after.follow_up.parts import FollowUpUses
from desk.usecases.fakes import FakeStore
from tests.ui import harness, seat
from tests.usecases.conftest import World
from tests.usecases.follow_up_world import Hotline, hotline_of

SHIPPED = read_questionnaires(PolicyFolders(resources_dir() / "policies")).value


@dataclass
class WithHotline:
    """The window's surroundings, and the hotline over the same rows."""

    scene: harness.Scene
    hotline: Hotline

    def done(self) -> TicketId:
        """The sample's open ticket, worked on to its end."""
        ticket_id = TicketId("t1")
        self.hotline.move(ticket_id, MoveKind.DISPATCH, handler_id=StaffId(seat.ASSISTANT.staff_id))
        self.hotline.move(ticket_id, MoveKind.ACCEPT)
        self.hotline.move(ticket_id, MoveKind.FINISH, text="换了阀芯，试水正常")
        return ticket_id


def uses_of(hotline: Hotline, role: Role = Role.SUPERVISOR) -> FollowUpUses:
    world = hotline.world
    return FollowUpUses(
        work=hotline.work,
        checks=hotline.checks,
        surveys=hotline.surveying,
        due=hotline.follow_ups.due,
        figures=lambda since, until: figures(hotline.rows(since, until), since, until),
        tickets=lambda ids: {one: found for one in ids if (found := world.tickets.get(TicketId(one)))},
        households=lambda _ids: {},
        questionnaires=lambda: SHIPPED,
        listener=lambda: Listener("1001", role),
        new_id=world.new_id,
        company="碧海物业",
    )


def window_with_hotline(language: str = "zh_CN", look: str = "light") -> WithHotline:
    store, commands, nudges = FakeStore(), list[Command](), list[None]()
    made = harness.parts(store, language, look, commands.append, lambda: nudges.append(None))
    world = World(store, store, store.tickets, store.calls, store.notices, store, store, now=seat.NOW)
    hotline = hotline_of(world, papers=SHIPPED, policy=FollowUpPolicy(spot_check_percent=20))
    built = harness.window_of(replace(made, follow_ups=lambda: uses_of(hotline)), look)
    return WithHotline(harness.Scene(built, store, commands, nudges), hotline)


def main() -> int:
    scene, out, *rest = sys.argv[1:]
    language, look, size = [*rest, *["zh_CN", "light", "1366x768"][len(rest) :]]
    speak(language)
    app = QApplication([])
    there = window_with_hotline(language, look)
    window, hub = there.scene.built.window, there.scene.built.hub
    width, height = (int(part) for part in size.split("x"))
    window.resize(QSize(width, height))
    window.show()
    there.scene.receive(seat.snapshot())
    there.scene.built.wiring.sign_in("1001")

    def settle(until: Callable[[], bool]) -> None:
        for _ in range(200):
            hub.worker.drain(5)
            app.processEvents()
            if until():
                return

    settle(lambda: hub.agent is not None)
    ticket_id = there.done()
    if scene == "panel":
        window.show_ticket(ticket_id)
        settle(lambda: False)
        from desk.ui.key_button import KeyButton

        key = next(one for one in window.findChildren(KeyButton) if one.key == "Alt+F")
        key.click()
    else:
        there.hotline.world.now += timedelta(days=3)
        there.hotline.followed_up("1002", {"solved": "yes", "in_time": "yes", "work": "5", "satisfied": "very"})
        from PySide6.QtGui import QShortcut

        shortcut = next(one for one in window.findChildren(QShortcut) if one.key().toString() == "Ctrl+Shift+F")
        shortcut.activated.emit()
    settle(lambda: False)
    window.grab().save(out)
    there.scene.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
