"""What both sides of a call did: who spoke when, who was silent, for how long. Made from stretches of speech (found in
the audio by `desk.recording.sealing.speech`) and from the journal's marks. Values and pure functions over intervals of
whole milliseconds, any thread.

A silence is a stretch in which neither side speaks while the call is neither on hold nor its recording paused.

Prompts are in the agent's channel, because they were sent; they are the machine's words and not the agent's. What the
agent says while one plays cannot be told from it, and is left out with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from desk.domain.journal import Mark
from desk.domain.prompts import LONGEST_S

Stretch: TypeAlias = tuple[int, int]  # from (ms, inside) until (ms, not inside)

LONG_SILENCE_MS = 10_000
PROMPT_EDGE_MS = 200  # a prompt's marks are set beside the audio thread, a few frames before or behind its sound
_LONGEST_PROMPT_MS = int(LONGEST_S * 1000)


@dataclass(frozen=True, slots=True)
class Heard:
    """In the words of `desk.domain.call_log.RecordingEntry`."""

    caller_first_ms: int | None
    agent_first_ms: int | None
    caller_talk_ms: int
    agent_talk_ms: int
    both_talk_ms: int
    longest_silence_ms: int
    long_silences: tuple[str, ...]
    hold_count: int
    hold_ms: int
    paused_ms: int
    caller_silent: bool
    agent_silent: bool


def heard(caller: Sequence[Stretch], agent: Sequence[Stretch], marks: Sequence[Mark], length_ms: int) -> Heard:
    """`caller`, `agent`: when each channel had speech in it."""
    machine = said_by_machine(marks, length_ms)
    caller, agent = merged(caller), without(merged(agent), machine)
    holds = between(marks, "held", "resumed", length_ms)
    pauses = between(marks, "recording_paused", "recording_resumed", length_ms)
    excused = merged([*holds, *pauses, *machine])
    silences = without(without([(0, length_ms)] if length_ms > 0 else [], merged([*caller, *agent])), excused)
    return Heard(
        caller_first_ms=caller[0][0] if caller else None,
        agent_first_ms=agent[0][0] if agent else None,
        caller_talk_ms=total(caller),
        agent_talk_ms=total(agent),
        both_talk_ms=total(common(caller, agent)),
        longest_silence_ms=max((end - start for start, end in silences), default=0),
        long_silences=tuple(_text(start, end) for start, end in silences if end - start > LONG_SILENCE_MS),
        hold_count=len(holds),
        hold_ms=total(holds),
        paused_ms=total(pauses),
        caller_silent=not caller,
        agent_silent=not agent,
    )


def _text(start_ms: int, end_ms: int) -> str:
    """ "12.340 11.2": where, and how long, in seconds."""
    return f"{start_ms / 1000:.3f} {(end_ms - start_ms) / 1000:.1f}"


def between(marks: Sequence[Mark], begin: str, end: str, length_ms: int) -> list[Stretch]:
    """From each mark called `begin` to the next one called `end`, or to the end of the recording."""
    found: list[Stretch] = []
    since: int | None = None
    for mark in marks:
        if mark.name == begin and since is None:
            since = mark.audio_ms
        elif mark.name == end and since is not None:
            found.append((since, mark.audio_ms))
            since = None
    if since is not None:
        found.append((since, length_ms))
    return merged((max(0, start), min(until, length_ms)) for start, until in found)


def said_by_machine(marks: Sequence[Mark], length_ms: int) -> list[Stretch]:
    """Where prompts were played. One without an end was still playing when the call ended; where the recording goes on
    for longer than any prompt, its end was never written, and nobody knows what was the prompt's."""
    found: list[Stretch] = []
    since: int | None = None
    for mark in marks:
        if mark.name == "prompt_played":
            since = mark.audio_ms
        elif mark.name == "prompt_ended" and since is not None:
            found.append((since, mark.audio_ms))
            since = None
    if since is not None and length_ms - since <= _LONGEST_PROMPT_MS:
        found.append((since, length_ms))
    return merged((max(0, start - PROMPT_EDGE_MS), min(end + PROMPT_EDGE_MS, length_ms)) for start, end in found)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """In order, without overlaps; what touches becomes one, what is empty goes."""
    found: list[Stretch] = []
    for start, end in sorted(stretch for stretch in stretches if stretch[0] < stretch[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def common(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """Where both are. Both merged."""
    found: list[Stretch] = []
    left = right = 0
    while left < len(one) and right < len(other):
        start, end = max(one[left][0], other[right][0]), min(one[left][1], other[right][1])
        if start < end:
            found.append((start, end))
        if one[left][1] <= other[right][1]:
            left += 1
        else:
            right += 1
    return found


def without(one: Sequence[Stretch], other: Sequence[Stretch]) -> list[Stretch]:
    """Where `one` is and `other` is not. Both merged."""
    found: list[Stretch] = []
    for start, end in one:
        at = start
        for other_start, other_end in other:
            if other_end <= at:
                continue
            if other_start >= end:
                break
            if other_start > at:
                found.append((at, other_start))
            at = max(at, other_end)
        if at < end:
            found.append((at, end))
    return found


def total(stretches: Iterable[Stretch]) -> int:
    """Milliseconds in all."""
    return sum(end - start for start, end in stretches)
