"""The `desk` command."""

from desk.cli.command import main

__all__ = ["main"]
