"""The rules M01 to M07: what SDS accepts and Microsoft 365 does not like. Texts only."""

from sdssync.sds.catalogue.rule import V21_ONLY, Rule
from sdssync.sds.findings import Severity

FATAL, ERROR, WARNING, ADVICE = Severity

TEAM_RULES = (
    Rule(
        code="SDS301",
        name="class-without-teacher",
        severities=(ADVICE,),
        title="A class has no teacher",
        what="No enrolment of the class has a role that makes an owner: teacher, teacherAssistant, proctor, "
        "paraprofessional, a therapist or staff (Microsoft Graph's example of a provisioning flow).",
        why="Only an owner can activate the team: without one the students never get in. Often the class has a teacher "
        "in iSAMS who has no e-mail address and is therefore left out of the set.",
        bad="enrollments.csv lists class 12001 with students only.",
        fix="Set the teacher of the set in iSAMS, or the e-mail address of that teacher if there is one",
    ),
    Rule(
        code="SDS302",
        name="class-without-student",
        severities=(ADVICE,),
        title="A class has no student",
        what="No enrolment of the class has the role student.",
        why="SDS makes a team without pupils, and the administrator has to remove it.",
        bad="enrollments.csv lists class 12001 with a teacher only.",
        fix="Put pupils into the set in iSAMS; a set that is deleted there removes the class from SDS",
    ),
    Rule(
        code="SDS303",
        name="unsafe-class-id",
        severities=(ADVICE,),
        title="A class sourcedId is too long or holds unsafe characters",
        what="At most 56 characters, only A-Z a-z 0-9 _ and -.",
        why="The mail alias of the group is Section_ and the sourcedId, and may have at most 64 characters.",
        bad="10A/Ma 1",
        fix="Build the ids of classes from letters, digits, _ and -; a changed id makes a new class, and the old one "
        "leaves SDS",
    ),
    Rule(
        code="SDS304",
        name="unsafe-class-title",
        severities=(ADVICE,),
        title="A class title is too long or holds characters that the name of a site must not have",
        what="At most 256 characters; none of ~ # % & * { } + \\ : < > ? / | and the double quote; no _ or . at the "
        "beginning, no . at the end, no two full stops together.",
        why="The title becomes the name of the team, its site and its folders (Microsoft KB905231).",
        bad="7A/Science",
        fix="Write the title without these characters",
    ),
    Rule(
        code="SDS305",
        name="too-many-members",
        severities=(ERROR, ADVICE),
        title="A class has more people than a team can take",
        what="More than 25,000 members: error; more than 300 members or more than 100 owners: advice. Owners and "
        "members are the roles of Microsoft Graph's example of a provisioning flow; a person listed twice counts once.",
        why="A team has at most 100 owners and 25,000 members; Assignments and Class Notebook work up to 300 members.",
        bad="The whole school as one class.",
        fix="Split the set in iSAMS; the people of each new set leave the team of the old one",
    ),
    Rule(
        code="SDS306",
        name="password-column",
        severities=(ADVICE,),
        formats=V21_ONLY,
        title="users.csv has a password column",
        what="The column password is no longer in the table of users.csv.",
        why="Passwords in a file are a risk, and SDS does not use them.",
        bad="sourcedId,username,password",
        fix="Remove the column: SDS does not read it",
    ),
    Rule(
        code="SDS307",
        name="same-title",
        severities=(ADVICE,),
        title="Two classes have the same title",
        what="Compared without regard to case and to blanks at the ends; reported for each class but the first.",
        why="Two teams with one name: neither teachers nor pupils can tell them apart.",
        bad="12001,10001,Biology 10 and 12002,10001,biology 10",
        fix="Put what distinguishes the classes, such as the teacher or the period, into the title",
    ),
)
