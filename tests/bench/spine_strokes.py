"""How many keys the commonest repair takes besides its description: the test's own path, printed for the benchmark.
Qt's main thread of a process of its own."""

import os
import tempfile
from pathlib import Path

from PySide6.QtWidgets import QApplication

from desk.texts import ShippedTexts
from desk.ui.intake.form import IntakeForm
from tests.ui.intake.commonest_repair import file_the_commonest_repair
from tests.ui.intake.scene import scene


def main() -> int:
    app = QApplication([])
    with (
        tempfile.TemporaryDirectory() as folder,
        scene(Path(folder), tree=ShippedTexts().categories()) as stage,
    ):
        form = IntakeForm(stage.parts)
        form.show()
        form.activateWindow()
        app.processEvents()
        counted = file_the_commonest_repair(form, stage)
    print(f"strokes {counted.path}", flush=True)
    return 0


if __name__ == "__main__":
    os._exit(main())  # Qt's objects die in no order at Python's own exit
