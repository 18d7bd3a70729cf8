"""How the profiles of a run ended, as far as they have: whatever goes wrong with one becomes its outcome."""

from collections.abc import Iterator
from contextlib import contextmanager

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile import Profile
from sdssync.errors import ExitCode, SdsSyncError
from sdssync.log import events, outcomes
from sdssync.report.outcome import SOURCE_FAILED, Outcome, ProfileResult


class Results:
    """How the profiles ended, as far as they have."""

    def __init__(self) -> None:
        self._results: list[ProfileResult] = []

    def __contains__(self, profile: Profile) -> bool:
        """Return True if the profile has ended."""
        return any(result.profile == profile.name for result in self._results)

    def add(self, result: ProfileResult) -> None:
        """Note how a profile ended."""
        self._results.append(result)

    def fail(self, profile: Profile, error: SdsSyncError) -> None:
        """Log why a profile failed and note it."""
        outcomes.failed("profile.failed", error, profile=profile.name)
        self.add(ProfileResult.of(profile, Outcome.FAILED, error.exit_code, why=str(error)))

    def fail_without_source(self, profile: Profile, error: SdsSyncError) -> None:
        """Note that a profile failed for want of a document; the event `source.failed` has said why, once for all."""
        events.log().error(
            "profile.failed",
            profile=profile.name,
            reason="source",
            error=SOURCE_FAILED,
            exit_code=int(error.exit_code),
        )
        self.add(ProfileResult.of(profile, Outcome.FAILED, error.exit_code, why=SOURCE_FAILED))

    @contextmanager
    def attempt(self, profile: Profile) -> Iterator[None]:
        """Name the profile in each event of the block; whatever goes wrong in the block is how the profile ended."""
        with events.bound(profile=profile.name):
            try:
                yield
            except SdsSyncError as error:
                self.fail(profile, error)
            except Exception as error:  # noqa: BLE001  (a bug met by one profile must not stop the others)
                outcomes.crashed("profile.failed", error)
                self.add(ProfileResult.of(profile, Outcome.FAILED, ExitCode.BUG, why="a bug in sdssync, see the log"))

    def in_order(self, school: ConfiguredSchool) -> tuple[ProfileResult, ...]:
        """Return the results in the order of the profiles' files."""
        positions = {file.name: position for position, file in enumerate(school.profile_files)}
        return tuple(sorted(self._results, key=lambda result: positions[result.profile]))
