"""Puts knowledge into the places that the window has for it: a section in the right column, a page over the middle with
its key, a strip above the form for what nobody can answer. Ui process, Qt's thread; once, when the window is built."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from desk.domain.categories import CategoryTree
from desk.domain.identity import BuildingId, EstateId
from desk.ui.after.knowledge.uses import KnowledgeParts, KnowledgeUses
from desk.ui.cover import Cover
from desk.ui.hub import Hub
from desk.ui.main_window import MainWindow
from desk.ui.side.knowledge import KnowledgeSection
from desk.ui.side.panel import SidePanel
from desk.usecases.estate_map import EstateMap
from desk.usecases.find_category import CategoryHit

if TYPE_CHECKING:
    from desk.domain.knowledge import Article
    from desk.ui.after.knowledge.ask_strip import AskStrip
    from desk.ui.after.knowledge.page import KnowledgePage

KEY, ASK_KEY = "Ctrl+Shift+K", "Ctrl+Shift+A"


class _Once:
    """`make` is called once, on whichever thread asks first."""

    def __init__(self, make: Callable[[], KnowledgeUses]) -> None:
        self._make, self._made, self._lock = make, list[KnowledgeUses](), threading.Lock()

    def get(self) -> KnowledgeUses:
        with self._lock:
            if not self._made:
                self._made.append(self._make())
            return self._made[0]


class KnowledgeBeside(QObject):
    def __init__(
        self,
        hub: Hub,
        window: MainWindow,
        side: SidePanel,
        uses: Callable[[], KnowledgeUses],
        clock: Callable[[], datetime],
        zone: tzinfo,
        nudge: Callable[[], None],
        tree: CategoryTree,
        language: str,
        find_category: Callable[[str], Sequence[CategoryHit]],
        estate_map: EstateMap,
        name_of: Callable[[str], str],
    ) -> None:
        """`nudge`: something was appended. `find_category`, `name_of`: out of memory."""
        super().__init__(window)
        self._hub, self._window, self._middle = hub, window, window.panels.middle
        names: dict[str, str] = {}

        def category(code: str) -> str:
            from desk.ui.after.knowledge.scope import scope_names

            if not names:
                names.update(scope_names(tree, language))
            return names.get(code, code)

        def estate_of(building_id: BuildingId | None) -> EstateId | None:
            building = estate_map.building(building_id) if building_id else None
            return building.estate_id if building else None

        once = _Once(uses)

        def written() -> None:
            hub.store_works()
            nudge()
            self.section.look_again()

        parts = KnowledgeParts(
            hub=hub,
            uses=once.get,
            clock=clock,
            zone=zone,
            written=written,
            category=category,
            find_category=find_category,
            estate_of=estate_of,
            name_of=name_of,
        )
        self._parts = parts

        def find(category_: str, text: str, estate: EstateId | None) -> "Sequence[Article]":
            known = once.get()
            return known.knowledge.helping(category_, text, known.ask.policy.shown, estate)

        self.section = KnowledgeSection(hub.worker, find, estate_of)
        self.section.watch(self._middle.form)
        side.add_section(self.section)
        self._strip: AskStrip | None = None
        self._page = self._middle.pages.late_cover(self._build_page)
        QShortcut(QKeySequence(KEY), self._middle, self.toggle)
        QShortcut(QKeySequence(ASK_KEY), self._middle, self.ask)
        self.section.opened.connect(self.open)
        self.section.asked.connect(self.ask)
        hub.rows_changed.connect(self._rows_changed)
        hub.agent_changed.connect(self._close_strip)

    def toggle(self) -> None:
        """Show the page, at the article beside the form where there is one; what it covered where it is in front."""
        if self._hub.agent is None:
            return
        page = self._knowledge_page()
        opens = not page.isVisible()
        self._middle.pages.toggle(page)
        if opens and self.section.shown and not self.section.isHidden():
            page.open_article(self.section.shown[0].article_id)

    def open(self, article_id: str) -> None:
        if self._hub.agent is not None:
            page = self._knowledge_page()
            if not page.isVisible():
                self._middle.pages.toggle(page)
            page.open_article(article_id)

    def ask(self) -> None:
        if self._hub.agent is None:
            return
        if self._strip is None:
            self._strip = self._build_strip()
        self._strip.open()

    def _build_strip(self) -> "AskStrip":
        from desk.ui.after.knowledge.ask_strip import AskStrip

        strip = AskStrip(self._parts, self._middle.form.draft)
        self._middle.layout().insertWidget(0, strip)  # type: ignore[union-attr]
        strip.left.connect(self._window.return_focus)
        strip.told.connect(self._window.panels.trouble_line.tell)
        return strip

    def _close_strip(self) -> None:
        if self._strip is not None:
            self._strip.hide()

    def _rows_changed(self, entities: tuple[str, ...]) -> None:
        if "article" in entities:
            self.section.look_again()

    def _knowledge_page(self) -> "KnowledgePage":
        from desk.ui.after.knowledge.page import KnowledgePage

        page = self._page.get()
        assert isinstance(page, KnowledgePage)  # noqa: S101 - it is what `_build_page` builds
        return page

    def _build_page(self) -> Cover:
        from desk.ui.after.knowledge.page import KnowledgePage

        return KnowledgePage(self._parts)
