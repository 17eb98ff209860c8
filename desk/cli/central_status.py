"""The words of `desk central` for looking after a running centre: status and metrics. What they do stands in
`desk.compose.central_status`, loaded when it is asked for. Main thread."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from desk.cli.reading import load

if TYPE_CHECKING:
    Words = argparse._SubParsersAction[argparse.ArgumentParser]

_URL = "postgresql://user@host/database of its owner, or of a role in desk_admin (default: settings)"


def add_words(words: "Words") -> None:
    status = words.add_parser("status", help="how the centre, its seats and its backups stand, and what to do")
    status.add_argument("--url", default="", help=_URL)
    status.add_argument("--json", action="store_true", help="the figures for a machine")
    status.set_defaults(run=_status)
    metrics = words.add_parser("metrics", help="the same figures for Prometheus")
    metrics.add_argument("--url", default="", help=_URL)
    where = metrics.add_mutually_exclusive_group()
    where.add_argument("--file", type=Path, help="write them there (node_exporter's textfile collector)")
    where.add_argument("--listen", type=_address, metavar="[ADDRESS:]PORT", help="serve them (address: 127.0.0.1)")
    metrics.set_defaults(run=_metrics)


def _status(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_status

    return central_status.run_status(load(file), arguments.url, as_json=arguments.json, say=print)


def _metrics(arguments: argparse.Namespace, file: Path) -> int:
    from desk.compose import central_status

    return central_status.run_metrics(load(file), arguments.url, arguments.file, arguments.listen, print)


def _address(text: str) -> tuple[str, int]:
    host, _colon, port = text.rpartition(":")
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        raise argparse.ArgumentTypeError(f"no port: {text}")
    return host.strip("[]") or "127.0.0.1", int(port)
