"""Keeping what is typed: every change of a form is a draft saved at once; a draft ends by being filed or thrown away.
On the worker's ordered lane, never on the ui's thread: durable when it returns, some milliseconds."""

from dataclasses import replace

from desk.domain.drafts import Draft
from desk.usecases.ports import Clock, Drafts


class KeepDraft:
    def __init__(self, drafts: Drafts, clock: Clock) -> None:
        self._drafts = drafts
        self._clock = clock

    def save(self, draft: Draft) -> Draft:
        """The draft as saved, with the time it was."""
        saved = replace(draft, saved_at=self._clock())
        self._drafts.save(saved)
        return saved

    def drop(self, draft_id: str) -> None:
        self._drafts.drop(draft_id)

    def of_author(self, author: str) -> list[Draft]:
        """What this agent has left open, oldest first: also after a crash or a sign-out."""
        return self._drafts.of_author(author)
