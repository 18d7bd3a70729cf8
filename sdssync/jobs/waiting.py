"""Hold pupils back before the day of `pupils_from`, as far as their classes have no pupil in what is published."""

from datetime import date

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolSettings
from sdssync.publish.generations import Generations
from sdssync.publish.os_errors import reading
from sdssync.roster.enrol import Roster
from sdssync.roster.waiting import hold_pupils
from sdssync.safety.baselines import find_baselines
from sdssync.safety.csv_set import attended, read_set


def hold_waiting_pupils(roster: Roster, profile: Profile, settings: SchoolSettings, day: date) -> Roster:
    """
    Return the rows of a set without the pupils who wait on this day; most profiles have no such day.

    Raises:
        OutputError: the published set cannot be read.

    """
    parts = frozenset(part.name for part in profile.parts if part.awaits_pupils(day))
    if not parts:
        return roster
    generations = Generations.of(settings.folders.state, profile.name)
    folder = find_baselines(generations, profile.folder, day, settings.safety.of(profile.safety).window).newest
    with reading(profile.folder):
        return hold_pupils(roster, parts, attended(read_set(folder)) if folder else ())
