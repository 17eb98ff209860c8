"""Who is on duty now, for a trade and an area: nights, weekends and holidays, when the routes' own people are at home.
The most exact turn first: one for this trade and area, one for the trade, one for the area, one for all. Pure, any
thread."""

from collections.abc import Iterable
from datetime import datetime

from desk.domain.shifts import DutyTurn, Post


def on_duty(turns: Iterable[DutyTurn], at: datetime, post: Post, trade: str = "", area: str = "") -> tuple[str, ...]:
    """Work numbers, the most exact turn first, of equals the one that began first; each once. `trade` "" asks for
    whatever trade."""
    fitting = [
        turn
        for turn in turns
        if turn.post is post
        and not turn.ended
        and turn.start <= at < turn.until
        and (not trade or turn.trade in ("", trade))
        and turn.area in ("", area)
    ]
    fitting.sort(key=lambda turn: (not turn.trade, not turn.area, turn.start, turn.duty_turn_id))
    return tuple(dict.fromkeys(turn.who for turn in fitting))
