"""The rules F01 to F16: files and headers. Texts only."""

from sdssync.sds.catalogue.rule import V21_ONLY, Rule
from sdssync.sds.findings import Severity

FATAL, ERROR, WARNING, ADVICE = Severity

FILE_RULES = (
    Rule(
        code="SDS101",
        name="missing-file",
        severities=(FATAL, ADVICE),
        title="A required file is missing, or the name of a file is not quite right",
        what="V2 needs orgs, users, classes and enrollments; V2.1 needs orgs, users and roles. Names are compared "
        "with case. A folder, a pipe or a link to nothing is not a file. Advice for a file that looks like a copy of "
        "one that exists, or like an optional one.",
        why="SDS stops the run with File Not Found and takes nothing. It does not read a file of another name.",
        bad="The folder holds Users.csv and no users.csv.",
        fix="Add the file, or rename it exactly as the SDS page writes it",
    ),
    Rule(
        code="SDS102",
        name="missing-header",
        severities=(FATAL,),
        title="A required column header is missing, or its case differs",
        what="Each required column must be in the first line, spelled exactly like this, without blanks around it.",
        why="SDS stops the run with Header Doesn't Exist and takes nothing.",
        bad="sourcedid,username (for sourcedId,username)",
        fix="Write the header exactly as the SDS page spells it",
    ),
    Rule(
        code="SDS103",
        name="duplicate-header",
        severities=(FATAL, WARNING),
        title="A column header appears twice",
        what="A header line names each column once. Fatal for a column that the format has, otherwise a warning.",
        why="SDS stops the run, since it cannot know which column is meant; with a header that it does not know, what "
        "it does is not documented.",
        bad="sourcedId,name,name,type",
        fix="Remove one of the two columns, after making sure that no value is only in that one",
    ),
    Rule(
        code="SDS104",
        name="unknown-header",
        severities=(WARNING,),
        title="A column header is not known",
        what="The header is not in the SDS tables of this file. Columns without a header, which a spreadsheet leaves "
        "behind, are one finding.",
        why="What SDS does with such a column is not documented; often it is a misspelt optional column, whose data "
        "would be lost.",
        bad="sourcedId,name,type,parentID",
        fix="Correct the spelling; a column that SDS is not meant to read may also be removed: no record goes with it",
    ),
    Rule(
        code="SDS105",
        name="not-utf-8",
        severities=(FATAL,),
        title="The file is not UTF-8 text",
        what="Bytes that are not UTF-8 (Latin-1, UTF-16), a NUL byte, or a spreadsheet, an archive or a document that "
        "is called .csv.",
        why="SDS reads UTF-8 only. The file is not checked further.",
        bad="A file saved by a spreadsheet as Windows text: é is the single byte E9.",
        fix='Save the file as "CSV UTF-8"',
    ),
    Rule(
        code="SDS106",
        name="line-break-in-value",
        severities=(ERROR,),
        title="A value holds a line break",
        what="A quoted value contains a CR or LF.",
        why="SDS forbids line breaks in values; the row is counted as dropped.",
        bad='12001,10001,"Biology\n10"',
        fix="Remove the line break at the source",
    ),
    Rule(
        code="SDS107",
        name="malformed-row",
        severities=(FATAL,),
        title="A row has more or fewer fields than the header, or is not CSV",
        what="Each row has as many fields as the header; quotes are closed and doubled within; no line and no value "
        "is longer than 256 KiB. Empty lines are ignored.",
        why="Nearly always a comma or a quote in a value without quotes: everything after it is in the wrong column.",
        bad="12001,10001,Physics, advanced",
        fix="Quote values that hold a comma or a quote, as RFC 4180 says",
    ),
    Rule(
        code="SDS108",
        name="empty-file",
        severities=(ERROR,),
        title="A file that SDS needs has a header but no rows",
        what="orgs, users, roles, and classes and enrollments when they are sent. The optional files may be empty.",
        why="An upload is the complete picture: SDS would mark everyone as no longer active.",
        bad="users.csv with the line sourcedId,username and nothing else.",
        fix="Find out why nothing was exported, and do not upload the set",
    ),
    Rule(
        code="SDS109",
        name="changed-file-set",
        severities=(ERROR,),
        formats=V21_ONLY,
        title="The files are not the same as those sent before",
        what="Compared with the last publication of the same format; a required file that is missing is SDS101 only.",
        why="SDS wants the same set of files every time; records of a file left out are taken as no longer active.",
        bad="The last set had courses.csv, this one does not.",
        fix="Send the same files as before: the records of a file that is left out, or has only a header, leave SDS; "
        "for a new file, set up the data flow again",
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
        fix="Add the other file; a set without both removes every class from SDS",
    ),
    Rule(
        code="SDS111",
        name="missing-referenced-file",
        severities=(WARNING,),
        formats=V21_ONLY,
        title="Sessions or courses are referred to, but the file is missing",
        what="A column names sessions or courses, and academicSessions.csv or courses.csv is missing. The references "
        "are counted, not listed.",
        why="SDS reports each of these references and drops the value.",
        bad="roles.csv fills sessionSourcedId, and academicSessions.csv is missing.",
        fix="Add the file, or remove the columns: SDS drops their values either way until the file exists",
    ),
    Rule(
        code="SDS112",
        name="too-many-rows",
        severities=(ERROR, ADVICE),
        title="A file has very many rows",
        what="More than 2,000,000 rows: error; more than 500,000: advice.",
        why="The limits of SDS Classic; for the current SDS none is published.",
        bad="enrollments.csv with 2,500,000 rows.",
        fix="Split the CSV set into several data flows; a record leaves SDS with the flow that no longer has it",
    ),
    Rule(
        code="SDS113",
        name="byte-order-mark",
        severities=(ADVICE,),
        title="The file begins with a byte-order mark",
        what="The first three bytes are EF BB BF. The file is read without them.",
        why="What SDS does is not documented; a strict reader takes the mark as part of the first header.",
        bad="A file saved by a spreadsheet as CSV UTF-8.",
        fix="Save the file as UTF-8 without a byte-order mark",
    ),
    Rule(
        code="SDS114",
        name="other-format",
        severities=(FATAL,),
        title="The folder is not a set of V2 or V2.1, but something else",
        what="The files are plainly those of SDS V1, OneRoster or Clever; or there is an archive or a spreadsheet file "
        "and no CSV file; or there is no CSV file and the sets are in folders below. Nothing else is reported.",
        why="sdssync checks SDS V2 and V2.1. Each rule would find something wrong with a set that may be fine.",
        bad="School.csv, Section.csv, Student.csv, Teacher.csv",
        fix="Give the folder of a V2 or V2.1 set",
    ),
    Rule(
        code="SDS115",
        name="wrong-separator",
        severities=(FATAL,),
        title="The first line shows that the file is not separated by commas",
        what="The first line is separated by semicolons, tabs or another character, is a #TYPE line or a sep= line, "
        "or is in quotes as a whole. The file is not checked further.",
        why="SDS separates values by commas and takes the first line as the header: it would find none of the columns.",
        bad="sourcedId;name;type",
        fix="Export the file again, separated by commas",
    ),
    Rule(
        code="SDS116",
        name="id-mangled-by-spreadsheet",
        severities=(WARNING,),
        title="An id is a long number that a spreadsheet has shortened",
        what="A sourcedId, or a reference that leads nowhere, looks like 7.98396E+12. It is reported where the id is "
        "defined; references to it that no longer fit are one finding (SDS206 or SDS207), and the others are counted.",
        why="The last digits are lost. SDS takes the id as that of a new person, and the one with the real id leaves.",
        bad="7.98396E+12 (for 7983956881051)",
        fix="Export again without opening the file in a spreadsheet, or import the column as text there",
    ),
)
