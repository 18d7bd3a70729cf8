"""
How much may change from one published set to the next, as values: `[safety]` and `[retention]`.

The keys and their defaults are declared in `schema`; what trips a limit is the business of the package `safety`.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Percentage:
    """A limit as a share of the baseline, 0 to 100."""

    value: Decimal

    def __str__(self) -> str:
        """Return the share as it is written in TOML."""
        return f"{self.value}%"


Limit = int | Percentage
"""A count, or a share."""


def allowed(limit: Limit, of: int) -> Decimal:
    """Return how many of a number a limit allows: 5% of 90 are 4.5, of which 4 pass and 5 do not."""
    return limit.value * of / 100 if isinstance(limit, Percentage) else Decimal(limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """
    How much may change; of several values for one key the one that allows less counts.

    There are several where a profile is stricter than `sdssync.toml` in another unit.
    """

    max_removed_users: tuple[Limit, ...] = ()
    max_removed_classes: tuple[Limit, ...] = ()
    max_removed_enrollments: tuple[Limit, ...] = ()
    max_removed_of_year: tuple[Limit, ...] = ()
    """Pupils of one year group."""
    max_removed_of_class: tuple[Limit, ...] = ()
    """Members of one class."""
    max_ownerless_classes: tuple[Limit, ...] = ()
    max_changed_usernames: tuple[Limit, ...] = ()
    max_changed_titles: tuple[Limit, ...] = ()
    max_added: tuple[Limit, ...] = ()

    def and_also(self, other: "Limits") -> "Limits":
        """Return the limits together with others."""
        return Limits(**{field.name: getattr(self, field.name) + getattr(other, field.name) for field in fields(self)})


LIMIT_KEYS = tuple(field.name for field in fields(Limits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerated:
    """So few never trip a gate that names them."""

    users: int = 5
    classes: int = 3
    enrollments: int = 20


@dataclass(frozen=True, slots=True, order=True)
class Freeze:
    """Days on which nothing is removed without approval."""

    first: date
    last: date
    """Included, like the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileSafety:
    """What a profile says: limits that are stricter, a longer window, further freezes."""

    limits: Limits = Limits()
    window: int | None = None
    freeze: tuple[Freeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """How much may change from one set to the next, for a school or for one profile."""

    limits: Limits
    tolerated: Tolerated
    window: int
    """Days."""
    keep_address: int
    """Days for which someone without an address keeps the last published username; 0: never."""
    freeze: tuple[Freeze, ...]

    def of(self, profile: ProfileSafety) -> "Safety":
        """Return what counts for a profile, which can only be stricter."""
        return Safety(
            limits=self.limits.and_also(profile.limits),
            tolerated=self.tolerated,
            window=max(self.window, profile.window or 0),
            keep_address=self.keep_address,
            freeze=tuple(sorted({*self.freeze, *profile.freeze})),
        )

    def freeze_on(self, day: date) -> Freeze | None:
        """Return the freeze in which a day is, if any."""
        return next((freeze for freeze in self.freeze if freeze.first <= day <= freeze.last), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long the state folder keeps what it holds, in days."""

    source_document: int
    generations: int
