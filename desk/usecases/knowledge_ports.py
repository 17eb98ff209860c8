"""What the knowledge's use cases need of the store. Any thread."""

from datetime import datetime
from typing import Protocol

from desk.domain.knowledge import Article, Question


class Articles(Protocol):
    def get(self, article_id: str) -> Article | None: ...

    def find(self, text: str, limit: int) -> list[Article]:
        """What was typed to look for it: characters, full pinyin or initials, every word of it; best first. Retired
        ones are not found."""
        ...

    def fitting(self, category: str, text: str, limit: int) -> list[Article]:
        """What may help with this: written for the category or what it hangs on, or sharing words with the text; best
        first. A millisecond or two among thousands."""
        ...

    def recent(self, limit: int, *, retired: bool = False) -> list[Article]:
        """Those written last first."""
        ...


class Questions(Protocol):
    def get(self, question_id: str) -> Question | None: ...

    def open(self, owner: str = "") -> list[Question]:
        """Waiting for their answer, the one due first first; "": everybody's."""
        ...

    def to_tell(self, asked_by: str = "") -> list[Question]:
        """Answered, and the resident does not know yet; oldest answer first."""
        ...

    def closed(self, since: datetime, limit: int) -> list[Question]:
        """Told or dropped, asked since then; newest first."""
        ...
