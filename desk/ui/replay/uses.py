"""What the replay window can do, handed in by `desk.compose` when the window is first opened: the use cases behind it
and the player. Values; light to import, for the seat's window knows of them from its start."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desk.domain.call_log import CallPlace
from desk.domain.evidence import SoundOrder
from desk.domain.identity import CallId, TicketId
from desk.domain.listening import Listener, Listening
from desk.domain.scores import Sample, Score
from desk.domain.tickets import Ticket
from desk.ui.player.engine import Player, Reel
from desk.usecases.comment_call import CommentCall
from desk.usecases.read_samples import ReadSamples
from desk.usecases.read_scores import ReadScores
from desk.usecases.recording_ports import Progress
from desk.usecases.replay import Tape
from desk.usecases.score_call import ScoreCall
from desk.usecases.search_calls import Asked, Found, FoundCall


@dataclass(frozen=True, kw_only=True)
class ReplayUses:
    """All of it runs on the worker, but for `player`. `look`, `one`: `SearchCalls`; `note_number`: a search for it goes
    on record; `open_tape`, `heard`: `Replay`; `export`, `pack`: `desk.usecases.evidence`; `hold`, `lift`: `LegalHold`.
    `ticket_number`: of a ticket, "" where it is not known. `score`, `tickets_of`, `scores_of`, `samples`,
    `scores`, `draw`, `drop`, `rule_titles`: for `desk.ui.score`."""

    look: Callable[[Asked, CallPlace | None, int], Found]
    one: Callable[[CallId], FoundCall | None]
    note_number: Callable[[str], object]
    listener: Callable[[], Listener]
    listenings: Callable[[CallId], Sequence[Listening]]
    comments: CommentCall
    ticket_number: Callable[[TicketId], str]
    export: Callable[[CallId, Listener, SoundOrder, Path, Progress], None]
    pack: Callable[[CallId, Listener, Path, Progress], object]
    hold: Callable[[CallId, str], None]
    lift: Callable[[CallId, str], None]
    score: ScoreCall
    tickets_of: Callable[[CallId], Sequence[Ticket]]
    scores_of: Callable[[CallId], Sequence[Score]]
    samples: ReadSamples
    scores: ReadScores
    draw: Callable[[str, Sequence[str], str], Sequence[Sample]]
    drop: Callable[[str, str], None]
    rule_titles: Callable[[], Mapping[str, str]]
    open_tape: Callable[[CallId], Tape]
    reel: Callable[[Tape], Reel]
    heard: Callable[[Tape, int, int], None]
    damage: Callable[[], tuple[type[Exception], ...]]
    player: Player
