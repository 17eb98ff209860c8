"""What there is to say of a seat's updates: which version runs, whether one waits, was taken back, or cannot be had.
Reads two small files; any process, any thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.updating.choice import Choice
from desk.updating.state import UpdateState

UNSEEN = timedelta(days=7)  # the channel has not been looked at for so long
WAITS = timedelta(days=7)
CHECK = "update"


def update(choice: Choice, state: UpdateState, channel: str, running: str, now: datetime) -> Sequence[Finding]:
    """`running`: the version that looks. None where no update was ever set up or made."""
    if not channel and choice == Choice():
        return ()
    figures: dict[str, float | int | str] = {"running": running}
    if state.ready:
        figures["ready"] = state.ready
    if choice.went_back in choice.failed:  # else it was forgiven, and waits to be tried again
        return (
            _warning(
                _("Version {version} was tried and left again ({why}); {running} runs.").format(
                    version=choice.went_back, why=choice.failed.get(choice.went_back, ""), running=running
                ),
                _("Publish a version that mends it; this one is not tried again. See `desk update status`."),
                figures,
            ),
        )
    if state.trouble:
        return (_warning(state.trouble, _("See `desk update status`, and `desk update look`."), figures),)
    if state.ready and state.ready_at is not None and now - state.ready_at > WAITS:
        return (
            _warning(
                _("Version {version} waits for {days} days ({why}).").format(
                    version=state.ready, days=(now - state.ready_at).days, why=state.waits
                ),
                _("Close the seat in the evening, or apply it: desk update apply"),
                figures,
            ),
        )
    if channel and state.looked_at is not None and now - state.looked_at > UNSEEN:
        return (
            _warning(
                _("Updates were last looked for {days} days ago.").format(days=(now - state.looked_at).days),
                _("Leave the seat on, or look now: desk update look"),
                figures,
            ),
        )
    said = _("Version {version} runs.").format(version=running)
    if state.ready:
        said += " " + _("{version} waits for a quiet moment.").format(version=state.ready)
    if choice.held:
        said += " " + _("Nothing new is taken: it is held.")
    return (Finding(CHECK, Level.OK, said, figures=figures),)


def _warning(why: str, remedy: str, figures: dict[str, float | int | str]) -> Finding:
    return Finding(CHECK, Level.WARNING, why, remedy, figures)
