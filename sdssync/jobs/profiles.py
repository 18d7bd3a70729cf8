"""List what is configured, for `sdssync profiles`."""

from datetime import date

from sdssync.config.installation import ConfiguredSchool
from sdssync.config.profile_file import ProfileFile
from sdssync.config.settings import SchoolSettings
from sdssync.publish.publications import read_publication
from sdssync.report.profiles import ConfiguredProfile, ProfileState


def list_profiles(school: ConfiguredSchool, today: date) -> tuple[ConfiguredProfile, ...]:
    """
    Return every profile of the installation, in the order of the files, as it is on that day.

    Raises:
        ConfigError: there is no profile at all.

    """
    school.require_profiles()
    return tuple(_describe(profile_file, school.settings, today) for profile_file in school.profile_files)


def _describe(profile_file: ProfileFile, settings: SchoolSettings, today: date) -> ConfiguredProfile:
    name, file, profile = profile_file.name, profile_file.displayed, profile_file.profile
    last = read_publication(settings.folders.state, name)
    published_at = last.published_at.isoformat(timespec="seconds") if last else None
    if profile is None:
        return ConfiguredProfile(name=name, file=file, state=ProfileState.WRONG, published_at=published_at)
    return ConfiguredProfile(
        name=name,
        file=file,
        format=profile.format,
        year_groups=profile.year_groups,
        output=profile.output_as_written,
        expires=profile.expires.isoformat() if profile.expires else None,
        state=ProfileState.EXPIRED if profile.has_expired(today) else ProfileState.READY,
        published_at=published_at,
    )
