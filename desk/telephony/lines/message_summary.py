"""How many voice mails wait: the body of a message-summary (RFC 3842 3.5). Pure."""

import re

_VOICE = re.compile(r"^Voice-Message[ \t]*:[ \t]*(\d{1,6})[ \t]*/", re.IGNORECASE | re.MULTILINE)
_WAITING = re.compile(r"^Messages-Waiting[ \t]*:[ \t]*(yes|no)\b", re.IGNORECASE | re.MULTILINE)


def new_messages(untrusted_notify: str) -> int | None:
    """New voice mails in a NOTIFY's text; 1 where it only says that there are some, None where it says nothing."""
    body = re.split(r"\r?\n\r?\n", untrusted_notify, maxsplit=1)[-1]
    voice = _VOICE.search(body)
    if voice is not None:
        return int(voice[1])
    waiting = _WAITING.search(body)
    return None if waiting is None else int(waiting[1].lower() == "yes")
