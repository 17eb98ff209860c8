"""The commonest repair with the category tree that is shipped."""

from pathlib import Path

from pytestqt.qtbot import QtBot

from desk.domain.tickets import Kind, Stage
from desk.texts import ShippedTexts
from tests.ui.intake.commonest_repair import DESCRIPTION, file_the_commonest_repair
from tests.ui.intake.scene import CALL, HOME, LI, scene

MOST_KEYS = 15


def test_the_commonest_repair_is_filed_with_few_keys_besides_its_description(tmp_path: Path, qtbot: QtBot) -> None:
    with scene(tmp_path, tree=ShippedTexts().categories()) as stage:
        counted = file_the_commonest_repair(stage.form(qtbot), stage)
        assert counted.path <= MOST_KEYS
        (ticket,) = stage.tickets.recent(10)
    assert (ticket.kind, ticket.category, ticket.stage) == (Kind.REPAIR, "repair.water.tap", Stage.REGISTERED)
    assert ticket.description == DESCRIPTION
    assert (ticket.household_id, ticket.person_id, ticket.call_id) == (HOME.household_id, LI.person_id, CALL)
    assert (ticket.caller_name, ticket.contact_number) == ("李秀英", "013800138000")
