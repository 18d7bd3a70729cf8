"""
What the SDS pages say about files and columns, as data: which exist, which are needed, what they hold.

Read from "SDS V2.1 CSV file format" (current) and, for V2, whose page shows its tables as pictures, from Microsoft's
sample set and the exporters of that time. No checking happens here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from graphlib import TopologicalSorter

from sdssync.sds.data_types import (
    BOOLEAN,
    CLASS_ROLE,
    DATE,
    EMAIL,
    ETHNICITY,
    FLAG,
    GRADE,
    ORG_ROLE,
    ORG_TYPE,
    PHONE,
    RACE,
    RELATIONSHIP,
    SESSION_TYPE,
    SEX,
    STRING,
    SUBJECT,
    UNIQUE_ID,
    V2_CLASS_ROLE,
    V2_USER_ROLE,
    YEAR,
    DataType,
    refers_to,
    several,
)
from sdssync.sds.formats import SdsFormat


class Required(Enum):
    """The "Required?" of a column."""

    YES = "yes"
    INFERRED = "yes (inferred)"
    """No page says so, but the row means nothing without it; a value off its list is dropped, not the row."""
    CREATING = "only when SDS creates users"
    NO = "no"

    @property
    def always(self) -> bool:
        """Return True if every file must have the header and every row a value."""
        return self in (Required.YES, Required.INFERRED)


class Needed(Enum):
    """When a file must be in the set."""

    ALWAYS = "always"
    TOGETHER = "classes and enrollments together, or neither"
    OPTIONAL = "optional"


YES, INFERRED, CREATING, NO = Required.YES, Required.INFERRED, Required.CREATING, Required.NO
ALWAYS, TOGETHER, OPTIONAL = Needed.ALWAYS, Needed.TOGETHER, Needed.OPTIONAL


@dataclass(frozen=True, slots=True)
class Column:
    """One line of a table: Field, Required?, Example, Data type."""

    name: str
    required: Required
    example: str
    data_type: DataType


@dataclass(frozen=True, slots=True)
class File:
    """One file; where there is no sourcedId, `key` distinguishes one row from another."""

    name: str
    needed: Needed
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()

    @property
    def has_ids(self) -> bool:
        """Return True if its rows define sourcedIds that others refer to."""
        return self.columns[0].name == "sourcedId"

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the files that its columns refer to, each once, without itself."""
        names = (column.data_type.refers_to for column in self.columns)
        return tuple(dict.fromkeys(name for name in names if name and name != self.name))

    def column(self, name: str) -> Column | None:
        """Return the column of exactly this name, or None."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Format:
    """All files of a format, in the order of its page."""

    name: SdsFormat
    files: tuple[File, ...]

    def file(self, name: str) -> File | None:
        """Return the file of exactly this name, or None."""
        return next((file for file in self.files if file.name == name), None)

    def reading_order(self) -> tuple[File, ...]:
        """Return the files so that each comes after those it refers to."""
        order = TopologicalSorter({file.name: file.targets for file in self.files}).static_order()
        by_name = {file.name: file for file in self.files}
        return tuple(by_name[name] for name in order)


ORGS, USERS, ROLES, CLASSES, ENROLLMENTS = "orgs.csv", "users.csv", "roles.csv", "classes.csv", "enrollments.csv"
SESSIONS, COURSES = "academicSessions.csv", "courses.csv"
DEMOGRAPHICS, USER_FLAGS, RELATIONSHIPS = "demographics.csv", "userFlags.csv", "relationships.csv"

# A table is read by column.
# fmt: off
V2 = Format(SdsFormat.V2, (
    File(ORGS, ALWAYS, (
        #      Field              Required? Example                   Data type
        Column("sourcedId",       YES,      "10001",                  UNIQUE_ID),
        Column("name",            YES,      "College of Engineering", STRING),
        Column("type",            YES,      "college",                ORG_TYPE),
        Column("parentSourcedId", NO,       "10000",                  refers_to(ORGS)),
    )),
    File(USERS, ALWAYS, (
        Column("sourcedId",       YES,      "14001",                  UNIQUE_ID),
        Column("orgSourcedIds",   YES,      "10001",                  several(refers_to(ORGS))),
        Column("givenName",       CREATING, "Craig",                  STRING),
        Column("familyName",      CREATING, "Beane",                  STRING),
        Column("username",        YES,      "cbeane@domain.com",      STRING),
        Column("password",        NO,       "",                       STRING),
        Column("role",            YES,      "student",                V2_USER_ROLE),
        Column("grade",           NO,       "10",                     GRADE),
    )),
    File(CLASSES, ALWAYS, (
        Column("sourcedId",       YES,      "12001",                  UNIQUE_ID),
        Column("orgSourcedId",    YES,      "10001",                  refers_to(ORGS)),
        Column("title",           YES,      "Biology 10",             STRING),
    )),
    File(ENROLLMENTS, ALWAYS, (
        Column("classSourcedId",  YES,      "12001",                  refers_to(CLASSES)),
        Column("userSourcedId",   YES,      "14001",                  refers_to(USERS)),
        Column("role",            YES,      "student",                V2_CLASS_ROLE),
    ), key=("classSourcedId", "userSourcedId")),
))

V21 = Format(SdsFormat.V21, (
    File(ORGS, ALWAYS, (
        #      Field                        Required? Example                      Data type
        Column("sourcedId",                 YES,      "10001",                     UNIQUE_ID),
        Column("name",                      YES,      "College of Engineering",    STRING),
        Column("type",                      YES,      "college",                   ORG_TYPE),
        Column("parentSourcedId",           NO,       "10000",                     refers_to(ORGS)),
    )),
    File(USERS, ALWAYS, (
        Column("sourcedId",                 YES,      "14001",                     UNIQUE_ID),
        Column("username",                  YES,      "cbeane@domain.com",         STRING),
        Column("familyName",                CREATING, "Beane",                     STRING),
        Column("givenName",                 CREATING, "Craig",                     STRING),
        Column("password",                  NO,       "",                          STRING),
        Column("activeDirectoryMatchId",    NO,       "craig.beane@domain.com",    STRING),
        Column("email",                     NO,       "cbeane@domain.com",         EMAIL),
        Column("phone",                     NO,       "+11234567890",              PHONE),
        Column("sms",                       NO,       "+11234567890",              PHONE),
        Column("userNumber",                NO,       "4711",                      STRING),
    )),
    File(ROLES, ALWAYS, (
        Column("userSourcedId",             YES,      "14001",                     refers_to(USERS)),
        Column("orgSourcedId",              YES,      "10001",                     refers_to(ORGS)),
        Column("role",                      YES,      "student",                   ORG_ROLE),
        Column("sessionSourcedId",          NO,       "SY2021K12",                 refers_to(SESSIONS)),
        Column("grade",                     NO,       "10",                        GRADE),
        Column("isPrimary",                 NO,       "TRUE",                      BOOLEAN),
        Column("roleStartDate",             NO,       "2021-08-24",                DATE),
        Column("roleEndDate",               NO,       "2022-06-11",                DATE),
    ), key=("userSourcedId", "orgSourcedId", "role", "sessionSourcedId", "grade")),
    File(CLASSES, TOGETHER, (
        Column("sourcedId",                 YES,      "12001",                     UNIQUE_ID),
        Column("orgSourcedId",              YES,      "10001",                     refers_to(ORGS)),
        Column("title",                     YES,      "Biology 10",                STRING),
        Column("sessionSourcedIds",         NO,       "SY2021K12",                 several(refers_to(SESSIONS))),
        Column("courseSourcedId",           NO,       "C12001",                    refers_to(COURSES)),
        Column("code",                      NO,       "BIO10",                     STRING),
    )),
    File(ENROLLMENTS, TOGETHER, (
        Column("classSourcedId",            YES,      "12001",                     refers_to(CLASSES)),
        Column("userSourcedId",             YES,      "14001",                     refers_to(USERS)),
        Column("role",                      YES,      "student",                   CLASS_ROLE),
    ), key=("classSourcedId", "userSourcedId")),
    File(SESSIONS, OPTIONAL, (
        Column("sourcedId",                 YES,      "SY2021K12",                 UNIQUE_ID),
        Column("title",                     YES,      "2021 School Year",          STRING),
        Column("type",                      YES,      "schoolYear",                SESSION_TYPE),
        Column("schoolYear",                YES,      "2021",                      YEAR),
        Column("startDate",                 YES,      "2021-08-24",                DATE),
        Column("endDate",                   YES,      "2022-06-11",                DATE),
    )),
    File(COURSES, OPTIONAL, (
        Column("sourcedId",                 YES,      "C12001",                    UNIQUE_ID),
        Column("orgSourcedId",              YES,      "10001",                     refers_to(ORGS)),
        Column("title",                     YES,      "Computer Science 101",      STRING),
        Column("code",                      NO,       "CS101",                     STRING),
        Column("schoolYearSourcedId",       NO,       "SY2021K12",                 refers_to(SESSIONS)),
        Column("subject",                   NO,       "10",                        SUBJECT),
        Column("grade",                     NO,       "10",                        several(GRADE)),
    )),
    File(DEMOGRAPHICS, OPTIONAL, (
        Column("userSourcedId",             YES,      "14001",                     refers_to(USERS)),
        Column("sex",                       NO,       "male",                      SEX),
        Column("birthDate",                 NO,       "2001-07-02",                DATE),
        Column("birthCity",                 NO,       "Woodenville",               STRING),
        Column("birthState",                NO,       "WA",                        STRING),
        Column("birthCountry",              NO,       "USA",                       STRING),
        Column("ethnicityCodes",            NO,       "hispanicOrLatinoEthnicity", several(ETHNICITY)),
        Column("raceCodes",                 NO,       "asian",                     several(RACE)),
    )),
    File(USER_FLAGS, OPTIONAL, (
        Column("userSourcedId",             YES,      "14001",                     refers_to(USERS)),
        Column("flag",                      INFERRED, "iep",                       FLAG),
    )),
    File(RELATIONSHIPS, OPTIONAL, (
        Column("userSourcedId",             YES,      "14001",                     refers_to(USERS)),
        Column("relationshipUserSourcedId", YES,      "14002",                     refers_to(USERS)),
        Column("relationshipRole",          YES,      "guardian",                  RELATIONSHIP),
    ), key=("userSourcedId", "relationshipUserSourcedId", "relationshipRole")),
))
# fmt: on

FORMATS: Mapping[SdsFormat, Format] = {V2.name: V2, V21.name: V21}
