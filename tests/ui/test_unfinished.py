from pytestqt.qtbot import QtBot

from desk.domain.drafts import Draft, Intake
from desk.ui.unfinished import Unfinished

from .seat import NOW

ONE, OTHER = (Draft(name, "1001", NOW, NOW, Intake()) for name in ("d1", "d2"))


def test_drafts_are_told_as_they_come_and_go(qtbot: QtBot) -> None:
    unfinished, told = Unfinished(), list[set[str]]()
    unfinished.drafts_changed.connect(lambda: told.append(set(unfinished.drafts)))
    unfinished.note_drafts([ONE])
    unfinished.note_draft(OTHER)
    unfinished.note_draft_gone("d1")
    unfinished.note_draft_gone("d1")  # nobody is told twice
    unfinished.note_drafts([])
    assert told == [{"d1"}, {"d1", "d2"}, {"d2"}, set()]


def test_the_first_and_the_last_that_is_not_on_disk_is_told(qtbot: QtBot) -> None:
    unfinished, told = Unfinished(), list[bool]()
    unfinished.unsaved_changed.connect(lambda: told.append(unfinished.is_unsaved))
    unfinished.note_unsaved("text", True)
    unfinished.note_unsaved("caller", True)
    unfinished.note_unsaved("text", False)
    unfinished.note_unsaved("caller", False)
    assert told == [True, False]
