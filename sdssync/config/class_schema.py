"""The tables of a profile about its classes, as pydantic models; `schema` puts them into the profile."""

from pydantic import Field

from sdssync.config.fields import (
    Day,
    GroupPattern,
    Houses,
    MergedSets,
    MergePattern,
    Owners,
    SomeCount,
    Texts,
)
from sdssync.config.section import UNIQUE, Section


class MergeSection(Section):
    """Teaching sets that are one class, because they are taught together."""

    sets: MergedSets = Field(
        json_schema_extra={"minItems": 2}, description='Codes of sets, or ids like "id:123"; at least two.'
    )
    title: MergePattern | None = Field(default=None, description="The title; default: the sets, and the suffix.")
    id: MergePattern = Field(description="The sourcedId of the class.")


class ClassesSection(Section):
    """Which teaching sets make classes, and who is in them."""

    exclude: Texts | None = Field(
        default=None, json_schema_extra=UNIQUE, description="Codes of sets that make no class; * and ? are wildcards."
    )
    include: Texts | None = Field(
        default=None, json_schema_extra=UNIQUE, description="Codes of the only sets that do; * and ? are wildcards."
    )
    min_pupils: SomeCount = Field(default=1, description="A class with fewer pupils is left out.")
    owners: Owners = Field(default="all", description="All teachers of a set, or its primary teachers.")
    pupils_from: Day | None = Field(default=None, description="The day from which new classes have their pupils.")
    merge: list[MergeSection] | None = Field(
        default=None, min_length=1, description="Sets that are taught together are one class."
    )


class GroupsSection(Section):
    """Classes that are no teaching sets; iSAMS has to send each kind."""

    forms: bool = Field(default=False, description="A class for each form, with its tutors.")
    houses: Houses | None = Field(
        default=None, json_schema_extra=UNIQUE, description="A class for each house of these kinds, with its staff."
    )
    year_groups: bool = Field(default=False, description="A class for each year, with its tutor.")
    title: GroupPattern = Field(default="{group_name}{suffix}", description="The title of such a class.")
    class_id: GroupPattern = Field(default="{group_kind}-{group_id}{suffix}", description="Its sourcedId.")
