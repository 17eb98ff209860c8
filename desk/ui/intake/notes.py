"""What stands beside a field that nobody refused: an appointment in full, what an unresolved text will mean, when a
category's priority is raised. No Qt."""

from datetime import datetime, tzinfo

from desk.i18n import _
from desk.ui.intake.content import Field
from desk.ui.intake.editor import IntakeEditor
from desk.ui.intake.window_entry import is_over, show_window

NOTHING = ("", "caption")


def note_of(editor: IntakeEditor, what: Field, now: datetime, zone: tzinfo, *, in_hand: bool) -> tuple[str, str]:
    """(text, role of the label). `in_hand`: the agent is in the field, so half a text is no reason to speak."""
    match what:
        case Field.APPOINTMENT:
            return _appointment(editor, now, zone, in_hand=in_hand)
        case Field.CATEGORY if not in_hand and editor.category is None and editor.texts[what].strip():
            return _("No category chosen yet: press Enter on a suggestion."), "warning"
        case Field.PLACE if not in_hand and not editor.place_hit and editor.texts[what].strip():
            return _("Not in the register; it is filed as written."), "caption"
        case Field.PRIORITY if editor.category is not None and editor.category.raised_when:
            return _("Raise it when: {rule}").format(rule=editor.category.raised_when), "caption"
        case _:
            return NOTHING


def _appointment(editor: IntakeEditor, now: datetime, zone: tzinfo, *, in_hand: bool) -> tuple[str, str]:
    text = editor.texts[Field.APPOINTMENT].strip()
    window = editor.window
    if window is None:
        if text and not in_hand:
            return _("Not understood; try mtsw, 14-16, 1123 9-11"), "warning"
        return NOTHING
    if is_over(window, now):
        return _("{window} is over").format(window=show_window(window, zone, now)), "warning"
    shown = show_window(window, zone, now)
    return ("", "ok") if shown == text else (shown, "ok")
