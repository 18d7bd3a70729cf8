"""A class that a CSV set could have."""

from dataclasses import dataclass

from sdssync.config.profile import Profile
from sdssync.roster.sources import ClassKind, Source


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandidateClass:
    """A class that would have a row."""

    id: str
    title: str
    part: Profile
    """The profile that makes it, with its titles and ids."""
    made_of: Source
    owners: tuple[str, ...]
    """Staff ids of what it is made of."""
    extra: tuple[str, ...]
    """User ids of the extra teachers."""
    is_repeated: bool = False
    """An earlier record of iSAMS has the same id: iSAMS-SDS.ps1 has no row for this one."""
    also_of: tuple[Profile, ...] = ()
    """The other parts of the set that make the same class of a group."""

    @property
    def teachers(self) -> tuple[str, ...]:
        """Return the user ids of its teachers, of one set as often as iSAMS-SDS.ps1 writes them."""
        teachers = (*self.owners, *self.extra)
        return teachers if self.made_of.kind is ClassKind.SET else tuple(dict.fromkeys(teachers))

    @property
    def min_pupils(self) -> int:
        """Return how many pupils it needs: of parts that make it together the one that needs fewest makes it."""
        return min(part.classes.min_pupils for part in (self.part, *self.also_of))
