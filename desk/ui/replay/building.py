"""Puts the replay window together from what the seat's window has and what `desk.compose` hands in. Qt's thread."""

from desk.ui.player.engine import PlayerParts
from desk.ui.replay.actions import ActionsParts
from desk.ui.replay.door import DoorParts
from desk.ui.replay.search_pane import SearchParts
from desk.ui.replay.uses import ReplayUses
from desk.ui.replay.window import ReplayParts, ReplayWindow


def window_of(door: DoorParts, uses: ReplayUses) -> ReplayWindow:
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
    return ReplayWindow(
        ReplayParts(
            worker=worker,
            search=search,
            one=uses.one,
            ticket=ticket,
            player=player,
            actions=actions,
            comments=uses.comments,
            listenings=uses.listenings,
            listener=uses.listener,
            open_ticket=door.open_ticket,
            clock=hub.clock,
            zone=ticket.zone,
        )
    )
