"""Who reads the sensitive tags at a real seat, and what the card says where the centre keeps them from this PC."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from desk.compose.window import Life, reader_of_tags, window_parts
from desk.domain.changes import FieldValue
from desk.domain.listening import Listener, Role
from desk.domain.patches import patch_of
from desk.secrets import FakeSecrets
from desk.settings import CentralSettings, SeatSettings, Settings
from desk.store.accounts import SqlAccounts
from desk.store.change_log import SqlChangeLog
from desk.store.outbox import SqlOutbox
from desk.store.store import Store
from desk.ui.caller.card_presenter import CardView, present
from desk.ui.parts import UiParts
from desk.ui.seat_state import Pop
from desk.usecases.profile import Candidate
from tests.making import change
from tests.ui import harness, seat
from tests.ui.real_window import NobodyThere

TAG: dict[str, FieldValue] = {"subject": "person", "subject_id": seat.WANG.person_id, "tag": "诉讼", "ended": False}


class Ground:
    def __init__(self, folder: Path) -> None:
        central = CentralSettings(url="postgresql://db.example/desk", user="S01")
        self.settings = Settings(
            data_dir=folder, runtime_dir=folder / "run", seat=SeatSettings(agent="2001"), central=central
        )
        self.store = Store.open(self.settings.store_file, FakeSecrets())
        self.outbox, self.log = SqlOutbox(self.store), SqlChangeLog(self.store)
        for entity, entity_id, value in harness.entries():
            key = "call_id" if entity == "recording" else f"{entity}_id"
            self.log.append([change(entity, entity_id, patch_of(value, key))])
        SqlAccounts(self.store).note("2001", "supervisor")
        self.parts: UiParts = window_parts(
            self.settings, self.store, NobodyThere(), Life(lambda: None, lambda: None, Event())
        )

    def candidate(self) -> Candidate:
        return self.parts.screen_pop.profile(seat.PARTY).candidates[0]

    def card(self) -> CardView:
        pop = Pop(self.parts.screen_pop.profile(seat.PARTY))
        return present(pop, seat.PARTY, str, seat.NOW, harness.ZONE, who="2001")


@pytest.fixture
def ground(tmp_path: Path, english: None) -> Iterator[Ground]:
    made = Ground(tmp_path)
    yield made
    made.store.close()


def test_they_are_read_by_supervisors_and_by_whom_the_centre_gave_them_to_last(ground: Ground) -> None:
    agent, supervisor = Listener("1001", Role.AGENT), Listener("2001", Role.SUPERVISOR)
    nobody, with_tags = Listener("", Role.AGENT), ground.outbox.role_with_tags
    assert with_tags() == ""
    assert [reader_of_tags(one, with_tags) for one in (agent, supervisor, nobody)] == [None, "2001", None]
    ground.outbox.use_rights("all and sensitive", "1001")
    assert with_tags() == "1001"
    assert reader_of_tags(agent, with_tags) == "1001"
    assert reader_of_tags(Listener("1002", Role.AGENT), with_tags) is None
    ground.outbox.use_rights("all and sensitive", "S01")  # the seat's own role is nobody's work number
    assert reader_of_tags(agent, with_tags) is None
    ground.outbox.use_rights("all", "1001")
    assert (with_tags(), reader_of_tags(agent, with_tags)) == ("", None)


def test_a_supervisor_is_not_told_that_none_applies_where_the_centre_keeps_them_from_this_pc(ground: Ground) -> None:
    ground.outbox.use_rights("all", "S01")
    card = ground.card()
    assert "Sensitive tags not known here" in [chip.text for chip in card.chips]
    assert [row.target for row in card.tags] == [""], "nothing is offered, and why is said"
    assert "one may apply" in card.tags[0].text
    assert not ground.parts.toggle_tag(ground.candidate(), "litigation")
    ground.outbox.use_rights("all and sensitive", "S01")
    ground.log.append([change("sensitive_tag", "s1", TAG)])
    card = ground.card()
    assert "Sensitive tags not known here" not in [chip.text for chip in card.chips]
    assert card.tags[0].target == "诉讼"
    assert "litigation" not in [row.target for row in card.tags]
