"""
A second opinion: the rules on rows, read off the documentation once more, slow and row by row, sharing no code.

It takes whole, well-formed files (no wrong widths, strange bytes or unknown headers) and says what must be found.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

File = list[list[str]]
Spot = tuple[str, str, str, int]

REQUIRED = {
    "v2": {
        "orgs": "sourcedId name type",
        "users": "sourcedId orgSourcedIds username role",
        "classes": "sourcedId orgSourcedId title",
        "enrollments": "classSourcedId userSourcedId role",
    },
    "v2.1": {
        "orgs": "sourcedId name type",
        "academicSessions": "sourcedId title type schoolYear startDate endDate",
        "courses": "sourcedId orgSourcedId title",
        "users": "sourcedId username",
        "roles": "userSourcedId orgSourcedId role",
        "classes": "sourcedId orgSourcedId title",
        "enrollments": "classSourcedId userSourcedId role",
        "demographics": "userSourcedId",
        "userFlags": "userSourcedId flag",
        "relationships": "userSourcedId relationshipUserSourcedId relationshipRole",
    },
}
LEADS_TO = {
    "parentSourcedId": "orgs",
    "orgSourcedId": "orgs",
    "orgSourcedIds": "orgs",
    "userSourcedId": "users",
    "relationshipUserSourcedId": "users",
    "classSourcedId": "classes",
    "sessionSourcedId": "academicSessions",
    "sessionSourcedIds": "academicSessions",
    "schoolYearSourcedId": "academicSessions",
    "courseSourcedId": "courses",
}
LISTS = {"orgSourcedIds", "sessionSourcedIds", "ethnicityCodes", "raceCodes"}
TYPES = """school department district local state national departmentOfEducation ministryOfEducation university college
    campus adultEducation municipality academicTrust localAuthority region division province researchCenter program"""
THERAPISTS = "occupationalTherapist physicalTherapist speechTherapist visionTherapist"
GRADES = """IT PR PK TK KG 01 02 03 04 05 06 07 08 09 10 11 12 13 14 PS UG Other PS1 PS2 PS3 PS4 undergraduate graduate
    postgraduate alumni adultEducation"""
ROLES_V21 = f"""principal chair professor researcher adjunct affiliate {THERAPISTS} paraprofessional specialServices
    advisor proctor nurse officeStaff lecturer itAdmin administrator teacher faculty staff teacherAssistant
    assistant instructor substitute coach alumni student other"""
CLASS_V21 = f"""student {THERAPISTS} substitute paraprofessional principal proctor teacherAssistant specialServices
    teacher professor advisor administrator lecturer coach affiliate assistant adjunct staff instructor alumni chair
    itAdmin officeStaff"""
CLASS_V2 = f"""student aide proctor teacher nurse {THERAPISTS} paraprofessional teacherAssistant staff professor
    researcher lecturer affiliate adjunct instructor advisor faculty substitute principal specialServices"""
USER_V2 = f"{CLASS_V2} administrator itAdmin officeStaff alumni chair"
LISTED = {
    ("v2", "orgs", "type"): TYPES,
    ("v2", "users", "role"): USER_V2,
    ("v2", "users", "grade"): GRADES,
    ("v2", "enrollments", "role"): CLASS_V2,
    ("v2.1", "orgs", "type"): TYPES,
    ("v2.1", "roles", "role"): ROLES_V21,
    ("v2.1", "roles", "grade"): GRADES,
    ("v2.1", "courses", "grade"): GRADES,
    ("v2.1", "courses", "subject"): " ".join(f"{number:02}" for number in range(1, 25) if number != 6),
    ("v2.1", "enrollments", "role"): CLASS_V21,
    ("v2.1", "academicSessions", "type"): "schoolYear semester term gradingPeriod quarter",
    ("v2.1", "relationships", "relationshipRole"): "parent guardian relative aide doctor other child administrator",
    ("v2.1", "demographics", "sex"): "male female notSelected other",
    ("v2.1", "demographics", "ethnicityCodes"): "hispanicOrLatinoEthnicity",
    ("v2.1", "demographics", "raceCodes"): """americanIndianOrAlaskaNative asian blackOrAfricanAmerican
        nativeHawaiianOrOtherPacificIslander white demographicRaceTwoOrMoreRaces""",
    ("v2.1", "userFlags", "flag"): "freeLunch reducedLunch homeless giftedOrTalented 504 ell lep iep",
}
DATES = {"startDate", "endDate", "roleStartDate", "roleEndDate", "birthDate"}
OWNERS = set(f"teacher proctor teacherAssistant paraprofessional staff {THERAPISTS}".lower().split())
KEYS = {
    "roles": ("userSourcedId", "orgSourcedId", "role", "sessionSourcedId", "grade"),
    "enrollments": ("classSourcedId", "userSourcedId"),
    "relationships": ("userSourcedId", "relationshipUserSourcedId", "relationshipRole"),
}


@dataclass
class Oracle:
    """What must be found: spots of findings, and follow-ups by code."""

    version: str
    files: dict[str, File]
    found: Counter[Spot] = field(default_factory=Counter)
    follow: Counter[str] = field(default_factory=Counter)
    dropped: set[tuple[str, str]] = field(default_factory=set)

    def run(self) -> "Oracle":
        """Look at all files, those that others refer to first."""
        for name, needed in REQUIRED[self.version].items():
            if name in self.files:
                self._file(name, needed.split())
        self._parents()
        if self.version == "v2.1":
            self._people()
        self._classes()
        return self

    def rows(self, name: str) -> list[tuple[int, dict[str, str]]]:
        """Number the rows of a file, as dicts; none when it is missing."""
        header, *rows = self.files.get(name) or [[]]
        return [(line, dict(zip(header, row, strict=True))) for line, row in enumerate(rows, 2)]

    def ids(self, name: str) -> set[str]:
        """Return the sourcedIds of a file."""
        return {row["sourcedId"] for _, row in self.rows(name) if row["sourcedId"].strip()}

    def _say(self, code: str, severity: str, name: str, line: int) -> None:
        self.found[code, severity, f"{name}.csv", line] += 1
        if severity == "error":
            row = dict(self.rows(name))[line]
            self.dropped.add((name, row.get("sourcedId", "")))

    def _file(self, name: str, needed: list[str]) -> None:
        seen: dict[str, int] = {}
        alike: dict[str, str] = {}
        keys: set[tuple[str, ...]] = set()
        names: dict[str, set[str]] = {}
        for line, row in self.rows(name):
            for column, cell in row.items():
                self._cell(name, line, column, cell, column in needed)
            identifier = row.get("sourcedId", "")
            if identifier.strip():
                if identifier in seen:
                    self.found["SDS202", "error", f"{name}.csv", line] += 1
                elif alike.setdefault(identifier.strip().lower(), identifier) != identifier:
                    self._say("SDS203", "warning", name, line)
                seen.setdefault(identifier, line)
            if name in KEYS:
                key = tuple(row.get(part, "").lower() if "ole" in part or part == "grade" else row.get(part, "")
                            for part in KEYS[name])  # fmt: skip
                if key in keys and all(row[part].strip() for part in KEYS[name] if part in needed):
                    self._say("SDS213", "warning", name, line)
                keys.add(key)
            if name == "users" and row["username"].strip():
                others = names.setdefault(row["username"].lower(), set())
                if others - {identifier}:
                    self.found["SDS215", "error", "users.csv", line] += 1
                others.add(identifier)
            if name in {"academicSessions", "roles"}:
                start, end = [cell for column, cell in row.items() if column in DATES]
                if _date(start) and _date(end) and _date(end) < _date(start):  # type: ignore[operator]  # both are dates
                    self._say("SDS216", "advice", name, line)

    def _cell(self, name: str, line: int, column: str, cell: str, needed: bool) -> None:
        if not cell.strip():
            if needed:
                self._say("SDS201", "error", name, line)
            return
        parts = cell.split(",") if column in LISTS or (name, column) == ("courses", "grade") else [cell]
        for part in filter(str.strip, parts):
            if column in LEADS_TO and column != "parentSourcedId":
                self._reference(name, line, LEADS_TO[column], part, needed)
            elif (self.version, name, column) in LISTED:
                self._listed(name, line, column, part, needed)
        if column in DATES and not _date(cell):
            self._say("SDS209", "error" if needed else "warning", name, line)
        if column == "schoolYear" and not re.fullmatch("[0-9]{4}", cell):
            self._say("SDS204", "error", name, line)
        if column in {"phone", "sms"} and not re.fullmatch(r"\+[1-9][0-9]{1,14}", cell):
            self._say("SDS209", "warning", name, line)
        if column == "email" and not re.fullmatch(r"[^@\s,]+@[^@\s,]+", cell):
            self._say("SDS209", "warning", name, line)
        if column == "isPrimary" and cell.lower() not in {"true", "false"}:
            self._say("SDS209", "warning", name, line)
        if column == "username" and not re.fullmatch(r"[\w'.!#^~-]+(?<!\.)@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", cell):
            self._say("SDS217", "advice", name, line)
        if name == "classes" and column == "sourcedId" and not re.fullmatch(r"[A-Za-z0-9_-]{1,56}", cell):
            self._say("SDS303", "advice", name, line)

    def _listed(self, name: str, line: int, column: str, value: str, needed: bool) -> None:
        listed = LISTED[self.version, name, column].lower().split()
        doubted = {"roles": "aide parent guardian relative doctor", "enrollments": "aid aide faculty nurse researcher"}
        if column == "grade" and value in set("123456789"):
            self._say("SDS210", "warning" if self.version == "v2" else "advice", name, line)
        elif self.version == "v2.1" and column == "role" and value.lower() in doubted[name].split():
            self._say("SDS204", "warning", name, line)
        elif value.lower() in listed or (column == "sex" and value.lower() == "not selected"):
            return
        elif needed and column != "flag":
            self._say("SDS204", "error", name, line)
        else:
            self._say("SDS205", "error" if self.version == "v2" else "warning", name, line)

    def _reference(self, name: str, line: int, target: str, value: str, needed: bool) -> None:
        code = "SDS206" if needed else "SDS207"
        if (target, value) in self.dropped:
            self.follow[code] += 1
            if needed:
                self.dropped.add((name, dict(self.rows(name))[line].get("sourcedId", "")))
        elif value not in self.ids(target):
            self._say(code, "error" if needed else "warning", name, line)

    def _parents(self) -> None:
        for line, row in self.rows("orgs"):
            if row["parentSourcedId"].strip():
                self._reference("orgs", line, "orgs", row["parentSourcedId"], needed=False)
            walk, org = [row["sourcedId"]], row["parentSourcedId"]
            parents = {other["sourcedId"]: other["parentSourcedId"] for _, other in self.rows("orgs")}
            while org in parents and org.strip() and org not in walk:
                walk.append(org)
                org = parents[org]
            if self.version == "v2.1" and org == row["sourcedId"] and org.strip():
                self.found["SDS216", "advice", "orgs.csv", min(self._line(other) for other in walk)] = 1

    def _line(self, org: str) -> int:
        return next(line for line, row in self.rows("orgs") if row["sourcedId"] == org)

    def _people(self) -> None:
        contacts = {row["relationshipUserSourcedId"] for _, row in self.rows("relationships")}
        with_role = {row["userSourcedId"] for _, row in self.rows("roles")}
        seen: set[str] = set()
        for line, row in self.rows("users"):
            identifier = row["sourcedId"]
            if not identifier.strip():
                continue
            if identifier in contacts and not all(row[part].strip() for part in ("givenName", "familyName", "email")):
                self.found["SDS211", "error", "users.csv", line] += 1
            if identifier not in contacts | with_role | seen:
                self._say("SDS212", "warning", "users", line)
            seen.add(identifier)
        self.found["SDS306", "advice", "users.csv", 1] += 1

    def _classes(self) -> None:
        roles: dict[str, list[tuple[int, str, str]]] = {}
        for line, row in self.rows("enrollments"):
            roles.setdefault(row["classSourcedId"], []).append((line, row["userSourcedId"], row["role"].lower()))
        listed = LISTED[self.version, "enrollments", "role"].lower().split()
        doubted = ["aid", "aide", "faculty", "nurse", "researcher"] if self.version == "v2.1" else []
        seen = set()
        titles: dict[str, set[str]] = {}
        for line, row in self.rows("classes"):
            holders = titles.setdefault(row["title"].strip().casefold(), set())
            if row["title"].strip() and holders - {row["sourcedId"]} and row["sourcedId"] not in holders:
                self._say("SDS307", "advice", "classes", line)
            holders |= {row["sourcedId"]} if row["sourcedId"].strip() else {"?"}
            identifier = row["sourcedId"]
            if not identifier.strip() or identifier in seen or ("classes", identifier) in self.dropped:
                continue
            seen.add(identifier)
            held = {role for _, _, role in roles.get(identifier, [])}
            for code, lacking in (("SDS301", not held & OWNERS), ("SDS302", "student" not in held)):
                if lacking and held - set(listed) - set(doubted):
                    self.follow[code] += 1
                elif lacking:
                    self._say(code, "advice", "classes", line)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{8}", text) else None
    except ValueError:
        return None
