"""
The bad nights: what has made, or would make, a set that drops people, each with what must come of it.

Every night begins with the demo without its combined profile and without classes of forms, published once. Then one
thing changes, in the document or in the files of the installation, and `run-all` runs again. Prep has 80 users, 7
classes and 83 enrollments, Seniors 90, 98 and 1,016; 76 of the users of each are pupils. What is expected follows from
section 6 of the contract with the defaults of `[safety]`; the figures are users, classes and enrollments of the
published set that the new one lacks.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.support.night_changes import (
    CACHED,
    DOCUMENT,
    PUPILS,
    SET_LISTS,
    SET_TEACHERS,
    SETS,
    STAFF,
    SUBJECTS,
    Choice,
    DocumentChange,
    FileChange,
    Root,
    aged,
    all_of,
    append,
    both,
    but,
    every,
    everyone,
    in_document,
    in_years,
    lose,
    nothing,
    remove,
    rename,
    replace,
    rotate,
    with_id,
    without_table,
    write,
)

SETTINGS, PREP, SENIORS = "sdssync.toml", "profiles.d/prep.toml", "profiles.d/seniors.toml"
PREP_YEARS, SENIOR_YEARS = tuple(range(7)), tuple(range(7, 14))
TODAY = "2026-11-25"


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come of a profile."""

    outcome: str
    gates: frozenset[str] = frozenset()
    """The names of the gates that hold it."""
    removed: tuple[int, int, int] | None = (0, 0, 0)
    """Users, classes and enrollments that the new set lacks; None: there is no new set, or it breaks rules."""
    kept: int = 0
    """People who keep the address that iSAMS has lost."""


@dataclass(frozen=True, slots=True)
class Night:
    """One bad night."""

    name: str
    change: FileChange
    prep: Expected
    seniors: Expected | None
    """None: the installation has no such profile any more."""
    exit_code: int
    before: FileChange = nothing
    """What makes the installation different from the demo before its first run."""
    today: str = TODAY
    options: tuple[str, ...] = ()
    warning: str = ""
    """The event of a warning that must be given: where nothing can be held, in its place."""

    @property
    def expected(self) -> Mapping[str, Expected]:
        """Return what must come of each profile, by name."""
        return {"Prep": self.prep} | ({"Seniors": self.seniors} if self.seniors else {})


def held(gates: str, users: int, classes: int, enrollments: int) -> Expected:
    """Expect a set to be held by these gates, and to lack so many rows."""
    return Expected("held", frozenset(gates.split()), (users, classes, enrollments))


def published(users: int = 0, classes: int = 0, enrollments: int = 0) -> Expected:
    """Expect a set to be published although it lacks so many rows."""
    return Expected("published", removed=(users, classes, enrollments))


def kept(people: int) -> Expected:
    """Expect the same set as before, because so many people keep their addresses."""
    return Expected("unchanged", kept=people)


UNCHANGED = Expected("unchanged")
REJECTED = Expected("rejected", removed=None)
SKIPPED = Expected("skipped", removed=None)

FIRST_OF_TWO, SECOND_OF_TWO = every(2), every(2, 1)
ONE_PER_PHASE = with_id(700, 707)


def document(*changes: DocumentChange) -> FileChange:
    """Change the document of the installation."""
    return in_document(all_of(*changes))


def staff_ids(chosen: Choice = everyone) -> DocumentChange:
    """Give members of staff other ids."""
    return write(STAFF, "@Id", lambda old: str(int(old) + 1000), chosen)


def school_ids(path: str, new: str) -> DocumentChange:
    """Put a text before the school ids of pupils or set-list rows."""
    return write(path, "SchoolId", lambda old: new + old)


def in_odd_set(index: int, row: Root) -> bool:
    """Choose the set-list rows of sets with an odd id: all registration groups of Prep, half of the rest."""
    del index
    return int(row.get("SetId", "")) % 2 == 1


