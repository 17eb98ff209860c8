"""Builds `desk central status` and `desk central metrics`: the centre's figures, for people and for Prometheus.

Metrics are written to a file that node_exporter reads (by a timer), or served on a port of this computer; both need no
right but to read, so a role in desk_admin, or the owner. A scrape opens a connection of its own and costs some
milliseconds."""

import contextlib
import http.server
import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desk import exit_codes
from desk.compose.central import owner_of
from desk.settings import Settings
from desk.sync.central import figures as central_figures
from desk.sync.central import metrics, status
from desk.sync.central.admin import CentralAdminError, Owner

Say = Callable[[str], None]


def run_status(settings: Settings, url: str, *, as_json: bool, say: Say) -> int:
    """0 where nothing needs a person. Raises `CentralAdminError`."""
    figures = central_figures.read_from(owner_of(settings, url))
    if as_json:
        say(json.dumps(asdict(figures), ensure_ascii=False, default=str))
    else:
        for line in status.lines(figures):
            say(line)
    return exit_codes.OK if status.healthy(figures) else exit_codes.FAULT


def run_metrics(settings: Settings, url: str, file: Path | None, listen: tuple[str, int] | None, say: Say) -> int:
    """Once to `say` or into `file`; with `listen` until it is interrupted. Raises `CentralAdminError` only where
    nobody else would notice: file and port say `desk_central_up 0`."""
    owner = owner_of(settings, url)
    if listen is not None:
        with server_of(owner, listen) as server, contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()
        return exit_codes.OK
    if file is None:
        say(metrics.text(central_figures.read_from(owner)).rstrip("\n"))
        return exit_codes.OK
    text = _text(owner)
    _replace(file, text)
    return exit_codes.OK if "desk_central_up 1" in text else exit_codes.ENVIRONMENT


def server_of(owner: Owner, listen: tuple[str, int]) -> http.server.ThreadingHTTPServer:
    """Serves `/metrics` there; its address stands in `server_address`."""

    class Scrape(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.partition("?")[0] not in ("/", "/metrics"):
                self.send_error(404)
                return
            body = _text(owner).encode()
            self.send_response(200)
            self.send_header("Content-Type", metrics.CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    return http.server.ThreadingHTTPServer(listen, Scrape)


def _text(owner: Owner) -> str:
    try:
        return metrics.text(central_figures.read_from(owner))
    except CentralAdminError:
        return metrics.text(None)


def _replace(file: Path, text: str) -> None:
    """Whole or not at all: a collector reads it at any time."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            part.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
