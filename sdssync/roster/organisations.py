"""The organisations of a set: the school, those of its parts below it, and who and what belongs to which."""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

from sdssync.config.profile import Org, Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.roster.combine import Origins
from sdssync.roster.users import User


@dataclass(frozen=True, kw_only=True)
class Organisations:
    """The organisations of a set, in the order of their rows: the school first, then by sourcedId."""

    school: SchoolIdentity
    below: tuple[Org, ...]
    origins: Origins

    @classmethod
    def of(cls, origins: Origins, school: SchoolIdentity) -> Self:
        """Return the organisations of a set."""
        return cls(school=school, below=origins.orgs, origins=origins)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {org_id: number for number, org_id in enumerate((self.school.id, *(org.id for org in self.below)))}

    def of_part(self, part: Profile) -> str:
        """Return the sourcedId of the organisation of a part."""
        return part.org.id if part.org else self.school.id

    def of_user(self, user: User) -> tuple[str, ...]:
        """Return the sourcedIds of the organisations of a user, in the order of their rows."""
        ids = {self.of_part(part) for part in self.origins.of(user.person)}
        return tuple(ids) if len(ids) == 1 else tuple(sorted(ids, key=self._positions.__getitem__))