def set_ids(chosen: Choice = everyone) -> DocumentChange:
    """Give set-list rows the ids of other sets."""
    return all_of(*(write(SET_LISTS, name, lambda old: "1" + old, chosen) for name in ("@SetId", "SetId")))


def subject_ids_of_sets(change: Callable[[str], str]) -> DocumentChange:
    """Change the subject of every set."""
    return all_of(*(write(SETS, name, change) for name in ("@SubjectId", "SubjectId")))


def no_email(chosen: Choice) -> DocumentChange:
    """Leave the address of pupils empty."""
    return write(PUPILS, "EmailAddress", "", chosen)


def with_email_in(*years: int) -> Choice:
    """Choose the pupils of some years who have an address."""
    chosen = in_years(*years)
    return lambda index, pupil: chosen(index, pupil) and not WITHOUT_EMAIL(index, pupil)


def another_subject(old: str) -> str:
    """Return another subject id for each."""
    return str(int(old) + 500)


def another_registration(old: str) -> str:
    """Return another subject id for registration."""
    return "152" if old == "52" else old


def another_domain(chosen: Choice) -> DocumentChange:
    """Give pupils addresses of another domain."""
    return write(PUPILS, "EmailAddress", lambda old: old.replace("@pupils.", "@students."), chosen)


SCHOOL_ID_OF_707 = "5988553620984"
WITHOUT_EMAIL = with_id(732, 768)
OLD_DOCUMENT = "source."
"""How the event begins that warns of a document older than 48 hours."""
HALF_OF_THE_PUPILS = lose(PUPILS, FIRST_OF_TWO)
YEAR_ROLLOVER = write(PUPILS, "NCYear", lambda old: str(int(old) + 1))
NO_ORGS = both(without_table(PREP, "org"), without_table(SENIORS, "org"))
PARITY = both(without_table(SENIORS, "org"), replace(SENIORS, '"v2.1"', '"v2"\nparity = true'))
NO_KEPT_ADDRESS = append(SETTINGS, "\n[safety]\nkeep_address = 0\n")
NONE_REMOVED = "\n[safety]\nmax_removed_users = 0\nmax_removed_classes = 0\nmax_removed_enrollments = 0\n"
LAST_YEAR = DOCUMENT.with_name("last-year.xml")
DOWNLOADED = both(
    replace(SETTINGS, f'file = "{DOCUMENT.as_posix()}"', 'url = "https://isams.invalid"\napi_key_env = "NO_KEY"'),
    in_document(all_of(), into=CACHED),
)

