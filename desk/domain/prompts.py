"""Prompts: what the machine says to the far side in the agent's place. Each has a name; what it says is a standard
phrase, spoken by the agent into the headset beforehand, or shipped. Values only."""

import re

GREETING = "greeting"
RECORDING_NOTICE = "recording_notice"

# prompt -> the standard phrase (resources/phrases.toml) that it speaks; in the order in which an agent records them
PROMPTS: dict[str, str] = {
    GREETING: "greeting",
    RECORDING_NOTICE: "recorded",
    "silent_1": "silent_1",
    "silent_hang_up": "silent_hang_up",
    "waiting": "waiting",
    "back": "back",
}
LONGEST_S = 30.0

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


def is_prompt_name(untrusted_name: str) -> bool:
    """Whether this may be the name of a prompt: it becomes the name of a file."""
    return _NAME.fullmatch(untrusted_name) is not None
