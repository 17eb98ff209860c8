"""`make bench ONLY=phone`: the telephone by itself. How its figures are made stands in tests/bench/README.md."""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from desk.demo.keyring_session import keyring_session
from desk.demo.virtual_headset import virtual_headset
from tests.bench import phone_cost, phone_delays
from tests.bench.audio import EXACT_MS, _keep_beat
from tests.bench.audio_devices import without_latency
from tests.bench.figures import Figure, percentile
from tests.bench.phone_cost import Cost


def measure(say: Callable[[str], None], quick: bool = False, keep: Path | None = None) -> list[Figure]:
    """About four minutes; `quick`: one, to try it, not to quote."""
    with ExitStack() as stack:
        folder = keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="desk-bench-phone-")))
        say("INVITE to 180, both cores busy")
        rings = phone_delays.ringing_ms(folder / "ringing", 30 if quick else 300)
        say("the registrar gone and back")
        again = phone_delays.registered_again_s(folder / "registrar", 1 if quick else 5)
        headset = stack.enter_context(virtual_headset(folder / "headset"))
        _keep_beat()
        say("answer and hold")
        talks = phone_delays.Talks(headset, folder / "talks")
        answers, resumes = talks.after_answer_and_hold_ms(3 if quick else 20)
        say("the headset out and in")
        replugs = talks.after_replug_ms(1 if quick else 5)
        say("beside baresip and linphonec")
        secrets = stack.enter_context(keyring_session(folder / "keyring"))
        env = {**without_latency(headset.env), **secrets, "QT_QPA_PLATFORM": "offscreen"}
        desk, tuned, linphone = phone_cost.measure(headset, env, 5 if quick else 30, folder / "cost")
    return [
        Figure("phone.invite_to_180_p95_ms", percentile(rings, 0.95), "ms", "<= 5"),
        Figure("phone.invite_to_180_median_ms", percentile(rings, 0.5), "ms"),
        Figure("phone.answer_to_two_way_audio_p95_ms", percentile(answers, 0.95), "ms", "<= 100"),
        Figure("phone.hold_to_resume_p95_ms", percentile(resumes, 0.95), "ms", "<= 100"),
        Figure("phone.headset_replug_to_audio_max_s", max(replugs) / 1000, "s", "<= 2"),
        Figure("phone.registrar_back_to_registered_max_s", max(again), "s", "<= 10"),
        *_beside(desk, tuned, linphone),
    ]


def _beside(desk: Cost, tuned: Cost, linphone: Cost | None) -> list[Figure]:
    limit = f"<= {tuned.call.delay_ms + EXACT_MS:.1f}"
    found = [
        Figure("phone.own_part_mouth_to_ear_ms", desk.call.delay_ms, "ms", limit, tuned.call.delay_ms),
        Figure("phone.cpu_s_per_call_minute", desk.call.cpu_s_per_min, "s", "", tuned.call.cpu_s_per_min),
        Figure("phone.memory_mb_in_a_call", desk.memory_mb, "MB", "", tuned.memory_mb),
    ]
    if linphone is None:
        print("linphonec does not run here: no figures of it", file=sys.stderr)
        return found
    return [
        *found,
        Figure("phone.own_part_of_linphonec_ms", linphone.call.delay_ms, "ms"),
        Figure("phone.cpu_s_per_call_minute_of_linphonec", linphone.call.cpu_s_per_min, "s"),
        Figure("phone.memory_mb_of_linphonec", linphone.memory_mb, "MB"),
    ]
