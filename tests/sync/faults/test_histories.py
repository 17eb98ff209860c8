"""Whatever happens to five seats and their centre, in whatever order: once everything is mended, all hold the same
rows, with nothing lost, nothing doubled and nothing skipped.

A history is drawn by hypothesis from what people, networks, clocks and machines do. `make test` plays a hundred,
`DESK_SOAK=1` (`make soak`) two thousand."""

import os
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from desk.demo.postgres import PrivatePostgres
from desk.domain.changes import Change, FieldValue, fold
from desk.store.entities import ENTITIES, columns_of, to_columns
from desk.sync.central.access import CentralFault
from tests.sync.conftest import access
from tests.sync.faults.centre import Centre
from tests.sync.faults.proxy import Carrier, Way
from tests.sync.faults.seats import FaultSeat, Killed, Rows

HISTORIES = 2_000 if os.environ.get("DESK_SOAK") else 100
STEPS = 12
SEATS = 5
HEAL_ROUNDS = 6

# Few entities and few fields, so that people meet at them.
FIELDS: list[tuple[str, str, st.SearchStrategy[FieldValue]]] = [
    ("ticket", "stage", st.sampled_from(["registered", "dispatched", "accepted", "done", "closed"])),
    ("ticket", "description", st.text("漏水厨房", max_size=3)),
    ("person", "name", st.sampled_from(["王小明", "汪晓敏", None])),
    ("person", "tags", st.lists(st.sampled_from(["VIP", "独居老人"]), max_size=2)),
    ("membership", "ended", st.booleans()),
]
IDS = st.integers(1, 2)
WHO = st.integers(0, SEATS - 1)
EDIT = st.sampled_from(FIELDS).flatmap(lambda field: st.tuples(st.just(field[:2]), IDS, field[2]))
JUMPS = st.sampled_from([-40_000, -72, -1, 1, 72, 40_000]).map(lambda hours: timedelta(hours=hours))
# What happens while a seat exchanges: a fault and where in it.
FAULTS = st.one_of(
    st.none(),
    st.none(),
    st.tuples(st.sampled_from(["cut up", "cut down"]), st.integers(0, 6_000)),
    st.tuples(st.just("late"), st.integers(500, 4_000)),
    st.tuples(st.just("killed"), st.integers(0, 12)),
    st.tuples(st.just("halves"), st.just(0)),
    st.tuples(st.just("delayed"), st.integers(1, 40)),  # ms, each piece
)


