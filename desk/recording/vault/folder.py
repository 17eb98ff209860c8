"""The recordings folder, read by name. A name comes from the change log, which other seats write too: it is followed
inside the folder and nowhere else, through no link and no "..". Any thread."""

from pathlib import Path, PurePosixPath


class FolderRecordings:
    """Implements `recording_ports.RecordingFiles`."""

    def __init__(self, recordings_dir: Path) -> None:
        self._recordings_dir = recordings_dir

    def read(self, untrusted_file: str) -> bytes:
        """The whole recording. Raises `FileNotFoundError`, also for a name that leads elsewhere, or `OSError`."""
        return self._inside(untrusted_file).read_bytes()

    def _inside(self, untrusted_file: str) -> Path:
        parts = PurePosixPath(untrusted_file).parts
        if not parts or "\0" in untrusted_file or "\\" in untrusted_file or ".." in parts:
            raise FileNotFoundError(f"no recording is called {untrusted_file[:80]!r}")
        folder = self._recordings_dir.resolve()
        path = folder.joinpath(*parts).resolve()
        if not path.is_relative_to(folder) or not path.is_file():
            raise FileNotFoundError(f"no recording is called {untrusted_file[:80]!r}")
        return path
