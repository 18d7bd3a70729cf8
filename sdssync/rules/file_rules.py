"""The rules F01 to F13: files and headers. Texts only."""

from sdssync.findings import Severity
from sdssync.rules.rule import V21_ONLY, Rule

FATAL, ERROR, WARNING, ADVICE = Severity

FILE_RULES = (
    Rule(
        code="SDS101",
        name="missing-file",
        severities=(FATAL,),
        title="A required file is missing, or its name differs in case",
        what="V2 needs orgs, users, classes and enrollments; V2.1 needs orgs, users and roles. Names are compared with "
        "case. A folder, pipe or dangling link of that name is no file.",
        why="SDS stops the run with File Not Found and takes nothing.",
        bad="The folder holds Users.csv and no users.csv.",
        mend="Add the file, or rename it exactly as the SDS page writes it",
    ),
    Rule(
        code="SDS102",
        name="missing-header",
        severities=(FATAL,),
        title="A required column header is missing, or its case differs",
        what="Each column marked as required must be in the first line, spelled exactly so, without blanks around it.",
        why="SDS stops the run with Header Doesn't Exist and takes nothing.",
        bad="sourcedid,username (for sourcedId,username)",
        mend="Write the header exactly as the SDS page spells it",
    ),
    Rule(
        code="SDS103",
        name="duplicate-header",
        severities=(FATAL,),
        title="A column header stands twice",
        what="A header line names each column once.",
        why="SDS stops the run, since it cannot know which column is meant.",
        bad="sourcedId,name,name,type",
        mend="Remove one of the two columns",
    ),
    Rule(
        code="SDS104",
        name="unknown-header",
        severities=(WARNING,),
        title="A column header is not known",
        what="The header is not in the SDS tables of this file.",
        why="What SDS does with such a column is not documented; often it is a misspelt optional column, whose "
        "data would "
        "be lost.",
        bad="sourcedId,name,type,parentID",
        mend="Correct the spelling, or leave the column out",
    ),
    Rule(
        code="SDS105",
        name="not-utf-8",
        severities=(FATAL,),
        title="The file is not UTF-8 text",
        what="Bytes that are no UTF-8 (Latin-1, UTF-16), or a NUL byte.",
        why="SDS reads UTF-8 only. The file is not checked further.",
        bad="A file saved by a spreadsheet as Windows text: é is the single byte E9.",
        mend='Save the file as "CSV UTF-8"',
    ),
    Rule(
        code="SDS106",
        name="line-break-in-value",
        severities=(ERROR,),
        title="A value holds a line break",
        what="A quoted value goes on over a CR or LF.",
        why="SDS forbids line breaks in values; the row is counted as dropped.",
        bad='12001,10001,"Biology\n10"',
        mend="Remove the line break at the source",
    ),
    Rule(
        code="SDS107",
        name="malformed-row",
        severities=(FATAL,),
        title="A row has more or fewer fields than the header, or is no CSV",
        what="Each row has as many fields as the header; quotes are closed and doubled within; no line is longer than "
        "256 KiB and no quoted value than 131,072 characters. Wholly empty lines are no rows and are passed over.",
        why="Nearly always a comma or a quote in a value that is not quoted: everything behind it lands in the "
        "wrong column.",
        bad="12001,10001,Physics, advanced",
        mend="Quote values that hold a comma or a quote, as RFC 4180 says",
    ),
    Rule(
        code="SDS108",
        name="empty-file",
        severities=(ERROR,),
        title="A needed file has a header and no rows",
        what="orgs, users, roles, and classes and enrollments when they are sent. The optional files may be empty.",
        why="An upload is the complete picture: SDS would take everybody as no longer active.",
        bad="users.csv with the line sourcedId,username and nothing else.",
        mend="Find out why nothing was exported; do not upload the set",
    ),
    Rule(
        code="SDS109",
        name="changed-file-set",
        severities=(ERROR,),
        formats=V21_ONLY,
        title="The files are not the same as those sent before",
        what="Compared with the last publication of the same format; a required file that is missing is SDS101 only.",
        why="SDS wants the same set of files every time; records of a file left out are taken as no longer active.",
        bad="The last set had courses.csv, this one has not.",
        mend="Send the same files as before, with a header only where there is nothing to say; a new file needs "
        "the data "
        "flow to be set up anew",
    ),
    Rule(
        code="SDS110",
        name="unpaired-file",
        severities=(FATAL,),
        formats=V21_ONLY,
        title="classes.csv without enrollments.csv, or the reverse",
        what="The two are sent together or not at all.",
        why="SDS stops the run: one means nothing without the other.",
        bad="orgs.csv, users.csv, roles.csv, classes.csv",
        mend="Add the other file, or leave both out",
    ),
    Rule(
        code="SDS111",
        name="missing-referenced-file",
        severities=(WARNING,),
        formats=V21_ONLY,
        title="Sessions or courses are referred to, but the file is not there",
        what="A column names sessions or courses, and academicSessions.csv or courses.csv is missing. The "
        "references are "
        "counted, not listed.",
        why="SDS reports each of these references and drops the value.",
        bad="roles.csv fills sessionSourcedId, and there is no academicSessions.csv.",
        mend="Add the file, or leave the columns out",
    ),
    Rule(
        code="SDS112",
        name="too-many-rows",
        severities=(ERROR, ADVICE),
        title="A file has very many rows",
        what="More than 2,000,000 rows: error; more than 500,000: advice.",
        why="The limits of SDS Classic; for the current SDS none is published.",
        bad="enrollments.csv with 2,500,000 rows.",
        mend="Split the set over several data flows",
    ),
    Rule(
        code="SDS113",
        name="byte-order-mark",
        severities=(ADVICE,),
        title="The file begins with a byte-order mark",
        what="The first three bytes are EF BB BF. The file is read as if they were not there.",
        why="What SDS does is not documented; a strict reader takes the mark as part of the first header.",
        bad="A file saved by a spreadsheet as CSV UTF-8.",
        mend="Save the file as UTF-8 without a byte-order mark",
    ),
)
