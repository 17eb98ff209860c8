"""What the demo tells, and the exit code that comes of it."""

from pathlib import Path

from desk.demo.report import Report


def test_one_check_that_does_not_hold_fails_the_run(tmp_path: Path) -> None:
    said: list[str] = []
    report = Report(tmp_path / "steps.txt", said.append)
    report.step("begun")
    assert report.check([1], "this holds")
    assert not report.check(None, "this does not", "seen: 3")
    assert report.close() == 1
    assert "✗ this does not  [seen: 3]" in said[2]
    assert (tmp_path / "steps.txt").read_text(encoding="utf-8").splitlines() == said


def test_a_run_of_which_all_holds_is_0(tmp_path: Path) -> None:
    report = Report(tmp_path / "steps.txt", lambda _line: None)
    report.check(True, "this holds")
    assert report.close() == 0
