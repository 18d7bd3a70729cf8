"""List what is configured, for `sdssync profiles`."""

from datetime import date

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile_file import ProfileFile
from sdssync.publish.status import ProfileStatus, Status, read_status
from sdssync.report.profiles import ConfiguredProfile, LastOutcome, ProfileState


def list_profiles(school: ConfiguredSchool, today: date) -> tuple[ConfiguredProfile, ...]:
    """
    Return every profile of the installation, in the order of the files, as it is on that day.

    Raises:
        ConfigError: there is no profile at all.
        OutputError: the state folder cannot be read.

    """
    school.require_profiles()
    status = read_status(school.settings.folders.state)
    return tuple(_describe(profile_file, status, today) for profile_file in school.profile_files)


def _describe(profile_file: ProfileFile, status: Status, today: date) -> ConfiguredProfile:
    name, file, profile = profile_file.name, profile_file.displayed, profile_file.profile
    known = status.of(name)
    published_at = known.published.published_at.isoformat(timespec="seconds") if known and known.published else None
    last = _last(known)
    if profile is None:
        return ConfiguredProfile(
            name=name,
            file=file,
            combine=profile_file.combine or None,
            state=ProfileState.WRONG,
            published_at=published_at,
            last=last,
        )
    return ConfiguredProfile(
        name=name,
        file=file,
        format=profile.format,
        year_groups=profile.year_groups,
        output=profile.output_as_written or None,
        combine=tuple(part.name for part in profile.combined) or None,
        expires=profile.expires.isoformat() if profile.expires else None,
        state=ProfileState.EXPIRED if profile.has_expired(today) else ProfileState.READY,
        published_at=published_at,
        last=last,
    )


def _last(status: ProfileStatus | None) -> LastOutcome | None:
    if status is None:
        return None
    finished_at = status.finished_at.isoformat(timespec="seconds")
    return LastOutcome(outcome=status.outcome, exit_code=status.exit_code, finished_at=finished_at)
