"""A window with the seat register open, and pictures of it: `python -m tests.ui.after.seats.scenes SCENE OUT.png
[LANGUAGE LOOK SIZE]` (QT_QPA_PLATFORM=offscreen); scenes: seats, edit, refused, lamp."""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from PySide6.QtCore import QTimer

from desk import wire
from desk.domain.commands import Command
from desk.domain.events import SelfChecked
from desk.domain.health import Finding, Level
from desk.domain.identity import CallId
from desk.domain.listening import Role
from desk.domain.patches import patch_of
from desk.domain.seat_register import CheckKind, SeatCheck, SeatRecord, check_of
from desk.ui.after.seats.page import SeatsPage
from desk.ui.after.seats.uses import SeatUses
from desk.usecases.fakes import FakeAuthor, FakeStore
from desk.usecases.seat_register import SeatRegister
from tests.ui import harness, seat

NOW = datetime(2026, 11, 22, 0, 40, tzinfo=UTC)
EXPORTED: list[Path] = []


def wrong() -> list[Finding]:
    """As the self-check says it."""
    from desk.compose import self_check_words as words

    told = SelfChecked(CallId("c"), 200, own=True, number="8002", offered_ms=14.0)
    return [words.call(told), words.said(0.99), words.heard(0.12, 0.0), words.pop(True, 3.4), words.recording(True, "")]


def records() -> list[SeatRecord]:
    whole = SeatRecord(
        "r1",
        "S01",
        pc="HOTLINE-01",
        pc_model="LENOVO ThinkCentre M70q Gen 3",
        pc_serial="PF3ABC12",
        system="统信桌面操作系统 V20 (5.10.0)",
        processor="Intel(R) Core(TM) i5-12400T × 12",
        memory_mb=16_400,
        disk_mb=512_000,
        desk_version="1.0.0 (4f2a91c0de12)",
        headset="Jabra Evolve2 40 SE Mono",
        headset_serial="745C4B5E8F21",
        lines=("热线 8001@pbx.example.com",),
        seen_at=NOW,
        checked_at=NOW - timedelta(hours=5),
        level="ok",
        lost_s=4300,
        lost_from=NOW - timedelta(days=90),
        lost_at=NOW - timedelta(days=3),
        self_checked_at=NOW - timedelta(hours=5),
        self_check_level="ok",
        asset="ZC-2026-0117",
        place="3 号楼 201 东侧",
        bought_on="2026-03-05",
        price="4599.00",
        supplier="京东企业购",
        warranty_until="2029-03-05",
        notes="2026-09 更换鼠标。",
    )
    bad = replace(whole, seat_record_id="r2", seat="S02", place="", asset="", self_check_level="wrong", notes="")
    warned = replace(whole, seat_record_id="r3", seat="S03", level="warning", faults=("disk", "clock"), place="")
    over = replace(whole, seat_record_id="r4", seat="S04", warranty_until="2025-01-01", place="")
    new = SeatRecord("r5", "S05", pc="DESKTOP-7QK", seen_at=NOW - timedelta(days=2))
    gone = replace(whole, seat_record_id="r6", seat="S09", retired=True, place="", seen_at=NOW - timedelta(days=200))
    return [whole, bad, warned, over, new, gone]


class FakeSeats:
    """`Seats` over the fake store's rows."""

    def __init__(self, store: FakeStore, own: str = "r1") -> None:
        self._store, self._own = store, own

    def all(self) -> list[SeatRecord]:
        return sorted(self._store.all_of(SeatRecord), key=lambda one: (one.retired, one.seat))

    def record(self, seat_record_id: str) -> SeatRecord | None:
        return next((one for one in self.all() if one.seat_record_id == seat_record_id), None)

    def checks(self, seat_record_id: str, limit: int = 20) -> list[SeatCheck]:
        found = [one for one in self._store.all_of(SeatCheck) if one.seat_record_id == seat_record_id]
        return sorted(found, key=lambda one: one.at, reverse=True)[:limit]

    def own_id(self) -> str:
        return self._own


def build(language: str = "zh_CN", look: str = "light", role: Role = Role.SUPERVISOR) -> harness.Scene:
    kept, commands, nudges = FakeStore(), list[Command](), list[None]()
    made = harness.parts(kept, language, look, commands.append)
    ids = (f"{number:032}" for number in count())
    author = FakeAuthor("2001", "S01", lambda: NOW, lambda: next(ids))
    kept.append([author.change("seat_record", r.seat_record_id, patch_of(r, "seat_record_id")) for r in records()])
    for record_id, kind, hours, findings in (
        ("r1", CheckKind.SELF_CHECK, 5, [Finding("self_check.call", Level.OK, "")]),
        ("r2", CheckKind.SELF_CHECK, 5, wrong()),
        ("r2", CheckKind.DOCTOR, 30, [Finding("disk", Level.OK, "")]),
    ):
        check = check_of(f"{record_id}{hours}", record_id, "S", kind, NOW - timedelta(hours=hours), findings)
        kept.append([author.change("seat_check", check.seat_check_id, patch_of(check, "seat_check_id"))])
    register = SeatRegister(kept, author, FakeSeats(kept), lambda: role)
    made = replace(made, clock=lambda: NOW, seats=lambda: SeatUses(register, EXPORTED.append))
    return harness.Scene(harness.window_of(made, look), kept, commands, nudges)


def page_of(scene: harness.Scene) -> SeatsPage:
    middle = scene.built.window.panels.middle
    return next(page for one in middle.pages.late_covers if isinstance(page := one.get(), SeatsPage))


def draw(name: str, scene: harness.Scene) -> None:
    scene.receive(seat.snapshot())
    scene.built.wiring.sign_in("1001")
    middle, window = scene.built.window.panels.middle, scene.built.window
    if name == "lamp":
        check = check_of("c", "r1", "S01", CheckKind.SELF_CHECK, NOW, wrong())
        scene.receive(wire.SeatChecked(check.at, check.level, check.findings))
        return
    page = page_of(scene)

    def go_on() -> None:
        page.list.choose("seat:r2")
        page.list.moved.emit()
        if name in ("edit", "refused"):
            page.edit.click()
        if name == "refused":
            page.editor.fields["bought_on"].setText("去年三月")
            page.editor.save.click()

    QTimer.singleShot(300, window, lambda: middle.pages.toggle(page))
    QTimer.singleShot(600, window, go_on)


def _build(language: str, look: str) -> harness.Scene:
    return build(language, look)


if __name__ == "__main__":
    harness.shoot(draw, *sys.argv[1:], build=_build)
