"""What the player's widgets need of the engine, by its plain name: `desk.recording.playing`, as far as it is used here.
The ui imports no decoder: `desk.compose.late_player` brings it when the first recording is played."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from desk.domain.identity import CallId
from desk.ui.worker import Worker
from desk.usecases.replay import Tape


class Bars(Protocol):
    """Equally long bars, 0.0 to 1.0."""

    @property
    def caller(self) -> Sequence[float]: ...
    @property
    def agent(self) -> Sequence[float]: ...


class Reel(Protocol):
    """An open recording with all its readers."""

    def bars(self) -> Bars:
        """Of the whole. A worker's thread."""
        ...

    def closer(self, from_ms: int, until_ms: int, count: int) -> Bars:
        """So many of this stretch. A worker's thread."""
        ...

    def share_loaded(self) -> float:
        """0.0 to 1.0. Any thread, at once."""
        ...

    def close(self) -> None:
        """Any thread, at once."""
        ...


class Player(Protocol):
    """`on_finished` is called on its thread with an enum whose value is ended, stopped, no_device, damaged or
    broke_off; `on_played` before it, with `at_ms` and `heard` (from, until)."""

    on_finished: Callable[..., None]
    on_played: Callable[..., None]

    def play(self, source: Any, from_ms: int = 0, marks: Sequence[int] = ()) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def seek_ms(self, position_ms: int) -> None: ...
    def stop(self) -> None: ...
    def set_speed(self, speed: float) -> None: ...
    def set_skip_silence(self, skip: bool) -> None: ...
    def set_loop(self, loop: tuple[int, int] | None) -> None: ...
    def set_marks(self, marks: Sequence[int]) -> None: ...
    def set_volumes(self, caller: float, agent: float) -> None: ...
    @property
    def position_ms(self) -> int: ...
    @property
    def paused(self) -> bool: ...
    @property
    def waiting(self) -> bool: ...


@dataclass(frozen=True, kw_only=True)
class PlayerParts:
    """`open` (`Replay.open`), `reel` and what a `Reel` does run on the worker. `damage`: what is raised for a file that
    cannot be decoded, asked for once something was raised, so that the decoder is not imported before it is needed.
    `heard` (`Replay.heard`) runs on the worker, too."""

    worker: Worker
    open: Callable[[CallId], Tape]
    reel: Callable[[Tape], Reel]
    player: Player
    damage: Callable[[], tuple[type[Exception], ...]]
    heard: Callable[[Tape, int, int], None] = lambda _tape, _from_ms, _until_ms: None
