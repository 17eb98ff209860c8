"""What a channel's gateway hands in for a handler who answered: `desk notify reply` (a message with a keyword) and
`desk notify answer` (the link in their message). The seat of the gateway writes it down in its own name, through the
same rules as every move; what is said back to the handler is printed as one JSON line. Command-line process, main
thread."""

import json
from collections.abc import Callable
from itertools import zip_longest
from threading import Event

from desk import exit_codes, wire
from desk.compose.clock import new_id, now
from desk.compose.dispatch import answers
from desk.compose.dispatch_rules import DispatchRules
from desk.compose.follow_up_rules import FollowUpRules, following_up
from desk.compose.moves import move_ticket
from desk.compose.notify import notifying
from desk.compose.policies import Policies
from desk.compose.reply_links import ReplySecret
from desk.domain.moves import Refusal
from desk.domain.replies import Said
from desk.i18n import _
from desk.link.addresses import LinkDown, address_for, token_of
from desk.link.sockets import LinkClient
from desk.secrets import KeyringSecrets, Secrets
from desk.settings import Settings
from desk.store.change_log import SeatAuthor, SqlChangeLog
from desk.store.residents import SqlResidents
from desk.store.store import Store
from desk.store.tickets import SqlTickets
from desk.texts import ShippedTexts
from desk.usecases.answer_for_handler import Answered, AnswerForHandler, Result
from desk.usecases.estate_map import EstateMap

_ASK_S = 2.0
_MOST = 5  # tickets named in one message
Say = Callable[[str], None]


def take_reply(
    settings: Settings, sender: str, text: str, say: Say = print, secrets: Callable[[], Secrets] = KeyringSecrets
) -> int:
    """A message from a handler's telephone. Raises what opening the store raises."""
    return _with_answers(settings, secrets, say, lambda here: here.by_message(sender, text))


def take_answer(
    settings: Settings,
    token: str,
    said: Said,
    text: str,
    say: Say = print,
    secrets: Callable[[], Secrets] = KeyringSecrets,
) -> int:
    """What was chosen on the page that a link opens. Raises what opening the store raises."""
    return _with_answers(settings, secrets, say, lambda here: here.by_link(token, said, text))


def answer_text(answered: Answered) -> str:
    """What is said back to the handler, short enough for a text message."""
    number = answered.numbers[0] if answered.numbers else ""
    if answered.result in (Result.DONE, Result.SAID_BEFORE) and answered.said is not None:
        return {
            Said.ACCEPT: _("{number}: accepted, thank you."),
            Said.RETURN: _("{number}: returned; somebody else will be sent."),
            Said.START: _("{number}: begun."),
            Said.REPORT: _("{number}: your report is on record."),
            Said.DONE: _("{number}: done, thank you."),
        }[answered.said].format(number=number)
    return {
        Result.DONE: "",
        Result.SAID_BEFORE: "",
        Result.NO_KEYWORD: _("Not understood. Answer “1 number” to accept, “2 number reason” to return it."),
        Result.UNKNOWN_SENDER: _("This number is not in the register. Please call the hotline."),
        Result.NOTHING_OPEN: _("You have no open task that this could be about."),
        Result.WHICH_TICKET: _("Which one? Answer “{word} number”: {tickets}").format(
            word=answered.word, tickets=_tickets(answered)
        ),
        Result.NOT_YOURS: _("{number} is not with you (any more).").format(number=number),
        Result.NEEDS_TEXT: _("{number}: please say why, or what there is to report.").format(number=number),
        Result.BAD_LINK: _("This link is not valid. Please call the hotline."),
        Result.LINK_EXPIRED: _("This link has run out. Please call the hotline."),
        Result.REFUSED: _("{number} cannot take this now. Please call the hotline.").format(number=number),
    }[answered.result]


def _tickets(answered: Answered) -> str:
    """Numbers with their places, as many as a text message takes."""
    there = zip_longest(answered.numbers, answered.places, fillvalue="")
    named = [f"{number} {place}".strip() for number, place in there]
    return "; ".join(named[:_MOST]) + ("; …" if len(named) > _MOST else "")


def _with_answers(
    settings: Settings, secrets: Callable[[], Secrets], say: Say, take: Callable[[AnswerForHandler], Answered]
) -> int:
    store = Store.open(settings.store_file, secrets())
    try:
        answered = take(_answers(settings, store, secrets))
    finally:
        store.close()
    if answered.result is Result.DONE:
        _tell_seat(settings)
    said = {
        "taken": answered.taken,
        "result": answered.result.value,
        "said": answered.said.value if answered.said else None,
        "numbers": list(answered.numbers),
        "why": _why(answered.refusal),
        "text": answer_text(answered),
    }
    say(json.dumps(said, ensure_ascii=False))
    return exit_codes.OK if answered.taken else exit_codes.FAULT


def _tell_seat(settings: Settings) -> None:
    """The seat that runs here, where one does: it sends what was written, and its window shows it. Without one it goes
    out at the next start."""
    try:
        token = token_of(settings.runtime_dir)
    except LinkDown:
        return
    up = Event()
    client = LinkClient(address_for(settings.runtime_dir, "sync"), token, "tool", on_up=up.set)
    client.start()
    try:
        if up.wait(_ASK_S):
            client.try_send(wire.Pushed(("ticket", "task", "message")))
    finally:
        client.close()


def _answers(settings: Settings, store: Store, secrets: Callable[[], Secrets]) -> AnswerForHandler:
    changes, tickets, seat = SqlChangeLog(store), SqlTickets(store), settings.seat.name
    categories = ShippedTexts(language=settings.seat.language, own=settings.texts.folder).categories()
    author = SeatAuthor(seat, lambda: seat, now, new_id, changes.base_seq, changes.newest_unsent)
    policies = Policies(settings, EstateMap(SqlResidents(store)))
    telling = notifying(settings, store, changes, author, categories)
    telling = following_up(store, telling, author, FollowUpRules(policies), tickets)
    moves = move_ticket(settings, store, telling, author, lambda: seat, categories, policies, tickets)
    return answers(settings, store, tickets, moves, DispatchRules(policies), ReplySecret(secrets))


def _why(refusal: Refusal | None) -> str:
    return refusal.value if refusal is not None else ""
