"""The page of keys, one sheet of A4 for beside the keyboard: made from the real window in each language.
`python -m tools.manual.keys FOLDER [PAGE ...]` (QT_QPA_PLATFORM=offscreen)."""

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from desk.ui.keymap import presenter
from desk.ui.keymap.collect import keys_of
from desk.ui.keymap.places import KeyUse
from desk.ui.keymap.presenter import KeySection
from desk.ui.ticket.page import TicketView
from tests.ui import harness, phone_scenes, sign_in_scenes
from tests.ui.real_window import real_window

_OF_THE_SCENE = re.compile(r"( about| to)?\s*(\d{8}-\S+|王建国)")  # the ticket's number, the caller's name on a button
_DRAWN_MS = 800  # until a scene has pressed its keys
_ROUND_MS, _CALM_ROUNDS = 250, 6
Language = Literal["zh_CN", "en"]
PAGES: dict[str, tuple[Language, str, str]] = {
    "keys.md": ("zh_CN", "按键一览", "打印本页（Ctrl+P，A4 纵向）即得一张纸。窗口里按 F1 可以查找。"),
    "keys.en.md": (
        "en",
        "Keys",
        "Print this page (Ctrl+P, A4 upright): it is one sheet. In the window F1 finds any key.",
    ),
}


def sections(language: Language) -> Sequence[KeySection]:
    """Of every page and panel of the window, and of what shows only with a call, two, or a supervisor. Needs a
    `QApplication`."""
    return merged(presenter.present(list(dict.fromkeys((*_of_a_seat(language), *_of_calls(language)))), ""))


def merged(told: Sequence[KeySection]) -> Sequence[KeySection]:
    """What the window shows at two places under one name (a page, and the part of it in a ticket) is one on paper."""
    found: dict[str, KeySection] = {}
    for section in told:
        before = found.get(section.title)
        lines = section.lines if before is None else dict.fromkeys((*before.lines, *section.lines))
        found[section.title] = replace(section, lines=tuple(lines))
    return tuple(found.values())


def _of_a_seat(language: Language) -> Sequence[KeyUse]:
    with TemporaryDirectory() as folder, real_window(Path(folder), language) as built:
        window = built.window
        for late in window.panels.middle.pages.late_covers:
            late.get()
        ticket = window.findChild(TicketView, "ticket_view")
        assert isinstance(ticket, TicketView)
        for build in ticket.action_bar.unbuilt():
            build()
        assert built.hub.worker.drain(60)
        return keys_of(window)


def _of_calls(language: Language) -> Sequence[KeyUse]:
    found: list[KeyUse] = []
    for build, draw, names in (
        (phone_scenes.build, phone_scenes.draw, ("two_calls", "consultation", "supervise")),
        (sign_in_scenes.build, harness.draw, ("call",)),
    ):
        for name in names:
            scene = build(language)
            scene.built.window.show()
            draw(name, scene)
            found += (replace(use, words=_OF_THE_SCENE.sub("", use.words)) for use in _settled(scene))
            scene.close()
    return found


def _settled(scene: harness.Scene) -> Sequence[KeyUse]:
    """Its keys when nothing more comes: what the seat store is asked in the background shows buttons of its own, on a
    busy computer seconds later."""
    QTest.qWait(_DRAWN_MS)
    found: Sequence[KeyUse] = ()
    unchanged = 0
    while unchanged < _CALM_ROUNDS:
        assert scene.built.hub.worker.drain(60)
        QTest.qWait(_ROUND_MS)
        now = keys_of(scene.built.window)
        unchanged = unchanged + 1 if now == found else 0
        found = now
    return found


def page(title: str, how: str, told: Sequence[KeySection]) -> str:
    """As Markdown that holds HTML: what Markdown makes of a table cannot flow from one column into the next."""
    lines = [f"---\ntitle: {title}\nhide: [navigation, toc]\n---", f"# {title}", f"{how}\n{{: .desk-how }}", ""]
    lines.append('<div class="desk-keys">')
    for section in told:
        rows = "".join(f"<div><dt>{_cap(line.key)}</dt><dd>{escape(line.words)}</dd></div>" for line in section.lines)
        lines.append(f"<section><h2>{escape(section.title)}</h2><dl>{rows}</dl></section>")
    return "\n".join([*lines, "</div>", ""])


def _cap(key: str) -> str:
    return f"<kbd>{escape(key)}</kbd>"


def main(folder: Path, names: Sequence[str]) -> None:
    """`names`: pages; none = all."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    folder.mkdir(parents=True, exist_ok=True)
    for name in names or PAGES:
        language, title, how = PAGES[name]
        (folder / name).write_text(page(title, how, sections(language)), encoding="utf-8")
    del application


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
