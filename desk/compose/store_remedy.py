"""What the window that cannot open the seat store can do about it: a damaged store is repaired without asking; a store
whose key is lost is given up for a new one, and only when somebody says so."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk.i18n import _
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.ui.fault_window import Remedy
from desk.ui.fault_window_presenter import progress
from desk.usecases.ports import KeyMissing, KeyUnfit, StoreDamaged

if TYPE_CHECKING:
    from desk.store.repair import Progress


def remedy_for(settings: Settings) -> Callable[[Exception], Remedy | None]:
    def act(tell: Callable[[str], None], *, anew: bool) -> None:
        from desk.compose.store_care import repair_of  # age and PyAV: not at every start

        def hear(at: "Progress") -> None:
            tell(progress(at.step, at.done, at.total))

        repair_of(settings, KeyringSecrets(), hear).run(anew=anew, why="its key is lost" if anew else "")

    def remedy(fault: Exception) -> Remedy | None:
        match fault:
            case StoreDamaged():
                return Remedy(label=_("Repair it"), question="", act=lambda tell: act(tell, anew=False))
            case KeyMissing() | KeyUnfit():
                return Remedy(
                    label=_("Begin anew"), question=_question(settings), act=lambda tell: act(tell, anew=True)
                )
        return None

    return remedy


def _question(settings: Settings) -> str:
    if settings.central.url:
        return _(
            "Only when IT says that the key is lost for good: this seat then gets its data from the centre again. What "
            "it had not sent yet stays sealed in {folder}; a supervisor can bring it back. The old data is kept aside."
        ).format(folder=settings.second_dir)
    return _(
        "Only when IT says that the key is lost for good: this seat stands alone and begins empty. What lies sealed in "
        "{folder} can be brought back by a supervisor. The old data is kept aside."
    ).format(folder=settings.second_dir)
