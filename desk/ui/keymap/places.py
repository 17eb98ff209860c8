"""The places of the window whose keys are told apart on the key map, by the object names of the widgets that hold them;
and the keys that no button shows. No Qt; the tables are built when asked for, because the language is chosen at run
time.

A page that comes new needs a row here: `tests/ui/keymap` fails where a key is in no place, or has no words."""

from dataclasses import dataclass

from desk.i18n import _


@dataclass(frozen=True, slots=True)
class Place:
    """`everywhere`: its keys work whatever page is in front. `within`: the place that it is on the screen together
    with."""

    name: str
    title: str
    everywhere: bool = False
    within: str = ""


@dataclass(frozen=True, slots=True)
class KeyUse:
    """One meaning of a key. `listens`: it works wherever the focus is in its place; else only where it is shown or
    typed. `owner`: object name of what has it. `words` "": nobody has said."""

    place: Place | None
    key: str
    words: str
    listens: bool
    owner: str


def places() -> dict[str, Place]:
    """Object name -> its place; the nearest ancestor that is here counts."""
    call = Place("call", _("The call"), everywhere=True)
    window = Place("window", _("Everywhere"), everywhere=True)
    player = Place("player", _("Hearing a recording"), everywhere=True)
    return {
        "main_window": window,
        "caller_card": window,
        "work_list": window,
        "lamp_bar": window,
        "right_column": window,
        "middle": window,
        "incident_banner": window,
        "call_bar": call,
        "player_bar": player,
        "intake_form": Place("form", _("The form")),
        "ticket_view": Place("ticket", _("The ticket")),
        "move_list": Place("moves", _("The moves of a ticket (Alt+M)"), within="ticket"),
        "dispatch_panel": Place("dispatch", _("Dispatching (Alt+D)"), within="ticket"),
        "promise_strip": Place("promise", _("Promising a call (Ctrl+M)")),
        "transfer_panel": Place("transfer", _("Transferring (Ctrl+T)")),
        "availability_panel": Place("state", _("My state (Shift+F9)")),
        "supervisor_panel": Place("supervise", _("Supervising (Shift+F7)")),
        "ask_strip": Place("ask", _("Asking (Ctrl+Shift+A)")),
        "work_outcomes": Place("outcomes", _("The outcome of a call"), within="work_lists"),
        "call_log": Place("call_log", _("Call log")),
        "shift": Place("shift", _("Shift (Shift+F10)")),
        "knowledge_page": Place("knowledge", _("Knowledge (Ctrl+Shift+K)")),
        "article_editor": Place("article_editor", _("Writing an article"), within="knowledge"),
        "questions_part": Place("questions", _("Questions"), within="knowledge"),
        "health_page": Place("health", _("Checking the seat (Ctrl+Shift+D)")),
        "seats_page": Place("seats", _("Seat register (Ctrl+Shift+R)")),
        "seat_editor": Place("seat_editor", _("Purchase and service data"), within="seats"),
        "what_happened": Place("what_happened", _("What just happened (Shift+F12)")),
        "devices_page": Place("devices", _("Headset")),
        "conflicts": Place("conflicts", _("Conflicts and what the centre refused")),
        "close_question": Place("closing", _("Closing Desk")),
        "sign_in_page": Place("sign_in", _("Signing in")),
        "lock_page": Place("lock", _("The lock")),
        "password_page": Place("password", _("Change my password")),
        "key_map": Place("key_map", _("This page")),
    }


def said_better() -> dict[str, str]:
    """Object name of a button -> what its key does, where the button shows how things stand instead."""
    return {
        "my_state": _("My state"),
        "voice_mail": _("Hear the voice mail"),
        "next_candidate": _("The next person the number may stand for"),
        "find_caller": _("Find the caller"),
        "confirm_incident": _("Make one ticket of an incident"),
        "promise_call": _("Call whom a call was promised"),
        "play_prompt": _("Let the machine say the phrase"),
        "open_joined": _("Open the ticket it was joined to"),
        "open_filed": _("Open the ticket just filed"),
        "ticket_marks_news_seen": _("Seen what others changed"),
        "form_news_seen": _("Seen what others changed"),
    }


def unshown() -> list[tuple[str, str, str]]:
    """(place, key, words) of what is typed where no button shows it."""
    return [
        ("window", "F11", _("Back to the form")),
        ("window", "Ctrl+R", _("Call who stands in the row")),
        ("window", "Ctrl+Shift+C", _("Conflicts")),
        ("window", "Ctrl+Shift+N", _("Notices and incidents")),
        ("window", "Ctrl+Shift+F", _("Follow-ups")),
        ("window", "Shift+F10", _("Shift")),
        ("window", "Ctrl+Shift+K", _("Knowledge")),
        ("window", "Ctrl+Shift+A", _("Ask what you cannot answer")),
        ("window", "Ctrl+Shift+D", _("Check this seat")),
        ("window", "Ctrl+Shift+R", _("Seat register")),
        ("window", "Shift+F12", _("What just happened: after a bad call")),
        ("window", "Tab", _("Next field; Shift: back")),
        ("window", "↑ ↓", _("Choose in a list; Enter opens")),
        ("call", "Shift+F6", _("Dial the last number again")),
        ("call", "Ctrl+Shift+F6", _("Calls ring here again: no do not disturb, no forwarding but the night's")),
        ("call", "Ctrl+F6", _("Choose the line to dial by")),
        ("call", "Ctrl+Shift+F2", _("Answer, from another program")),
        ("call", "Ctrl+Shift+F3", _("Hang up, from another program")),
        ("call", "Ctrl+Shift+F4", _("Mute, from another program")),
        ("form", "Alt+Y", _("Redo")),
        ("form", "Alt+Up", _("Raise the priority")),
        ("form", "Alt+Down", _("Lower the priority")),
        ("form", "Ctrl+1 … 5", _("Join the call, or whoever came by, to an open ticket")),
        ("form", "Ctrl+6 … 9", _("The caller was told of a notice")),
        ("dispatch", "1 … 9", _("Take down what came of the call")),
        ("ticket", "Alt+1 … 9", _("Hear a call")),
    ]
