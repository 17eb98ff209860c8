"""An inquiry that a notice answers: "when is the water back?" The first key writes into the form what the caller was
told, the second files it as answered at once. Where no form is open (a script, a call's page) `close` does both."""

from collections.abc import Callable

from desk.domain.categories import CategoryTree
from desk.domain.drafts import Draft, Intake
from desk.domain.notice_rules import answered
from desk.domain.notices import Notice
from desk.domain.tickets import Ticket
from desk.usecases.incident_ports import Filing


class CloseByNotice:
    """`told(notice)`: what stands in the ticket, in the office's language. `answer_category`: what such an inquiry is
    filed under where neither the agent nor the notice says."""

    def __init__(self, filing: Filing, tree: CategoryTree, told: Callable[[Notice], str], answer_category: str) -> None:
        self._filing, self._told = filing, told
        self._answer = answer_category if tree.get(answer_category) is not None else ""

    def prepare(self, intake: Intake, notice: Notice) -> Intake:
        """The form as it stands after the first key. Asks no store; any thread."""
        return answered(intake, notice, self._told(notice), self._answer)

    def close(self, draft: Draft, notice: Notice) -> Ticket:
        """File it as answered at once. Raises `IntakeRefused`, and what the store raises."""
        filled = Draft(
            draft.draft_id,
            draft.author,
            draft.started_at,
            draft.saved_at,
            self.prepare(draft.intake, notice),
            draft.call_id,
        )
        return self._filing.file(filled, answered_at_once=True)
