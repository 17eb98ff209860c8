"""Refused changes as a file for whoever is asked for help: JSON lines in the folder "exports" of the seat's data,
sealed for the hotline's recipients where the settings name any (read it with `age -d`), else readable by this user
only. On a worker's thread; what it needs is imported when it is first asked for."""

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path

from desk.settings import Settings
from desk.usecases.look_after_refused import Export

FOLDER = "exports"


def exporter(settings: Settings, clock: Callable[[], datetime]) -> Export:
    def export(lines: Sequence[dict[str, object]]) -> Path:
        from desk.recording.sealing import age

        plain = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
        recipients = [age.recipient_of(one) for one in settings.recording.recipients]
        folder = settings.data_dir / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        name = f"refused-{settings.seat.name}-{clock():%Y%m%d-%H%M%S-%f}.jsonl"
        file = folder / (f"{name}.age" if recipients else name)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "wb") as target:  # noqa: PTH123 - a descriptor, so that nobody else could ever read it
            if recipients:
                age.encrypt(BytesIO(plain), target, recipients)
            else:
                target.write(plain)
            target.flush()
            os.fsync(target.fileno())
        return file

    return export
