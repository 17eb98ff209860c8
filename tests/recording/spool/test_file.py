"""A file of the spool on a disk that takes what it likes: what is in the file stands where it belongs, what is not is
told, and channels never change sides."""

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.domain.troubles import Trouble
from desk.recording.spool.file import SpoolFile, trouble_of

FRAME, KEEP = 4, 40


class MoodyDisk:
    """A file that takes so many bytes of each write as `moods` says next; 0 = it is full."""

    def __init__(self, moods: list[int]) -> None:
        self.moods = moods
        self.content = bytearray()
        self._at = 0

    def seek(self, offset: int, /) -> int:
        self._at = offset
        return offset

    def write(self, data: bytes | bytearray, /) -> int:
        taken = min(self.moods.pop(0) if self.moods else 10**9, len(data))
        if taken == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.content = self.content.ljust(self._at, b"\0")
        self.content[self._at : self._at + taken] = data[:taken]
        self._at += taken
        return taken

    def truncate(self, size: int, /) -> int:
        raise AssertionError("nothing is reserved here")

    def fileno(self) -> int:
        raise AssertionError("not synced here")

    def close(self) -> None:
        pass


@given(
    st.lists(st.integers(0, 9), max_size=60),
    st.lists(st.integers(0, 12).map(lambda frames: frames * FRAME), max_size=25),
)
def test_what_the_disk_took_stands_in_its_place_and_the_rest_is_told(moods: list[int], sizes: list[int]) -> None:
    disk = MoodyDisk(list(moods))
    file = SpoolFile(Path("none"), KEEP, FRAME, open_file=lambda _path: disk)
    everything = bytearray()
    for size in sizes:
        part = bytes((len(everything) + place) % 255 + 1 for place in range(size))
        everything += part
        file.add(part)
        try:
            file.write()
        except OSError:
            assert file.waiting_bytes <= KEEP
    disk.moods.clear()
    file.write()
    expected = bytearray(everything)
    for start, end in file.take_given_up():
        assert end % FRAME == 0
        # Bytes of a frame that the disk took before it refused the rest may be there or not.
        assert (end - start) > 0
        expected[start:end] = bytes(end - start)
    assert disk.content == expected
    assert file.take_given_up() == []


def test_a_manifest_gives_nothing_up_however_long_the_disk_is_full() -> None:
    disk = MoodyDisk([3] + [0] * 50)
    file = SpoolFile(Path("none"), open_file=lambda _path: disk)
    for number in range(50):
        file.add(f"line {number}\n".encode())
        with pytest.raises(OSError, match="No space"):
            file.write()
    disk.moods.clear()
    file.write()
    assert disk.content.decode().splitlines() == [f"line {number}" for number in range(50)]
    assert file.take_given_up() == []


def test_an_existing_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(b"somebody's")
    file = SpoolFile(tmp_path / "there")
    file.add(b"mine")
    with pytest.raises(FileExistsError):
        file.write()
    assert (tmp_path / "there").read_bytes() == b"somebody's"


@pytest.mark.parametrize(
    ("number", "trouble"),
    [
        (errno.ENOSPC, Trouble.SPOOL_FULL),
        (errno.EDQUOT, Trouble.SPOOL_FULL),
        (errno.EFBIG, Trouble.SPOOL_FULL),
        (errno.EACCES, Trouble.SPOOL_UNWRITABLE),
        (errno.EROFS, Trouble.SPOOL_UNWRITABLE),
        (errno.EIO, Trouble.SPOOL_UNWRITABLE),
    ],
)
def test_what_the_system_says_becomes_a_trouble_with_a_name(number: int, trouble: Trouble) -> None:
    assert trouble_of(OSError(number, "")) is trouble
