"""What there is to say of a seat's updates: which version runs, whether one waits, was taken back, or cannot be had.
Reads two small files; any process, any thread."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from desk.domain.health import Finding, Level
from desk.i18n import _
from desk.updating.choice import Choice
from desk.updating.starter import MOST_STARTS
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
    left = choice.failed.get(choice.went_back, "")  # "": it was forgiven, and waits to be tried again
    if left and left != "withdrawn":  # that was IT's own wish
        return (
            _warning(
                _("Version {version} was tried and left again ({why}); {running} runs.").format(
                    version=choice.went_back, why=failed_why(left), running=running
                ),
                _remedy(left).format(version=choice.went_back),
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


def failed_why(why: str) -> str:
    """In words; `why` as in `Choice.failed`."""
    words = {
        "died": _("it ended by itself before it was healthy"),
        "late": _("it was not healthy in time"),
        "starts": _("it was started {n} times and never became healthy").format(n=MOST_STARTS),
        "missing": _("its files are gone"),
        "asked": _("somebody went back"),
        "withdrawn": _("IT took it back"),
    }
    return words.get(why, why)


def _remedy(why: str) -> str:
    """May hold `{version}`."""
    match why:
        case "asked":
            return _("A newer one is tried when it comes; this one when you say so: desk update apply {version}")
        case "missing":
            return _(
                "See what removed it (a virus scanner, somebody). Bring it again with `desk update install FILE`, or "
                "as administrator with `desk update fetch` and then, at the seat: desk update apply {version}"
            )
        case _:
            return _("Publish a version that mends it; this one is not tried again. See `desk update status`.")


def _warning(why: str, remedy: str, figures: dict[str, float | int | str]) -> Finding:
    return Finding(CHECK, Level.WARNING, why, remedy, figures)
