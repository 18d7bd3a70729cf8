"""What a notification says to a person."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from sdssync.errors import ExitCode
from sdssync.publish.status import HeldStatus, LastRun, ProfileStatus, Status
from sdssync.report.notification import message_lines, subject

TIME = datetime(2026, 11, 30, 3, 12, tzinfo=UTC)
HELD = HeldStatus(plan_id="3f9c0a1b22d4", since=TIME, until=date(2026, 12, 7), gates=("users",))


def test_a_message() -> None:
    """It has the school, the time on the server's clock, each profile, and the commands that help."""
    status = Status(
        last_run=LastRun(run_id="ea33", finished_at=TIME, exit_code=ExitCode.HELD),
        profiles=(
            ProfileStatus(
                profile="Seniors and Co", outcome="held", exit_code=ExitCode.HELD, finished_at=TIME, held=HELD
            ),
            ProfileStatus(
                profile="Prep", outcome="held", exit_code=ExitCode.HELD, finished_at=TIME, held=HELD, pinned=True
            ),
            ProfileStatus(profile="Juniors", outcome="published", exit_code=ExitCode.DONE, finished_at=TIME),
        ),
    )
    now = datetime(2026, 11, 30, 8, tzinfo=timezone(timedelta(hours=1)))

    assert list(message_lines("MySchool", subject(ExitCode.HELD), status, now)) == [
        "MySchool: code 4, a safety gate holds a set, which waits for approval.",
        "",
        "Last run: 2026-11-30 04:12, code 4, run_id ea33 in the log.",
        "Seniors and Co: held at its last run (code 4).",
        '  Its new set is held until 2026-12-07. Look: sdssync plan "Seniors and Co"',
        '  If it is right: sdssync approve "Seniors and Co" 3f9c0a1b22d4',
        "Prep: held at its last run (code 4).",
        "  It was restored: runs hold it until sdssync release Prep",
        "Juniors: published at its last run (code 0).",
        "",
        "The log says why, and what to do; `sdssync status` shows the same as this message.",
    ]


def test_a_message_without_settings() -> None:
    """A run that had no settings has no name of a school and knows no profile."""
    lines = list(message_lines("", subject(ExitCode.USAGE), Status(), TIME))

    assert lines[0] == "code 2, the settings or a profile have mistakes."


@pytest.mark.parametrize("code", sorted(set(ExitCode) - {ExitCode.PENDING}))
def test_subjects_fit_a_line(code: ExitCode) -> None:
    """Each code has its words, so few that the header of a mail is not folded."""
    assert len(f"Subject: sdssync: {subject(code)}") <= 78
    assert "see the log" not in subject(code)
