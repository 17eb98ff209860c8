"""Puts the replay window together from what the seat's window has and what `desk.compose` hands in. Qt's thread: piece
by piece, so that whoever types meanwhile does not wait for the whole."""

from collections.abc import Iterator

from PySide6.QtWidgets import QWidget

from desk.i18n import _
from desk.ui.player.engine import PlayerParts
from desk.ui.player.panel import PlayerPanel
from desk.ui.replay.actions import ActionsParts
from desk.ui.replay.door import DoorParts
from desk.ui.replay.pages import Show
from desk.ui.replay.search_pane import SearchPane, SearchParts
from desk.ui.replay.uses import ReplayUses
from desk.ui.replay.window import ReplayParts, ReplayWindow
from desk.ui.score.page import ScorePage, ScoreParts
from desk.ui.score.samples import SamplesPage, SamplesParts

SCORE, SCORES = 4, 5  # the places of their pages


def window_in_pieces(door: DoorParts, uses: ReplayUses) -> Iterator[ReplayWindow | None]:
    """The window comes last; None: another piece is made, let the loop turn."""
    hub, ticket = door.hub, door.ticket
    worker = hub.worker
    search = SearchParts(
        worker=worker,
        look=uses.look,
        note_number=uses.note_number,
        find_category=door.find_category.find,
        is_category=lambda code: door.categories.get(code) is not None,
        category=ticket.category,
        clock=hub.clock,
        zone=ticket.zone,
    )
    player = PlayerParts(
        worker=worker,
        open=uses.open_tape,
        reel=uses.reel,
        player=uses.player,
        damage=uses.damage,
        heard=uses.heard,
    )
    actions = ActionsParts(
        worker=worker,
        listener=uses.listener,
        export=uses.export,
        pack=uses.pack,
        hold=uses.hold,
        lift=uses.lift,
        changed=door.nudge,
    )
    pane = SearchPane(search)
    yield None
    panel = PlayerPanel(player)
    yield None
    window = ReplayWindow(
        ReplayParts(
            worker=worker,
            one=uses.one,
            tickets_of=uses.tickets_of,
            ticket=ticket,
            actions=actions,
            comments=uses.comments,
            listenings=uses.listenings,
            listener=uses.listener,
            open_ticket=door.open_ticket,
            clock=hub.clock,
            zone=ticket.zone,
        ),
        pane,
        panel,
    )
    _add_scoring(window, door, uses)
    yield None
    yield window


def _add_scoring(window: ReplayWindow, door: DoorParts, uses: ReplayUses) -> None:
    worker, zone = door.hub.worker, door.ticket.zone

    def score() -> tuple[QWidget, Show]:
        page = ScorePage(
            ScoreParts(
                worker=worker,
                score=uses.score,
                scores_of=uses.scores_of,
                tickets_of=uses.tickets_of,
                listener=uses.listener,
                local=lambda at: at.astimezone(zone),
                changed=door.nudge,
            )
        )
        return page, lambda found: page.show_hit(found.hit if found else None)

    def samples() -> tuple[QWidget, Show]:
        page = SamplesPage(
            SamplesParts(
                worker=worker,
                read=uses.samples,
                scores=uses.scores,
                draw=uses.draw,
                drop=uses.drop,
                titles=uses.rule_titles,
                listener=uses.listener,
                clock=door.hub.clock,
                changed=door.nudge,
            )
        )
        page.opened.connect(to_score)
        return page, lambda _found: page.refresh()

    def to_score(call_id: str) -> None:
        window.show_call(call_id)
        window.pages.turn_to(SCORE)

    window.add_page_later(_("Score"), "Ctrl+5", "score_page", score)
    window.add_page_later(_("Scores"), "Ctrl+6", "samples_page", samples)
