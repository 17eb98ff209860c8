"""The work lists' page over a store with a hundred thousand open tickets: how long it takes from a turn of the wheel,
or a key in the filter, to rows painted with their contents; and whether Qt's loop was ever stuck. A program of its own
(Qt's main thread), which prints its figures as one line of JSON."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desk import i18n
from desk.compose.work import codes_of
from desk.domain.clocks import Clocks
from desk.domain.work_lists import Column, GroupBy, WorkList
from desk.domain.work_times import WorkTimes
from desk.domain.working_time import CHINA
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.promises import SqlPromises
from desk.store.residents import SqlResidents
from desk.store.schema import ROWS
from desk.store.store import Store
from desk.store.tasks import SqlTasks
from desk.store.work_lists import SqlWorkLists
from desk.texts import ShippedTexts
from desk.ui import theme
from desk.ui.after.lists.page import WorkPage
from desk.ui.after.lists.parts import WorkTools, WorkUses
from desk.ui.app import SWITCH_INTERVAL_S
from desk.ui.hub import Hub
from desk.ui.seat_state import Agent
from desk.usecases.promise import KeepPromises
from desk.usecases.work_through import WorkParts, WorkThrough
from tests.bench.figures import percentile
from tests.bench.tickets_store import NOW, fill

SCROLLS, CHANGES_EVERY, LONGEST_S = 200, 20, 60.0
TYPED = ("3栋", "5栋2单元", "1201", "王建国", "13812", "20261115", "水龙头", "李芳", "8栋1单元30", "陈静 12栋")


def clock() -> datetime:
    return NOW


class Bench:
    def __init__(self, app: QApplication, store: Store) -> None:
        self.app, self.store = app, store
        residents, log = SqlResidents(store), SqlChangeLog(store)
        author = SeatAuthor("S01", lambda: "1001", clock, lambda: "", log.base_seq)
        promises = KeepPromises(log, author, SqlPromises(store), lambda: "1001", residents.staff, clock, lambda: "")
        work = WorkThrough(
            WorkParts(
                change_log=log,
                author=author,
                lists=SqlWorkLists(store),
                tasks=SqlTasks(store),
                staff=residents.staff,
                promises=promises,
                who=lambda: "1001",
                clock=clock,
                new_id=lambda: "",
                times=WorkTimes(Clocks()),
            )
        )
        self.work = work
        self.hub = Hub(command=lambda _c: None, profile_of=_nobody, card_of=_nobody, clock=clock)
        self.page = WorkPage(
            WorkTools(
                hub=self.hub,
                uses=WorkUses(
                    work=work,
                    promises=promises,
                    staff=residents.staff,
                    buildings=residents.buildings,
                    codes=codes_of(ShippedTexts().categories(), "zh_CN"),
                    clocks=Clocks(),
                ),
                category=lambda code: code,
                clock=clock,
                zone=CHINA,
                written=lambda: None,
                told=lambda _text: None,
                open_ticket=lambda _id, _panel: None,
            )
        )
        self.hub.sign_in(Agent("1001", ""))
        self.came = 0  # how many arrangements of a list have come
        self.page.model.came.connect(self._count)
        self.page.resize(700, 620)
        self.page.show()
        self.worst_ms, self._beat = 0.0, time.monotonic()
        self._timer = QTimer(interval=2)
        self._timer.timeout.connect(self._tick)
        self._timer.start()

    def _count(self) -> None:
        self.came += 1

    def _tick(self) -> None:
        now = time.monotonic()
        self.worst_ms = max(self.worst_ms, (now - self._beat) * 1000 - self._timer.interval())
        self._beat = now

    def until(self, done: Callable[[], bool]) -> float:
        """Turn the loop until it is so, and painted; milliseconds."""
        began = time.monotonic()
        while not done():
            self.app.processEvents()
            time.sleep(0.001)  # as Qt's loop rests when nothing comes: the worker has the interpreter
            if time.monotonic() - began > LONGEST_S:
                raise TimeoutError("it never came")
        self.app.processEvents()
        return (time.monotonic() - began) * 1000

    def in_sight(self) -> bool:
        """Every row in sight is there with its contents."""
        model, table = self.page.model, self.page.table
        if not model.rowCount():
            return True
        first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
        last = last if last >= 0 else model.rowCount() - 1
        rows = range(first, last + 1)
        return all(model.heading_at(row) is not None or model.line(model.key_at(row)) is not None for row in rows)

    def show(self, which: WorkList) -> float:
        self.page.show_list(which)
        model = self.page.model
        return self.until(lambda: model.loaded and model.query.work_list is which and self.in_sight())

    def scrolls(self) -> list[float]:
        """By the wheel, by pages, and to any place of the list; now and then something comes from elsewhere."""
        bar, took = self.page.table.verticalScrollBar(), []
        for turn in range(SCROLLS):
            if turn % CHANGES_EVERY == CHANGES_EVERY - 1:
                self.change(turn)
            far = (bar.maximum() * ((turn * 37) % 100)) // 100
            bar.setValue(far if turn % 4 == 3 else bar.value() + (90 if turn % 4 < 2 else bar.pageStep()))
            took.append(self.until(self.in_sight))
        return took

    def filters(self) -> list[float]:
        """Each key of each word, to the list that fits it."""
        took, model = [], self.page.model
        for words in TYPED:
            for length in range(1, len(words) + 1):
                before = self.came
                self.page.filter.setText(words[:length])
                took.append(self.until(lambda before=before: self.came > before and self.in_sight()))  # type: ignore[misc]
            self.page.filter.clear()
            self.until(lambda: model.arranged.matches == len(model.keys.ids) and self.in_sight())
        return took

    def change(self, turn: int) -> None:
        """Another seat has written a ticket of the list: the page reads again."""
        key = self.page.model.keys.ids[turn]
        with self.store.write() as connection:
            where = ROWS["ticket"].c.ticket_id == key
            connection.execute(ROWS["ticket"].update().where(where).values(priority="urgent"))
        self.page.refresh()

    def asked(self, question: Callable[[], object]) -> float:
        """The p95 of this question to the store, in the thread that asks."""
        took = []
        for _turn in range(20):
            began = time.monotonic()
            question()
            took.append((time.monotonic() - began) * 1000)
        return percentile(took, 0.95)


def _nobody(*_of: object) -> Any:
    raise AssertionError("nobody calls")


def main(tickets: int) -> int:
    i18n.speak("zh_CN")
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication([])
    theme.apply(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        store = fill(Path(folder) / "seat.db", tickets)
        bench = Bench(app, store)
        bench.show(WorkList.MINE)
        bench.worst_ms = 0.0
        found = {"open_all": bench.show(WorkList.TEAM)}
        scrolls, filters = bench.scrolls(), bench.filters()
        found |= {f"scroll_{name}": percentile(scrolls, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
        found |= {f"filter_{name}": percentile(filters, share) for name, share in (("p50", 0.5), ("p95", 0.95))}
        model = bench.page.model
        bench.page.table.sorted_by.emit(Column.PLACE)
        found["sort_all"] = bench.until(lambda: model.query.sort is Column.PLACE and bench.in_sight())
        bench.page.head.group_wanted.emit()
        found["group_all"] = bench.until(lambda: model.query.group is not GroupBy.NONE and bench.in_sight())
        found["open_mine"] = bench.show(WorkList.MINE)
        bench.hub.worker.drain(30)
        found["stall_max"] = bench.worst_ms
        found |= {"next_p95": bench.asked(bench.work.next), "counts_p95": bench.asked(bench.work.counts)}
        bench.hub.worker.close(10)
        store.close()
    print(json.dumps(found), flush=True)
    return 0


if __name__ == "__main__":
    os._exit(main(int(sys.argv[1])))  # Qt's objects die in no order at Python's own exit
