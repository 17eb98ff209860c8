"""Python looks for cycles on Qt's thread alone. By itself it looks wherever one object too many was made, so also on a
worker's thread; a widget or any other object of Qt's that it finds there is destroyed there, while Qt's thread may be
handing it an event, and the process is gone."""

import gc

from PySide6.QtCore import QObject, QTimer

# As short as this because what is new is looked through in one go: a worker that reads rows makes some ten thousands.
EVERY_MS = 50


class Collector(QObject):
    """From now on, until the process ends. The thread of `parent`."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._settled = False
        timer = QTimer(self, interval=EVERY_MS)
        timer.timeout.connect(self.collect_due)
        timer.start()

    def settle(self) -> None:
        """What is in memory now stays there. Until then nothing is looked through as a whole: a window that starts
        makes a quarter of a million objects that stay."""
        gc.freeze()
        self._settled = True

    def collect_due(self) -> None:
        """What Python itself would, by its own thresholds."""
        due = [new > most for new, most in zip(gc.get_count(), gc.get_threshold(), strict=True)]
        if due[2] and self._settled:
            gc.collect()
        elif due[1]:
            gc.collect(1)
        elif due[0]:
            gc.collect(0)
