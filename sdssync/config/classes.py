"""What a profile says about its classes: which sets make them, who is in them, and which groups make others."""

from dataclasses import dataclass
from datetime import date

from sdssync.config.template import Template
from sdssync.school import GroupKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Teaching sets that are taught together and make one class."""

    sets: tuple[str, ...]
    """At least two, as written: codes, which are compared without regard to case, or ids like `id:123`."""
    title: Template
    """With `{suffix}` only, like the id."""
    id: Template


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassTables:
    """What `[classes]` says; by default every teaching set makes a class."""

    exclude: tuple[str, ...] = ()
    """Patterns of codes as written, `*` and `?` are wildcards."""
    include: tuple[str, ...] | None = None
    """None: all."""
    min_pupils: int = 1
    """A class with fewer is left out."""
    primary_owners: bool = False
    """Only the primary teachers of a set are in its class."""
    pupils_from: date | None = None
    """Before this day new classes get their teachers only; None: they get everyone."""
    merges: tuple[Merge, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTables:
    """What `[groups]` says."""

    kinds: frozenset[GroupKind]
    """The groups that make classes."""
    title: Template
    """With the placeholders of a group, like the id."""
    class_id: Template
