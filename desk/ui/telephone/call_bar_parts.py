"""What the call bar is made of, put together from what the window is given: the agent's states, and the searches of its
boxes. Ui process, Qt's thread."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Protocol

from desk.settings import Settings
from desk.settings.plan import is_emergency
from desk.ui import words
from desk.ui.hub import Hub
from desk.ui.suggest_box import Deliver, Search
from desk.ui.suggest_box_rows import Suggestion
from desk.ui.telephone.availability import AgentStates
from desk.ui.telephone.call_bar import BarParts
from desk.ui.telephone.dial_box import search_for
from desk.usecases.find_number import NumberFinder


class Given(Protocol):
    """The part of `app.UiParts` that the bar needs."""

    @property
    def settings(self) -> Settings: ...
    @property
    def zone(self) -> tzinfo: ...
    @property
    def find_number(self) -> NumberFinder: ...


def bar_parts(hub: Hub, given: Given) -> BarParts:
    phone, finder = given.settings.phone, given.find_number
    numbers: Callable[[str], Search] = lambda key: search_for(hub, finder.find, given.zone, key)  # noqa: E731

    def staff(text: str, deliver: Deliver) -> None:
        def look() -> list[Suggestion]:
            return [
                Suggestion(f"{one.name} {one.number}", one.number, words.duty(one.duty)) for one in finder.agents(text)
            ]

        hub.worker.latest("supervised", look, deliver, lane="dial")

    dial, area_code = given.settings.dial, given.settings.line.area_code
    return BarParts(
        phone=phone,
        states=AgentStates(hub, phone, hub),
        numbers=numbers,
        staff=staff,
        is_emergency=lambda typed: is_emergency(dial, area_code, typed),
    )
