"""What the window that cannot open the seat store can do about it: a damaged store is repaired without asking; a store
whose key is lost is given up for a new one, and only when somebody says so."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from desk.i18n import _
from desk.secrets import KeyringSecrets
from desk.settings import Settings
from desk.ui.fault_window import Remedy
from desk.ui.fault_window_presenter import progress
from desk.usecases.ports import KeyMissing, KeyUnfit, StoreDamaged, StoreNewer

if TYPE_CHECKING:
    from desk.store.repair import Progress


def remedy_for(settings: Settings) -> Callable[[Exception], Remedy | None]:
    def act(tell: Callable[[str], None], *, anew: bool, why: str = "") -> None:
        from desk.compose.store_care import repair_of  # age and PyAV: not at every start

        def hear(at: "Progress") -> None:
            tell(progress(at.step, at.done, at.total))

        repair_of(settings, KeyringSecrets(), hear).run(anew=anew, why=why)

    def remedy(fault: Exception) -> Remedy | None:
        match fault:
            case StoreDamaged():
                return Remedy(label=_("Repair it"), question="", act=lambda tell: act(tell, anew=False))
            case StoreNewer():
                from desk.updating import choice
                from desk.updating.where import told_folder

                # After going back by itself nobody is there to be asked; whoever started an old program is.
                went_back = bool(choice.read(told_folder(settings.data_dir)).went_back)
                return Remedy(
                    label=_("Make it anew"),
                    question="" if went_back else _question_newer(),
                    act=lambda tell: act(tell, anew=True, why="a newer Desk has written it"),
                )
            case KeyMissing() | KeyUnfit():
                return Remedy(
                    label=_("Begin anew"),
                    question=_question(settings),
                    act=lambda tell: act(tell, anew=True, why="its key is lost"),
                )
        return None

    return remedy


def _question_newer() -> str:
    return _(
        "Only when the newer version is not to be used again: this version then makes a store of its own out of it. "
        "What was not sent yet is taken over; the newer store is kept aside."
    )


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
