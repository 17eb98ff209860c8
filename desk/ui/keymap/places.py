"""The places of the window whose keys are told apart on the key map, by the object names of the widgets that hold them;
and the keys that no button shows. No Qt; the tables are built when asked for, because the language is chosen at run
time.

A page that comes new needs a row here: `tests/ui/keymap` fails where a key is in no place, or has no words."""

from dataclasses import dataclass

from desk.i18n import _


@dataclass(frozen=True, slots=True)
class Place:
    """`everywhere`: its keys work whatever page is in front."""

    name: str
    title: str
    everywhere: bool = False


def places() -> dict[str, Place]:
    """Object name -> its place; the nearest ancestor that is here counts."""
    call = Place("call", _("The call"), everywhere=True)
    window = Place("window", _("Everywhere"), everywhere=True)
    player = Place("player", _("Hearing a recording"), everywhere=True)
    form, ticket = Place("form", _("The form")), Place("ticket", _("The ticket"))
    state = Place("state", _("My state (Shift+F9)"))
    return {
        "main_window": window,
        "call_bar": call,
        "availability_panel": state,
        "transfer_panel": Place("transfer", _("Transferring (Ctrl+T)")),
        "supervisor_panel": Place("supervise", _("Supervising (Shift+F7)")),
        "caller_card": window,
        "work_list": window,
        "lamp_bar": window,
        "right_column": window,
        "middle": window,
        "incident_banner": window,
        "close_question": Place("closing", _("Closing under a running call")),
        "player_bar": player,
        "intake_form": form,
        "ticket_view": ticket,
        "call_log": Place("call_log", _("Call log")),
        "conflicts": Place("conflicts", _("Conflicts and what the centre refused")),
        "devices_page": Place("devices", _("Headset")),
        "sign_in_page": Place("sign_in", _("Signing in")),
        "lock_page": Place("lock", _("The lock")),
        "password_page": Place("password", _("Change my password")),
        "dispatch_panel": Place("dispatch", _("Dispatching (Alt+D)"), within="ticket"),
        "move_list": Place("moves", _("The moves of a ticket (Alt+M)")),
        "shift": Place("shift", _("Shift (Shift+F10)")),
        "knowledge_page": Place("knowledge", _("Knowledge (Ctrl+Shift+K)")),
        "article_editor": Place("article_editor", _("Writing an article")),
        "questions_part": Place("questions", _("Questions")),
        "ask_strip": Place("ask", _("Asking (Ctrl+Shift+A)")),
        "key_map": Place("key_map", _("This page")),
    }


def unshown() -> list[tuple[str, str, str]]:
    """(place, key, words) of what is typed where no button shows it."""
    return [
        ("window", "F11", _("Back to the form")),
        ("window", "Ctrl+R", _("Call who stands in the row")),
        ("window", "Ctrl+Shift+C", _("Conflicts")),
        ("window", "Ctrl+Shift+N", _("Notices and incidents")),
        ("window", "Shift+F10", _("Shift")),
        ("window", "Ctrl+Shift+K", _("Knowledge")),
        ("window", "Ctrl+Shift+A", _("Ask what you cannot answer")),
        ("window", "Tab", _("Next field; Shift: back")),
        ("window", "↑ ↓", _("Choose in a list; Enter opens")),
        ("call", "Shift+F6", _("Dial the last number again")),
        ("call", "Ctrl+Shift+F2", _("Answer, from another program")),
        ("call", "Ctrl+Shift+F3", _("Hang up, from another program")),
        ("call", "Ctrl+Shift+F4", _("Mute, from another program")),
        ("form", "Alt+Y", _("Redo")),
        ("form", "Alt+Up", _("Raise the priority")),
        ("form", "Alt+Down", _("Lower the priority")),
        ("form", "Ctrl+1 … 5", _("Join the call to an open ticket")),
        ("form", "Ctrl+6 … 9", _("The caller was told of a notice")),
        ("dispatch", "1 … 9", _("Take down what came of the call")),
        ("ticket", "Alt+1 … 9", _("Hear a call")),
    ]
