"""What the two suggest boxes ask: categories and places, beside Qt's thread, the newest answer only. Ui process, Qt's
thread (the finding itself on the worker's)."""

from collections.abc import Callable, Sequence

from desk.domain.tickets import Kind
from desk.i18n import _
from desk.ui import words as hotline
from desk.ui.intake.content import facts_of
from desk.ui.intake.parts import IntakeParts
from desk.ui.suggest_box import Deliver
from desk.ui.suggest_box_rows import Suggestion
from desk.usecases.find_category import CategoryHit
from desk.usecases.find_place import PlaceHit

LIMIT = 8


class Searches:
    """`kind()`: the kind that the agent has chosen, which narrows the categories. `near()`: the caller's building,
    whose places come first. `name`: of these boxes, whose questions are not those of others."""

    def __init__(
        self,
        parts: IntakeParts,
        kind: Callable[[], Kind | None],
        near: Callable[[], str | None],
        name: str = "suggest",
    ) -> None:
        self._parts, self._kind, self._near, self._name = parts, kind, near, name

    def categories(self, text: str, deliver: Deliver) -> None:
        kind, finder, language = self._kind(), self._parts.categories, self._parts.language
        self._ask("category", lambda: category_rows(finder.find(text, kind, LIMIT), language), deliver)

    def places(self, text: str, deliver: Deliver) -> None:
        near, finder = self._near(), self._parts.places
        self._ask("place", lambda: place_rows(finder.find(text, LIMIT, near)), deliver)

    def homes(self, text: str, deliver: Deliver) -> None:
        near, finder = self._near(), self._parts.places

        def find() -> list[Suggestion]:
            return place_rows([hit for hit in finder.find(text, LIMIT, near) if hit.place.household_id is not None])

        self._ask("home", find, deliver)

    def _ask(self, box: str, find: Callable[[], list[Suggestion]], deliver: Deliver) -> None:
        def failed(error: Exception) -> None:
            deliver([])  # a debt must not wait for ever
            self._parts.failed(error)

        self._parts.worker.latest(f"{self._name}-{box}", find, deliver, failed)


def category_rows(found: Sequence[CategoryHit], language: str) -> list[Suggestion]:
    """Beside each name stand its kind and its branch, or the word it was found by."""
    rows = []
    for hit in found:
        branch = f"{hotline.kind(hit.category.kind)} · {hit.category.group(language)}"
        note = f"“{hit.keyword}” · {branch}" if hit.keyword else branch
        rows.append(Suggestion(hit.shown, facts_of(hit.category, language), note, hit.spans))
    return rows


def place_rows(found: Sequence[PlaceHit]) -> list[Suggestion]:
    return [Suggestion(hit.shown, hit.place, _place_note(hit), hit.spans) for hit in found]


def _place_note(hit: PlaceHit) -> str:
    if hit.place.household_id is not None:
        return _("Home")
    return _("Public area") if hit.place.public_area_id is not None else _("Building")