class Histories(RuleBasedStateMachine):
    server: ClassVar[PrivatePostgres]
    centre: ClassVar[Centre]
    carrier: ClassVar[Carrier]
    empty: ClassVar[Path]
    scratch: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=self.scratch))
        self.centre.wipe()
        self.seats: list[FaultSeat] = []
        self.made: dict[str, Change] = {}
        self.in_order: list[list[str]] = []  # what each life of a seat's store wrote, in the order it was typed
        self.destroyed: set[str] = set()  # with a disk, or a store that another took the place of
        self.images: dict[int, Path] = {}
        self.late: set[int] = set()
        self.restored = False

    @initialize()
    def five_seats(self) -> None:
        for number in range(SEATS):
            reached = access(self.server, self.centre.database, "1001" if number % 2 else "1002")
            proxy = self.carrier.proxy(self.server.port)
            name = f"S{number + 1:02}"
            self.seats.append(FaultSeat(name, self.folder / name, self.empty, reached, proxy))
            self.in_order.append([])

    @rule(who=WHO, edit=EDIT)
    def somebody_types(self, who: int, edit: tuple[tuple[str, str], int, FieldValue]) -> None:
        (entity, field), number, value = edit
        seat, entity_id = self.seats[who], f"{entity}{number}"
        change = seat.write(entity, entity_id, {field: value})
        self.made[change.change_id] = change
        self.in_order[who].append(change.change_id)
        kept = to_columns(ENTITIES[entity], entity_id, {field: value})
        shown = seat.row(entity, entity_id)
        place = columns_of(ENTITIES[entity]).index(field)
        assert shown is not None
        assert shown[place] == kept[place], "what was typed is not shown"

    @rule(who=WHO, fault=FAULTS)
    def a_seat_exchanges(self, who: int, fault: tuple[str, int] | None) -> None:
        seat = self.seats[who]
        match fault:
            case ("cut up", count):
                seat.proxy.cut_after(Way.UP, count)
            case ("cut down", count):
                seat.proxy.cut_after(Way.DOWN, count)
            case ("late", count):
                seat.proxy.keep_late(count)
                self.late.add(who)
            case ("killed", steps):
                seat.life.steps = steps
            case ("halves", _):
                seat.proxy.halves = True
            case ("delayed", milliseconds):
                seat.proxy.delay_s = milliseconds / 1000
            case _:
                pass
        self._exchange(seat)
        seat.life.steps = None
        seat.proxy.halves, seat.proxy.delay_s = False, 0.0

    @rule(who=WHO)
    def a_network_parts(self, who: int) -> None:
        self.seats[who].proxy.refuse()

    @rule(who=WHO)
    def a_network_is_mended(self, who: int) -> None:
        self.seats[who].proxy.mend()

    @precondition(lambda self: self.late)
    @rule()
    def what_was_late_arrives(self) -> None:
        for who in sorted(self.late):
            self.seats[who].proxy.deliver()
        self.late.clear()

    @rule(who=WHO)
    def a_seat_restarts(self, who: int) -> None:
        self.seats[who].restart()

    @rule(who=WHO, by=JUMPS, restarts=st.booleans())
    def a_clock_jumps(self, who: int, by: timedelta, restarts: bool) -> None:
        """While the process runs, or with the computer switched off."""
        self.seats[who].ahead += by
        if restarts:
            self.seats[who].restart()

    @rule(who=WHO)
    def a_store_is_copied(self, who: int) -> None:
        self.images[who] = self.folder / f"image{who}.db"
        self.seats[who].copy_files(self.images[who])

    @precondition(lambda self: self.images)
    @rule(chance=st.data(), onto=WHO)
    def an_old_store_is_put_back(self, chance: st.DataObject, onto: int) -> None:
        """At its own seat, or at another: a cloned disk."""
        image = self.images[chance.draw(st.sampled_from(sorted(self.images)))]
        self._overwrite(onto, image)

    @rule(who=WHO, with_rows=st.booleans())
    def a_store_is_wiped(self, who: int, with_rows: bool) -> None:
        """It is filled again, with rows or with history."""
        self._overwrite(who, None)
        self.seats[who].fill_from = 1 if with_rows else None

    @rule()
    def the_centre_is_backed_up(self) -> None:
        self.centre.back_up()

    @precondition(lambda self: self.centre.backed_up)
    @rule()
    def the_centre_is_restored(self) -> None:
        """All that came since is forgotten there; the seats know it still."""
        before = {change.change_id for change in self.centre.log()}
        self.centre.restore()
        # Of what stood only there (its author's disk is gone), nobody knows any more.
        self.destroyed |= before.difference(*(seat.held() for seat in self.seats))
        self.restored = True

    @rule()
    def the_server_hangs_up(self) -> None:
        self.centre.hang_up()

    def _overwrite(self, who: int, image: Path | None) -> None:
        seat = self.seats[who]
        before = set(seat.held())
        seat.replace_files(image)
        self.destroyed |= before - set(seat.held())
        self.in_order.append([])
        self.in_order[who], self.in_order[-1] = self.in_order[-1], self.in_order[who]

    def _exchange(self, seat: FaultSeat) -> bool:
        try:
            seat.exchange()
        except Killed:
            seat.proxy.cut()
            seat.restart()
        except (psycopg.Error, CentralFault):
            seat.disconnect()
        else:
            return True
        return False

    def teardown(self) -> None:
        try:
            if self.seats:
                self._heal()
                self._compare()
        finally:
            for seat in self.seats:
                seat.stop()
                seat.proxy.close()
            shutil.rmtree(self.folder)

    def _heal(self) -> None:
        for seat in self.seats:
            seat.proxy.mend()
            seat.proxy.deliver()
        held = {change.change_id for change in self.centre.log()}.union(*(seat.held() for seat in self.seats))
        self.required = held & set(self.made)
        missing = set(self.made) - self.required - self.destroyed
        assert not missing, f"forgotten by everybody: {sorted(missing)}"
        for _ in range(HEAL_ROUNDS):
            done = [self._exchange(seat) for seat in self.seats]
            if all(done) and self._in_step():
                return
        done = [self._exchange(seat) for seat in self.seats]
        assert all(done), "a seat cannot exchange although everything is mended"

    def _in_step(self) -> bool:
        counts = {(seat.outbox.unsent_count(), seat.outbox.cursor()) for seat in self.seats}
        return len(counts) == 1 and next(iter(counts))[0] == 0

    def _compare(self) -> None:
        log = self.centre.log()
        ids = [change.change_id for change in log]
        made_here = [change for change in log if change.change_id in self.made]
        assert self.required <= set(ids), f"lost: {sorted(self.required - set(ids))}"
        assert set(ids) <= set(self.made), "nobody made this"
        assert len(set(ids)) == len(ids), "doubled"
        for change in made_here:
            made = self.made[change.change_id]
            assert (change.entity, change.entity_id, change.patch, change.author, change.seat) == (
                made.entity,
                made.entity_id,
                made.patch,
                made.author,
                made.seat,
            )
        folded = _folded(log)
        assert self.centre.rows() == folded, "the centre's rows are not the fold of its log"
        for seat in self.seats:
            assert seat.rows() == folded, f"{seat.name} holds other rows"
            assert (seat.outbox.unsent_count(), seat.outbox.refused_count()) == (0, 0)
        self._typed_in_order({change_id: place for place, change_id in enumerate(ids)})

    def _typed_in_order(self, place: dict[str, int]) -> None:
        """What one seat typed about one thing stands in the order in which it was typed there."""
        for typed in self.in_order:
            places: dict[str, int] = {}
            for change_id in typed:
                if change_id in place:
                    entity_id = self.made[change_id].entity_id
                    assert places.get(entity_id, -1) < place[change_id], "typed later, ordered earlier"
                    places[entity_id] = place[change_id]


def _folded(log: list[Change]) -> Rows:
    by_key: dict[tuple[str, str], list[Change]] = {}
    for change in log:
        by_key.setdefault((change.entity, change.entity_id), []).append(change)
    rows: Rows = {}
    for (entity, entity_id), changes in by_key.items():
        rows.setdefault(entity, {})[entity_id] = to_columns(ENTITIES[entity], entity_id, fold(changes))
    return rows


@pytest.mark.timeout(4 * 3600 if os.environ.get("DESK_SOAK") else 900)
def test_after_any_history_all_hold_the_same(
    server: PrivatePostgres,
    owner: psycopg.Connection[Any],
    carrier: Carrier,
    empty: Path,
    memory: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    centre = Centre(server, owner)
    given = {"server": server, "centre": centre, "carrier": carrier, "empty": empty, "scratch": memory}
    for name, value in given.items():
        monkeypatch.setattr(Histories, name, value, raising=False)
    try:
        run_state_machine_as_test(
            Histories,
            settings=settings(
                max_examples=HISTORIES,
                stateful_step_count=STEPS,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        centre.remove()
