"""The commonest repair, key by key: a known caller's kitchen tap leaks. Used by the test and by the bench."""

from dataclasses import dataclass

from PySide6.QtCore import Qt

from desk.ui.intake.form import IntakeForm
from tests.ui.intake.scene import PROFILE, Scene, press, settle, type_text

DESCRIPTION = "厨房水龙头一直滴水，关不紧"
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass(frozen=True)
class Counted:
    """Key strokes of the path (a chord counts each of its keys), and those of the description."""

    path: int
    description: int
    keys: tuple[str, ...]


def file_the_commonest_repair(form: IntakeForm, stage: Scene) -> Counted:
    """The ring is answered and the form stands open with the caller prefilled; at the end the ticket is filed."""
    form.open(stage.draft())
    form.prefill(PROFILE)
    form.focus_first()
    keys = list("cfslt")  # 厨房水龙头
    type_text("cfslt")
    press(Qt.Key.Key_Return)
    keys.append("Enter")
    settle(stage.worker)
    type_text(DESCRIPTION)
    press(Qt.Key.Key_Return, CTRL)
    keys += ["Ctrl", "Enter"]
    settle(stage.worker)
    return Counted(len(keys), len(DESCRIPTION), tuple(keys))
