"""What the window needs to dispatch: built by `desk.compose.dispatch`."""

from dataclasses import dataclass

from desk.usecases.dispatch import Dispatch


@dataclass(frozen=True, kw_only=True)
class DispatchUses:
    """`dispatch` runs on the worker."""

    dispatch: Dispatch
