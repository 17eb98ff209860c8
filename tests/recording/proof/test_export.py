"""Plain audio out of a sealed recording: each form plays, both sides stay where they were, the caller is not named."""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import av
import numpy as np
import numpy.typing as npt
import pytest

from desk.domain.evidence import SoundForm, SoundOrder
from desk.domain.identity import CallId
from desk.recording.proof.export import SoundFiles
from desk.usecases.recording_ports import Cancelled, StreamBroken
from tests.recording.proof.evidence import opener_of, recording_of
from tests.recording.proof.sealed import SealedVault, audio_file, call_id


def heard(file: Path) -> npt.NDArray[np.float32]:
    """Shape (channels, samples), 16 kHz."""
    with av.open(str(file), "r") as container:
        layout = container.streams.audio[0].layout
        resampler = av.AudioResampler(
            format="fltp", layout="mono" if layout.nb_channels == 1 else "stereo", rate=16_000
        )
        frames = [ready for frame in container.decode(audio=0) for ready in resampler.resample(frame)]
        frames += resampler.resample(None)
    return np.concatenate([frame.to_ndarray() for frame in frames], axis=1).astype(np.float32)


def loud(side: npt.NDArray[np.float32], from_s: float, until_s: float) -> float:
    return float(side[int(from_s * 16_000) : int(until_s * 16_000)].std())


def exported(vault: SealedVault, stem: str, order: SoundOrder, target: Path) -> list[float]:
    shares: list[float] = []
    with_audio = opener_of(vault).open(recording_of(vault, stem))
    SoundFiles().write(with_audio, CallId(call_id(1)), order, target, shares.append)
    with_audio.close()
    return shares


@pytest.mark.parametrize("codec", ["opus", "flac"])
@pytest.mark.parametrize("form", SoundForm)
def test_sides_stay_apart(vault: SealedVault, codec: Literal["opus", "flac"], form: SoundForm, tmp_path: Path) -> None:
    target = tmp_path / f"call.{form.value}"
    shares = exported(vault, vault.add(1, seconds=4.0, codec=codec), SoundOrder(form), target)
    left, right = heard(target)
    assert abs(len(left) / 16_000 - 4) < 0.1
    assert loud(left, 0.2, 1.8) > 20 * loud(right, 0.2, 1.8)
    assert loud(right, 2.2, 3.8) > 20 * loud(left, 2.2, 3.8)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("form", SoundForm)
def test_mixed_has_both_in_one(vault: SealedVault, form: SoundForm, tmp_path: Path) -> None:
    target = tmp_path / f"call.{form.value}"
    exported(vault, vault.add(1, seconds=4.0), SoundOrder(form, mixed=True), target)
    (both,) = heard(target)
    assert loud(both, 0.2, 1.8) > 0.1
    assert loud(both, 2.2, 3.8) > 0.1


@pytest.mark.parametrize("form", SoundForm)
def test_file_names_the_call_and_not_the_caller(vault: SealedVault, form: SoundForm, tmp_path: Path) -> None:
    target = tmp_path / f"call.{form.value}"
    exported(vault, vault.add(1), SoundOrder(form), target)
    content = target.read_bytes()
    assert call_id(1).encode() in content
    for secret in (b"13800138000", b"DESK_MANIFEST", b"DESK_PEAKS"):
        assert secret not in content
    assert target.stat().st_mode & 0o077 == 0


def test_cancelled_export_leaves_nothing(vault: SealedVault, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()

    def stop(share: float) -> None:
        if share > 0.2:
            raise Cancelled

    audio = opener_of(vault).open(recording_of(vault, vault.add(1, seconds=4.0)))
    with pytest.raises(Cancelled):
        SoundFiles().write(audio, CallId(call_id(1)), SoundOrder(SoundForm.MP3), folder / "x.mp3", stop)
    audio.close()
    assert list(folder.iterdir()) == []


def test_damaged_recording_is_no_half_export(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()

    class Broken(io.BytesIO):
        size = loaded = 9_000

    with pytest.raises(StreamBroken):
        SoundFiles().write(Broken(bytes(9_000)), CallId("c"), SoundOrder(SoundForm.WAV), folder / "x.wav", print)
    assert list(folder.iterdir()) == []


def test_full_disk_is_an_error_of_the_disk_and_leaves_nothing(tmp_path: Path) -> None:
    """As a limit on the size of files, in a process of its own, which a full disk looks like to who writes."""
    (tmp_path / "plain").write_bytes(audio_file(1, 4.0, "opus"))
    program = f"""
import io, resource, signal, sys
from pathlib import Path
from desk.domain.evidence import SoundForm, SoundOrder
from desk.recording.proof.export import SoundFiles
class Whole(io.BytesIO):
    size = loaded = 1
audio = Whole(Path({str(tmp_path / "plain")!r}).read_bytes())
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
try:
    SoundFiles().write(audio, "c", SoundOrder(SoundForm.WAV), Path(sys.argv[1]) / "x.wav", lambda share: None)
except OSError as error:
    print("disk", error.errno)
"""
    folder = tmp_path / "out"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=Path.cwd(),
    )
    assert done.stdout.startswith("disk"), done.stderr[-2000:]
    assert list(folder.iterdir()) == []


def test_read_only_folder_is_an_error_of_the_disk(vault: SealedVault, tmp_path: Path) -> None:
    target = tmp_path / "no such folder" / "x.wav" if os.geteuid() == 0 else tmp_path / "locked" / "x.wav"
    if os.geteuid():
        target.parent.mkdir(mode=0o500)
    with pytest.raises(OSError, match="x"):
        exported(vault, vault.add(1), SoundOrder(SoundForm.WAV), target)
