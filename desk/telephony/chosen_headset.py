"""Which devices the agent chose, kept between starts in a small file of the seat. What was chosen at the seat goes
before what the settings say. The phone's main thread; a file that cannot be read or written costs the memory of it, not
the call."""

import logging
from pathlib import Path

import msgspec

from desk.domain.commands import ChooseHeadset

FILE = "headset.json"
_log = logging.getLogger(__name__)


def remembered(data_dir: Path, otherwise: ChooseHeadset) -> ChooseHeadset:
    """The last choice at this seat, or `otherwise` where there is none."""
    try:
        return msgspec.json.decode((data_dir / FILE).read_bytes(), type=ChooseHeadset)
    except FileNotFoundError:
        return otherwise
    except (OSError, msgspec.DecodeError) as error:
        _log.warning("the chosen headset is not known: %s", error)
        return otherwise


def remember(data_dir: Path, chosen: ChooseHeadset) -> None:
    file = data_dir / FILE
    new = file.with_suffix(".new")
    try:
        new.write_bytes(msgspec.json.encode(chosen))
        new.replace(file)
    except OSError as error:
        _log.warning("the chosen headset is not kept: %s", error)
