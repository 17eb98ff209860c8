"""What a check found, as values: one `Finding` per thing, in no language yet (`desk.recording.proof.report` has the
words), and the figures of the whole. Any thread."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum


class Weight(Enum):
    """`FAULT`: something is not as it was sealed, or not there. `UNCHECKED`: nobody can say, because something could
    not be read or opened. `NOTE`: worth knowing."""

    FAULT = "fault"
    UNCHECKED = "unchecked"
    NOTE = "note"


class What(Enum):
    # one recording
    SEAL_DAMAGED = "seal_damaged"
    SEAL_MISSING = "seal_missing"
    SEAL_ELSEWHERE = "seal_elsewhere"  # whole, but of another call than its name says
    OTHER_DAY = "other_day"  # it lies under another day than it was recorded on
    AUDIO_MISSING = "audio_missing"
    AUDIO_CUT = "audio_cut"  # another size than was sealed
    AUDIO_CHANGED = "audio_changed"
    NOT_OPENED = "not_opened"  # no key at hand opens it
    CANNOT_DECRYPT = "cannot_decrypt"  # the key is right, and yet
    KEY_DAMAGED = "key_damaged"
    SPAN_CHANGED = "span_changed"
    MANIFEST_CHANGED = "manifest_changed"
    NO_AUDIO_FILE = "no_audio_file"
    LENGTH_DIFFERS = "length_differs"
    CODEC_DIFFERS = "codec_differs"
    UNREADABLE = "unreadable"
    DELETED = "deleted"  # by retention, with a tombstone
    TOMBSTONE_DAMAGED = "tombstone_damaged"
    DELETION_UNFINISHED = "deletion_unfinished"
    UNSEALED = "unsealed"  # made before recordings were sealed
    FOREIGN = "foreign"
    # the chain
    PLACE_MISSING = "place_missing"
    PLACE_UNSEEN = "place_unseen"  # not among the days that were looked at
    PLACE_TWICE = "place_twice"
    LINK_BROKEN = "link_broken"
    # the change log
    NOT_IN_VAULT = "not_in_vault"
    LOG_DIFFERS = "log_differs"
    NOT_IN_LOG = "not_in_log"  # of a chain that it does not know either
    NOT_IN_LOG_YET = "not_in_log_yet"  # the newest of another seat's chain
    NEVER_LOGGED = "never_logged"  # of a chain that it knows
    DELETED_UNLOGGED = "deleted_unlogged"
    TOMBSTONE_DIFFERS = "tombstone_differs"
    ON_ITS_WAY = "on_its_way"
    LOG_UNREADABLE = "log_unreadable"
    # the whole
    STOPPED = "stopped"
    VAULT_LOST = "vault_lost"
    NOTHING_HERE = "nothing_here"  # and nothing to say whether there should be
    KEY_UNUSABLE = "key_unusable"
    WORK_LOST = "work_lost"  # the temporary file of the chains
    # a pack
    PACK_CHANGED = "pack_changed"
    PACK_BLOCK_CHANGED = "pack_block_changed"
    NO_PACK = "no_pack"
    PACK_NOT_LOGGED = "pack_not_logged"
    PACK_OTHER_SEAL = "pack_other_seal"
    PACK_NOT_COMPARED = "pack_not_compared"  # there is no change log at hand


_UNCHECKED = frozenset(
    {
        What.NOT_OPENED,
        What.UNREADABLE,
        What.STOPPED,
        What.VAULT_LOST,
        What.NOTHING_HERE,
        What.KEY_UNUSABLE,
        What.WORK_LOST,
        What.LOG_UNREADABLE,
        What.NO_PACK,
        What.NOT_IN_LOG_YET,
        What.PACK_NOT_LOGGED,
        What.PACK_NOT_COMPARED,
    }
)
_NOTES = frozenset(
    {
        What.OTHER_DAY,
        What.DELETED,
        What.DELETION_UNFINISHED,
        What.UNSEALED,
        What.FOREIGN,
        What.PLACE_UNSEEN,
        What.NOT_IN_LOG,
        What.ON_ITS_WAY,
    }
)


def weight_of(what: What) -> Weight:
    if what in _UNCHECKED:
        return Weight.UNCHECKED
    return Weight.NOTE if what in _NOTES else Weight.FAULT


@dataclass(frozen=True, slots=True)
class Finding:
    """`name`: the file in the vault, or the chain and place. `detail`: figures, or the system's own words."""

    what: What
    name: str
    detail: str = ""

    @property
    def weight(self) -> Weight:
        return weight_of(self.what)


@dataclass(slots=True)
class Summary:
    """Sizes of what was looked at. `opened`: recordings whose content was checked with a key. `first`, `last`: days."""

    recordings: int = 0
    opened: int = 0
    deleted: int = 0
    size_bytes: int = 0
    length_ms: int = 0
    chains: int = 0
    first: str = ""
    last: str = ""
    faults: int = 0
    unchecked: int = 0
    notes: int = 0
    with_key: bool = False
    with_log: bool = False
    counts: dict[What, int] = field(default_factory=dict)

    def count(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.counts[finding.what] = self.counts.get(finding.what, 0) + 1
            match finding.weight:
                case Weight.FAULT:
                    self.faults += 1
                case Weight.UNCHECKED:
                    self.unchecked += 1
                case Weight.NOTE:
                    self.notes += 1

    @property
    def exit_code(self) -> int:
        """0 whole, 1 faults found, 2 something could not be checked."""
        return 1 if self.faults else 2 if self.unchecked else 0
