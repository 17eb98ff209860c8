"""Remarks at a moment of a recording (批注), read and written by those who may hear it, and by nobody else. They are
never edited: one's own may be taken off the screen, a supervisor takes off anybody's; the change log keeps them. A
worker's thread."""

from collections.abc import Callable
from enum import Enum

from desk.domain.identity import CallId
from desk.domain.listening import Comment, Listener, Role, may_hear
from desk.domain.patches import patch_of
from desk.usecases.ports import CallLog, ChangeAuthor, ChangeLog, Clock, NewId
from desk.usecases.recording_ports import Comments

TEXT_MAX = 1000


class WhyNot(Enum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    NOT_YOURS = "not_yours"
    NOT_SIGNED_IN = "not_signed_in"
    NOT_ALLOWED = "not_allowed"  # the call is not theirs to hear


class CommentRefused(Exception):
    """Nothing was written."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(why.value)
        self.why = why


class CommentCall:
    """`own_days`, `may_answer`: as in `Replay`."""

    def __init__(
        self,
        comments: Comments,
        calls: CallLog,
        log: ChangeLog,
        author: ChangeAuthor,
        clock: Clock,
        new_id: NewId,
        listener: Callable[[], Listener],
        own_days: int,
        may_answer: Callable[[CallId], bool] = lambda _call_id: False,
    ) -> None:
        self._may_answer = may_answer
        self._comments, self._calls, self._log, self._author = comments, calls, log, author
        self._clock, self._new_id, self._listener, self._own_days = clock, new_id, listener, own_days

    def of_call(self, call_id: CallId) -> list[Comment]:
        """In the order of their moment; none of a call that whoever sits here may not hear."""
        return self._comments.of_call(call_id) if self._may_hear(self._listener(), call_id) else []

    def write(self, call_id: CallId, at_ms: int, text: str) -> Comment:
        """Raises `CommentRefused`."""
        text, who = text.strip(), self._listener()
        if not who.agent:
            raise CommentRefused(WhyNot.NOT_SIGNED_IN)
        if not self._may_hear(who, call_id):
            raise CommentRefused(WhyNot.NOT_ALLOWED)
        if not text:
            raise CommentRefused(WhyNot.EMPTY)
        if len(text) > TEXT_MAX:
            raise CommentRefused(WhyNot.TOO_LONG)
        comment = Comment(self._new_id(), call_id, max(0, at_ms), text, who.agent, self._clock())
        self._log.append([self._author.change("comment", comment.comment_id, patch_of(comment, "comment_id"))])
        return comment

    def remove(self, comment: Comment) -> None:
        """Off the screen. Raises `CommentRefused`."""
        self._set_removed(comment, removed=True)

    def restore(self, comment: Comment) -> None:
        """Back again, as whoever took it off wants it. Raises `CommentRefused`."""
        self._set_removed(comment, removed=False)

    def _set_removed(self, comment: Comment, *, removed: bool) -> None:
        who = self._listener()
        if not who.agent:
            raise CommentRefused(WhyNot.NOT_SIGNED_IN)
        if who.role is not Role.SUPERVISOR and comment.author != who.agent:
            raise CommentRefused(WhyNot.NOT_YOURS)
        self._log.append([self._author.change("comment", comment.comment_id, {"removed": removed})])

    def _may_hear(self, who: Listener, call_id: CallId) -> bool:
        """A call that the log does not know is nobody's own."""
        call, now = self._calls.get(call_id), self._clock()
        taken_by, at = (call.agent, call.offered_at) if call is not None else ("", now)
        return may_hear(who, taken_by, at, now, self._own_days, lambda: self._may_answer(call_id)) is None
