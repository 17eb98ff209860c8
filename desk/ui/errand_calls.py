"""Which call was made about what: whoever asks for a number to be called may say what it is about (a ticket's id; the
id of what belongs to no ticket), and the call that then goes out to this number is that one's, whether it was dialled
at once or waited in the dial field. So what came of it is put on record with its call, and the call stands on the
ticket's page with its recording. Ui process, Qt's thread."""

from desk.domain.calls import Call
from desk.domain.identity import CallId
from desk.domain.party import Direction


class ErrandCalls:
    def __init__(self) -> None:
        self._about, self._number = "", ""
        self._calls: dict[str, CallId] = {}

    def wanted(self, about: str, number: str) -> None:
        """The next call to this number is about this; "": about nothing that anybody knows."""
        self._about, self._number = about, number
        self._calls.pop(about, None)

    def opened(self, call: Call) -> None:
        if self._about and is_to(call, self._number):
            self._calls[self._about] = call.call_id
            self._about = ""

    def call_id(self, about: str) -> CallId | None:
        """Of the last call about it whose outcome is not on record yet."""
        return self._calls.get(about)

    def settled(self, about: str) -> None:
        """What came of it is on record: another outcome is of another call."""
        self._calls.pop(about, None)
        if self._about == about:
            self._about = ""

    def forget(self) -> None:
        """Somebody else sits here."""
        self._about = ""
        self._calls.clear()


def is_to(call: Call, number: str) -> bool:
    """We called this number. A digit for an outside line, or a trunk 0, may stand before what was dialled."""
    one, other = _digits(call.party.number), _digits(number)
    outgoing = call.direction is Direction.OUTGOING
    return outgoing and bool(one and other) and (one.endswith(other) or other.endswith(one))


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdigit())