# Tables are read by column: name, what changes, what must come of Prep and of Seniors, exit code, and what is special.
# fmt: off
OF_THE_DOCUMENT = (
    # set lists and pupils
    Night("half of the set-list rows missing (every second)",
          document(lose(SET_LISTS, FIRST_OF_TWO)),
          held("enrollments", 0, 0, 39), held("enrollments class", 0, 1, 470), 4),
    Night("second half of the set-list rows missing",
          document(lose(SET_LISTS, lambda index, _: index >= 2464 // 2)),
          held("enrollments", 0, 0, 29), held("enrollments class", 0, 0, 462), 4),
    Night("the set list of one class per profile left",
          document(lose(SET_LISTS, but(with_id(5051, 5378, attribute="SetId")))),
          held("classes enrollments", 0, 6, 71), held("classes enrollments", 0, 97, 1004), 4),
    Night("one year group missing (year 9)",
          document(lose(PUPILS, in_years(9))),
          UNCHANGED, held("users classes enrollments year stop:year", 11, 14, 148), 4),
    Night("half of the pupils missing",
          document(HALF_OF_THE_PUPILS),
          held("users classes enrollments year stop:year", 43, 4, 47),
          held("users classes enrollments year stop:year", 32, 42, 430), 4),
    Night("1 pupil in each phase left",
          document(lose(PUPILS, but(ONE_PER_PHASE))),
          held("users classes enrollments year stop:year", 75, 6, 81),
          held("users classes enrollments year class stop:year", 75, 86, 992), 4),
    Night("1 pupil only in the whole answer",
          document(lose(PUPILS, but(with_id(700)))),
          held("users classes enrollments year stop:year", 75, 6, 81), REJECTED, 4),
    # addresses
    Night("half of the pupil e-mails blank",
          document(no_email(SECOND_OF_TWO)),
          kept(33), kept(44), 0),
    Night("all pupil e-mails blank",
          document(no_email(everyone)),
          kept(76), kept(76), 0),
    Night("all pupil e-mails blank but 1 per phase",
          document(no_email(but(ONE_PER_PHASE))),
          kept(75), kept(75), 0),
    Night("EmailAddress element gone from 90 % of the pupils",
          document(lose(f"{PUPILS}/EmailAddress", but(every(10)))),
          kept(67), kept(69), 0),
    Night("half of the pupils have one shared e-mail",
          document(write(PUPILS, "EmailAddress", "office@hartley.example", SECOND_OF_TWO)),
          held("users classes enrollments year stop:year", 32, 2, 34),
          held("users classes enrollments year class stop:year", 43, 44, 559), 4),
    # staff
    Night("staff e-mails blank, all",
          document(write(STAFF, "SchoolEmailAddress", "")),
          kept(4), kept(14), 0),
    Night("1 member of staff only",
          document(lose(STAFF, but(with_id(101)))),
          held("owners stop:teachers stop:owners", 4, 0, 7), held("users owners", 13, 0, 96), 4),
    Night("Teachers element gone from all sets",
          document(lose(f"{SETS}/Teachers")),
          held("owners stop:teachers stop:owners", 4, 0, 7),
          held("users enrollments owners stop:teachers stop:owners", 14, 0, 104), 4),
    # ids
    Night("pupil SchoolIds renumbered (pupils and set lists)",
          document(school_ids(PUPILS, "1"), school_ids(SET_LISTS, "1")),
          held("users enrollments year growth stop:year stop:ids", 76, 0, 76),
          held("users enrollments year growth stop:year stop:ids", 76, 0, 912), 4),
    Night("pupil SchoolIds with a leading zero",
          document(school_ids(PUPILS, "0"), school_ids(SET_LISTS, "0")),
          held("users enrollments year growth stop:year stop:ids", 76, 0, 76),
          held("users enrollments year growth stop:year stop:ids", 76, 0, 912), 4),
    Night("pupil SchoolIds renumbered in pupils only",
          document(school_ids(PUPILS, "1")),
          REJECTED, REJECTED, 1),
    Night("staff ids renumbered (consistently)",
          document(staff_ids(), write(SET_TEACHERS, "@StaffId", lambda old: str(int(old) + 1000))),
          published(4, 0, 7), held("users enrollments stop:ids", 14, 0, 104), 4),
    Night("staff ids renumbered in CurrentStaff only",
          document(staff_ids()),
          held("owners stop:teachers stop:owners", 4, 0, 7),
          held("users enrollments owners stop:teachers stop:owners", 14, 0, 104), 4),
    Night("set ids renumbered (consistently)",
          document(write(SETS, "@Id", lambda old: "1" + old), set_ids()),
          held("classes enrollments growth stop:kind", 0, 7, 83),
          held("classes enrollments growth stop:kind stop:ids", 0, 98, 1016), 4),
    Night("set ids of half of the set-list rows do not match",
          document(set_ids(in_odd_set)),
          REJECTED, held("classes enrollments", 0, 49, 468), 4),
    Night("subject ids renumbered (consistently)",
          document(subject_ids_of_sets(another_subject), write(SUBJECTS, "@Id", another_subject)),
          REJECTED, held("growth", 0, 0, 0), 4),
    Night("subject ids changed in sets only",
          document(subject_ids_of_sets(another_subject)),
          held("growth", 0, 0, 0), held("growth", 0, 0, 0), 4),
    Night("Departments section empty",
          document(lose("TeachingManager/Departments/Department")),
          held("growth", 0, 0, 0), UNCHANGED, 4),
    Night("registration subject 52 given another id (sets and departments)",
          document(subject_ids_of_sets(another_registration), write(SUBJECTS, "@Id", another_registration)),
          REJECTED, UNCHANGED, 1),
    # sets and years
    Night("half of the sets missing",
          document(lose(SETS, FIRST_OF_TWO)),
          UNCHANGED, held("classes enrollments", 0, 53, 551), 4),
    Night("SetCode blank in half of the sets",
          document(write(SETS, "SetCode", "", SECOND_OF_TWO)),
          held("titles", 0, 0, 0), held("titles", 0, 0, 0), 4),
    Night("SetCode with a line break in half of the sets",
          document(write(SETS, "SetCode", lambda old: old + "\n", SECOND_OF_TWO)),
          REJECTED, held("classes enrollments", 0, 45, 465), 4),
    Night('YearId of half of the sets written "Year 9"',
          document(*(write(SETS, name, lambda old: f"Year {old}", FIRST_OF_TWO) for name in ("@YearId", "YearId"))),
          UNCHANGED, held("classes enrollments", 0, 53, 551), 4),
    Night('NCYear written "Y9" for half of the pupils',
          document(write(PUPILS, "NCYear", lambda old: f"Y{old}", SECOND_OF_TWO)),
          held("users classes enrollments year stop:year", 33, 3, 36),
          held("users classes enrollments year stop:year", 44, 56, 586), 4),
    Night("NCYear blank for half of the pupils",
          document(write(PUPILS, "NCYear", "", SECOND_OF_TWO)),
          held("users classes enrollments year stop:year", 33, 3, 36),
          held("users classes enrollments year stop:year", 44, 56, 586), 4),
    Night("year rollover in iSAMS (all NCYear + 1)",
          document(YEAR_ROLLOVER),
          held("users year stop:year", 11, 1, 12), held("users classes enrollments year stop:year", 11, 14, 143), 4),
    Night("e-mail domain of all pupils changed",
          document(another_domain(everyone)),
          held("usernames", 0, 0, 0), held("usernames", 0, 0, 0), 4),
    Night("one duplicated pupil id (2 people, 1 SchoolId)",
          document(write(PUPILS, "SchoolId", SCHOOL_ID_OF_707, with_id(708))),
          UNCHANGED, REJECTED, 1),
)
"""The nights of the first table that come from iSAMS."""

OF_THE_FILES = (
    Night("profile typo: year_groups without 13..10",
          replace(SENIORS, "[7, 8, 9, 10, 11, 12, 13]", "[7, 8, 9]"),
          UNCHANGED, held("users classes enrollments year stop:year settings", 43, 56, 576), 4),
    Night("profile typo: include = [25] for [52]",
          replace(PREP, "include = [52]", "include = [25]"),
          REJECTED, UNCHANGED, 1),
    Night("profile typo: include = [1] for [52]",
          replace(PREP, "include = [52]", "include = [1]"),
          held("classes enrollments growth stop:kind settings", 3, 7, 83), UNCHANGED, 4),
    Night("profile typo: exclude lists a real subject (1, 2, 3)",
          replace(SENIORS, "[7, 15, 16, 47]", "[7, 15, 16, 47, 1, 2, 3]"),
          UNCHANGED, held("classes enrollments settings", 0, 21, 251), 4),
    Night("profile typo: [subjects] table left out (Seniors)",
          without_table(SENIORS, "subjects"),
          UNCHANGED, held("growth", 0, 0, 0), 4),
    Night("suffix changed (titles only)",
          replace(SENIORS, "_2026_27", "_2027_28"),
          UNCHANGED, held("titles", 0, 0, 0), 4),
    Night('class_id = "{set_id}{suffix}" added',
          replace(SENIORS, "[subjects]", 'class_id = "{set_id}{suffix}"\n[subjects]'),
          UNCHANGED, held("classes enrollments growth stop:kind stop:ids settings", 0, 98, 1016), 4),
    Night('class_id = "{set_code}" added',
          replace(SENIORS, "[subjects]", 'class_id = "{set_code}"\n[subjects]'),
          UNCHANGED, held("classes enrollments growth stop:kind stop:ids settings", 0, 98, 1016), 4),
    Night("format v2 -> v2.1 (Prep)",
          replace(PREP, 'format = "v2"', 'format = "v2.1"'),
          published(), UNCHANGED, 0),
    Night("two outputs exchanged (Prep and Seniors)",
          both(replace(PREP, "csv/Prep", "csv/Seniors"), replace(SENIORS, "csv/Seniors", "csv/Prep")),
          held("users classes enrollments year growth stop:org stop:year stop:ids", 86, 98, 1016),
          held("users classes enrollments year growth stop:org stop:year stop:ids", 76, 7, 83), 4),
    Night("year_groups exchanged by a copied profile (Prep years in Seniors)",
          replace(SENIORS, "[7, 8, 9, 10, 11, 12, 13]", "[0, 1, 2, 3, 4, 5, 6]"),
          UNCHANGED,
          held("users classes enrollments year growth stop:year stop:kind stop:ids settings", 76, 98, 1016), 4),
    Night("school id changed",
          replace(SETTINGS, 'id = "8889999"', 'id = "8889990"'),
          held("stop:org", 0, 0, 0), held("stop:org", 0, 0, 0), 4),
    Night("profile file renamed to .seniors.toml",
          rename(SENIORS, "profiles.d/.seniors.toml"),
          UNCHANGED, None, 0, warning="profile.abandoned"),
    Night("clock wrong: after expiry (2027-08-01)",
          nothing,
          SKIPPED, SKIPPED, 0, today="2027-08-01", warning="profiles.expired"),
    Night("clock wrong: before (2020), after rollover",
          document(YEAR_ROLLOVER),
          held("users year stop:year", 11, 1, 12),
          held("users classes enrollments year stop:year", 11, 14, 143), 4, today="2020-11-25"),
    Night("isams.file names last year's record (other school size)",
          both(in_document(lose(PUPILS, every(3)), into=LAST_YEAR), replace(SETTINGS, DOCUMENT.name, LAST_YEAR.name)),
          held("users enrollments", 26, 0, 26), held("users enrollments", 26, 0, 312), 4),
    Night("[safety] max_removed_* = 0 set, half of the pupils missing",
          both(append(SETTINGS, NONE_REMOVED), document(HALF_OF_THE_PUPILS)),
          held("users classes enrollments year stop:year", 43, 4, 47),
          held("users classes enrollments year stop:year", 32, 42, 430), 4),
    Night("parity profile, all pupil e-mails blank",
          document(no_email(everyone)),
          kept(76), held("users year stop:students stop:year", 76, 0, 0), 4, before=PARITY),
    Night("parity profile, only 1 pupil in each phase",
          document(lose(PUPILS, but(ONE_PER_PHASE))),
          held("users classes enrollments year stop:year", 75, 6, 81),
          held("users year stop:year", 75, 0, 0), 4, before=PARITY),
    Night("Prep output folder and state removed by hand, half of the pupils missing",
          both(remove("csv/Prep", "state"), document(HALF_OF_THE_PUPILS)),
          published(), held("users classes enrollments year stop:year", 32, 42, 430), 4),
)
"""The nights of the first table that come from the files of the installation, or from the server."""

FURTHER = (
    Night("--cached, an old document with a quarter of the pupils not in it",
          both(in_document(lose(PUPILS, every(4)), CACHED), aged(CACHED, hours=72)),
          held("users enrollments year", 21, 0, 21),
          held("users classes enrollments year", 16, 6, 198), 4,
          before=DOWNLOADED, options=("--cached",), warning=OLD_DOCUMENT),
    Night("stale answer of iSAMS (24 h cache)",
          nothing,
          UNCHANGED, UNCHANGED, 0),
    Night("e-mail domain of the pupils of Seniors changed",
          document(another_domain(in_years(*SENIOR_YEARS))),
          UNCHANGED, held("usernames", 0, 0, 0), 4),
    Night("e-mails rotated by one pupil",
          document(rotate(PUPILS, "EmailAddress", but(WITHOUT_EMAIL))),
          held("usernames", 0, 0, 0), held("usernames", 0, 0, 0), 4),
    Night("SchoolIds rotated by one pupil (pupils only)",
          document(*(rotate(PUPILS, "SchoolId", with_email_in(*years)) for years in (PREP_YEARS, SENIOR_YEARS))),
          held("usernames", 0, 0, 0), held("usernames", 0, 0, 0), 4),
    Night("suffix changed in both profiles",
          both(replace(PREP, "_2026_27", "_2027_28"), replace(SENIORS, "_2026_27", "_2027_28")),
          held("titles", 0, 0, 0), held("titles", 0, 0, 0), 4),
    Night("school id changed, in which every row has it",
          replace(SETTINGS, 'id = "8889999"', 'id = "8889990"'),
          held("stop:org", 0, 0, 0), held("stop:org", 0, 0, 0), 4, before=NO_ORGS),
    Night("half of the staff missing",
          document(lose(STAFF, SECOND_OF_TWO)),
          published(2, 0, 3), held("users owners", 6, 0, 45), 4),
    Night("profile typo: include = [1] for exclude = [...]",
          replace(SENIORS, "exclude = [7, 15, 16, 47]", "include = [1]"),
          UNCHANGED, held("users classes enrollments settings", 9, 91, 932), 4),
    Night("output folder renamed by typo",
          replace(SENIORS, "csv/Seniors", "csv/Senoirs"),
          UNCHANGED, published(), 0, warning="profile.abandoned"),
    Night("profile file deleted",
          remove(SENIORS),
          UNCHANGED, None, 0, warning="profile.abandoned"),
)
"""The nights of the second table."""

NOT_KEPT = (
    Night("half of the pupil e-mails blank, no address kept",
          document(no_email(SECOND_OF_TWO)),
          held("users classes enrollments year stop:year", 33, 3, 36),
          held("users classes enrollments year stop:year", 44, 56, 586), 4, before=NO_KEPT_ADDRESS),
    Night("all pupil e-mails blank, no address kept",
          document(no_email(everyone)),
          REJECTED, REJECTED, 1, before=NO_KEPT_ADDRESS),
    Night("all pupil e-mails blank but 1 per phase, no address kept",
          document(no_email(but(ONE_PER_PHASE))),
          held("users classes enrollments year stop:year", 75, 6, 81),
          held("users classes enrollments year class stop:year", 75, 86, 992), 4, before=NO_KEPT_ADDRESS),
    Night("EmailAddress element gone from 90 % of the pupils, no address kept",
          document(lose(f"{PUPILS}/EmailAddress", but(every(10)))),
          held("users classes enrollments year class stop:year", 67, 3, 70),
          held("users classes enrollments year class stop:year", 69, 56, 886), 4, before=NO_KEPT_ADDRESS),
    Night("staff e-mails blank, all, no address kept",
          document(write(STAFF, "SchoolEmailAddress", "")),
          held("owners stop:teachers stop:owners", 4, 0, 7),
          held("users enrollments owners stop:teachers stop:owners", 14, 0, 104), 4, before=NO_KEPT_ADDRESS),
)
"""The nights with blank addresses once more: as they are when the days of `keep_address` have passed."""

# fmt: on

NIGHTS = (*OF_THE_DOCUMENT, *OF_THE_FILES, *FURTHER, *NOT_KEPT)
