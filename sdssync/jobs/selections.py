"""What each profile takes of the school: selected from once in a run, however many sets it belongs to."""

from collections.abc import Sequence

from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.isams.source import Taken
from sdssync.jobs import profile_warnings
from sdssync.log import events
from sdssync.publish.manifest import SourceFacts
from sdssync.roster.combine import Part
from sdssync.roster.enrol import Roster, enrol, enrol_as_script
from sdssync.roster.roll import Roll, call_roll
from sdssync.roster.selection import select
from sdssync.safety.kept_addresses import KeptAddresses


class Selections:
    """The parts of the sets of a run, as far as they have been asked for."""

    def __init__(self, taken: Taken, addresses: KeptAddresses, source: SourceFacts) -> None:
        self._taken = taken
        self.addresses = addresses
        """Who keeps a username."""
        self.source = source
        self.roll = call_roll(addresses.school)
        """The school with its references followed, and with the usernames that are kept."""
        self._roll_as_script: Roll | None = None
        self._parts: dict[str, Part] = {}

    def parts_of(self, profile: Profile) -> tuple[Part, ...]:
        """
        Return the parts of a profile's set, with what each of them takes.

        Raises:
            SourceError: the document lacks groups that a part wants.

        """
        return tuple(map(self._part, profile.parts))

    def _part(self, profile: Profile) -> Part:
        if profile.name not in self._parts:
            if profile.groups:
                self._taken.require(profile.groups.kinds)
            selection = select(self._roll_for(profile), profile)
            with events.bound(profile=profile.name):
                events.log().debug(
                    "profile.selected",
                    pupils=len(selection.pupils),
                    sets=len(selection.teaching_sets),
                    extra_teachers=len(selection.extra_teachers),
                )
                profile_warnings.warn_of_unknowns(selection, profile)
            self._parts[profile.name] = Part(profile=profile, selection=selection)
        return self._parts[profile.name]

    def _roll_for(self, profile: Profile) -> Roll:
        """Return the school as the profile reads it: a parity profile reads it as iSAMS-SDS.ps1 does."""
        as_script = self._taken.reading.as_script
        if not profile.parity or as_script is self.addresses.school:
            return self.roll
        if self._roll_as_script is None:
            self._roll_as_script = call_roll(as_script)
        return self._roll_as_script


def enrol_parts(parts: Sequence[Part], profile: Profile, identity: SchoolIdentity) -> Roster:
    """Return the rows that the profile asks for: those for SDS, or with `parity` those of iSAMS-SDS.ps1."""
    if profile.parity:
        return enrol_as_script(parts[0])
    return enrol(parts, include_names=identity.include_names)
