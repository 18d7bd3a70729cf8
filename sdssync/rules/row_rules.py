"""The rules R01 to R18: rows, values and references. Texts only."""

from sdssync.findings import Severity
from sdssync.rules.rule import V21_ONLY, Rule

FATAL, ERROR, WARNING, ADVICE = Severity

ROW_RULES = (
    Rule(
        code="SDS201",
        name="missing-value",
        severities=(ERROR,),
        title="A required value is empty",
        what="The value is empty or only white space, in a column marked as required.",
        why="SDS drops the row, and with it all rows that refer to it (these are counted, not listed).",
        bad="14001,,student (no username)",
        mend="Fill in the value at the source",
    ),
    Rule(
        code="SDS202",
        name="duplicate-id",
        severities=(ERROR,),
        title="A sourcedId stands twice in its file",
        what="In orgs, users, classes, academicSessions and courses; compared as received, with case.",
        why="An id must be unique; which of the two rows SDS keeps is not known.",
        bad="users.csv has 14001 for two people.",
        mend="Give each record its own id, or remove the second row",
    ),
    Rule(
        code="SDS203",
        name="look-alike-ids",
        severities=(WARNING,),
        title="Two ids differ only in case or in blanks at the ends",
        what="Two sourcedIds of one file are the same when blanks at the ends are dropped and case is ignored.",
        why="To SDS they are two; the mail alias of a group knows no case, so one of them would clash.",
        bad="12001a and 12001A",
        mend="Make the ids different in more than case and blanks, or the same",
    ),
    Rule(
        code="SDS204",
        name="unknown-code",
        severities=(ERROR, WARNING),
        title="A required value is not in its list",
        what="Types and roles, compared without regard to case. A warning only, in V2.1, for aide, parent, guardian, "
        "relative and doctor as roles.csv role and for aid, aide, faculty, nurse and researcher as "
        "enrollments.csv role: "
        "some lists have these, the current one has not.",
        why="SDS drops the row.",
        bad="role: pupil",
        mend="Use a value of the list",
    ),
    Rule(
        code="SDS205",
        name="unknown-optional-code",
        severities=(ERROR, WARNING),
        title="An optional value is not in its list",
        what="Grade, sex, race, ethnicity, flag, subject; compared without regard to case. An error for the "
        "grade of V2, "
        "else a warning.",
        why="SDS drops the value and keeps the row; V2 took any value off a list as an error.",
        bad="grade: Year 7",
        mend="Use a value of the list, or leave the value empty",
    ),
    Rule(
        code="SDS206",
        name="unknown-reference",
        severities=(ERROR,),
        title="A required reference leads nowhere",
        what="The id is not in the file that it refers to. Compared with exact case and blanks, see SDS208.",
        why="SDS drops the row.",
        bad="enrollments.csv names user 9999, who is not in users.csv.",
        mend="Add the record that is referred to, or remove this row",
    ),
    Rule(
        code="SDS207",
        name="unknown-optional-reference",
        severities=(WARNING,),
        title="An optional reference leads nowhere",
        what="As SDS206, for parentSourcedId, sessions and courses.",
        why="SDS drops the value and keeps the row.",
        bad="classes.csv names course C9, which is not in courses.csv.",
        mend="Add the record that is referred to, or leave the value empty",
    ),
    Rule(
        code="SDS208",
        name="inexact-reference",
        severities=(),
        title="References are compared with exact case",
        what="Explains SDS206 and SDS207 and makes no findings of its own: 12001a does not find 12001A, nor a blank at "
        "the end the id without it.",
        why="A Unique ID is case-sensitive and taken as received.",
        bad="classes.csv has MA-7a, enrollments.csv has ma-7a.",
        mend="Write the id exactly as in the file that defines it",
    ),
    Rule(
        code="SDS209",
        name="malformed-value",
        severities=(ERROR, WARNING),
        formats=V21_ONLY,
        title="A value does not have the form of its type",
        what="E-mail: RFC 5322 addr-spec; phone and sms: E.164; dates: ISO 8601; isPrimary: true or false. An "
        "error for "
        "the dates of academicSessions, which are required, else a warning.",
        why="SDS drops the value, or the row if the value is required.",
        bad="roleStartDate: 24/08/2021",
        mend="Write the value in the form that SDS asks for",
    ),
    Rule(
        code="SDS210",
        name="grade-without-zero",
        severities=(WARNING, ADVICE),
        title="A grade lacks its leading zero",
        what="1 to 9 for 01 to 09. A warning in V2, advice in V2.1.",
        why="The current SDS forgives it; SDS Classic refused a bare 6.",
        bad="grade: 6",
        mend="Write two digits: 06",
    ),
    Rule(
        code="SDS211",
        name="incomplete-contact",
        severities=(ERROR,),
        formats=V21_ONLY,
        title="A contact lacks givenName, familyName or email",
        what="Everybody whom relationships.csv names as a contact needs the three values in users.csv.",
        why="SDS drops the relationship.",
        bad="relationships.csv names 14002 as guardian, whose email is empty in users.csv.",
        mend="Fill in both names and the e-mail address, or leave the relationship out",
    ),
    Rule(
        code="SDS212",
        name="user-without-role",
        severities=(WARNING,),
        formats=V21_ONLY,
        title="A user has no role and is no contact",
        what="The user is in users.csv, and neither in roles.csv nor, as a contact, in relationships.csv.",
        why="SDS cannot tell staff from students, so it has no rule to match the user by.",
        bad="users.csv has 14001, roles.csv has not.",
        mend="Add a row to roles.csv, or leave the user out",
    ),
    Rule(
        code="SDS213",
        name="duplicate-row",
        severities=(WARNING,),
        title="The same thing is said twice",
        what="The same class and user in enrollments; the same user, org, role, session and grade in roles; the same "
        "relationship.",
        why="What SDS does is not documented; other exporters write such rows once.",
        bad="12001,14001,student twice",
        mend="Remove the second row",
    ),
    Rule(
        code="SDS214",
        name="teacher-and-student",
        severities=(WARNING,),
        title="Somebody is both teacher and student of one class",
        what="One user has in one class the role student and a role that makes an owner (see SDS301).",
        why="An owner and a member at once: which of the two SDS makes is not known.",
        bad="12001,14001,student and 12001,14001,teacher",
        mend="Remove one of the two rows",
    ),
    Rule(
        code="SDS215",
        name="duplicate-username",
        severities=(ERROR,),
        title="Two users have the same username",
        what="Compared without regard to case.",
        why="A user principal name is unique in Microsoft 365: two users would be matched to one account.",
        bad="14001 and 14002 both have cbeane@domain.com.",
        mend="Give each user an own username, or merge the two records",
    ),
    Rule(
        code="SDS216",
        name="impossible-order",
        severities=(ADVICE,),
        formats=V21_ONLY,
        title="An end lies before its beginning, or an org is its own ancestor",
        what="endDate before startDate in academicSessions, roleEndDate before roleStartDate in roles; a circle of "
        "parentSourcedIds in orgs, reported once for each circle.",
        why="What SDS does is not documented; it cannot be meant.",
        bad="startDate 2027-07-01, endDate 2026-09-01",
        mend="Correct the dates or the parents",
    ),
    Rule(
        code="SDS217",
        name="unusable-username",
        severities=(ERROR, ADVICE),
        title="A username cannot be a user principal name",
        what="One @, 1 to 64 characters before and at most 48 after it, 113 in all; before it only A-Z a-z 0-9 "
        "' . - _ ! "
        "# ^ ~ and no full stop at the end; after it a domain with a full stop, not .local. An error when SDS "
        "creates the "
        "users, else advice.",
        why="No account can have this name, so the user matches nobody; only a name without @ may match, where "
        "the data "
        "flow appends the domain.",
        bad="jörg maier@myschool.example",
        mend="Use the user principal name of the account",
    ),
    Rule(
        code="SDS218",
        name="missing-name",
        severities=(ERROR,),
        title="A name is missing although SDS creates the users",
        what="givenName or familyName is empty, or the column is not there (reported once), with include_names.",
        why="SDS cannot create an account without both names.",
        bad="14001,cbeane@domain.com,Beane, (no givenName)",
        mend="Fill in both names at the source",
    ),
)
