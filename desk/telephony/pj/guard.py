"""Where C calls into Python: whatever goes wrong is logged, and never raised into PJSIP, which cannot carry it."""

import functools
import logging
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar

_log = logging.getLogger(__name__)
_Self = TypeVar("_Self")
_Args = ParamSpec("_Args")


def guarded(callback: Callable[Concatenate[_Self, _Args], None]) -> Callable[Concatenate[_Self, _Args], None]:
    """For a method that PJSIP calls."""

    def wrapper(self: _Self, /, *args: _Args.args, **kwargs: _Args.kwargs) -> None:
        try:
            callback(self, *args, **kwargs)
        except Exception:  # noqa: BLE001 - one of the four places
            _log.exception("a PJSIP callback failed: %s", callback.__qualname__)

    functools.update_wrapper(wrapper, callback)
    return wrapper
