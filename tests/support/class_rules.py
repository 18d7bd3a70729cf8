"""The rules of section 10 of the contract that look at one set, group or pupil alone; see `class_oracle`."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from re import sub
from typing import Any

from tests.support.class_records import FORM, YEAR, Group, Pupil, Records, Set, Staff, number

Tables = Mapping[str, Any]
"""A profile as its file has it."""


def matches(pattern: str, teaching_set: Set) -> bool:
    """Match the whole of the code, where that is empty the name; `*` and `?`, nothing else is special."""
    matched = teaching_set.code or teaching_set.name
    return bool(matched) and fnmatchcase(matched.lower(), pattern.lower().replace("[", "[[]"))


def groups_of(records: Records, pupil: Pupil) -> list[Group]:
    """Return the groups that hold a pupil, those with the same id and year too."""
    found = _forms_of([group for group in records.groups if group.kind == FORM], pupil)
    for group in records.groups:
        if group.kind == YEAR:
            is_in = group.year == pupil.year
        else:
            house = {"academic-house": pupil.academic_house, "boarding-house": pupil.boarding_house}.get(group.kind)
            is_in = number(house or "") not in {"", "0"} and number(house or "") == number(group.id)
        found += [group] * is_in
    return found


def _forms_of(forms: list[Group], pupil: Pupil) -> list[Group]:
    """Of several forms with one id a pupil is in that of the pupil's own year."""
    if not pupil.form:
        return []
    named = [form for form in forms if form.id == pupil.form] or [form for form in forms if form.label == pupil.form]
    if len({(form.id, form.year) for form in named}) > 1:
        return [form for form in named if form.year == pupil.year]
    return named


def takes_year(part: Tables, year: str) -> bool:
    """Compare years as texts."""
    return year in map(str, part.get("year_groups", range(14)))


def named_sets(merge: Tables, sets: Iterable[Set]) -> list[Set]:
    """Return the sets that a merge names and that are there, in the order of its list."""
    found: list[Set] = []
    for name in merge["sets"]:
        if name.lower().startswith("id:"):
            found += [teaching_set for teaching_set in sets if teaching_set.id == name[3:]]
        else:
            found += [teaching_set for teaching_set in sets if teaching_set.code.lower() == name.lower()]
    return list(dict.fromkeys(found))


def set_values(teaching_set: Set, part: Tables) -> dict[str, str]:
    """Return what the placeholders of `title` and `class_id` mean."""
    return {
        "set_id": teaching_set.id,
        "set_code": teaching_set.code,
        "set_name": teaching_set.name,
        "year_group": teaching_set.year,
        "suffix": part.get("suffix", ""),
    }


def group_values(group: Group, part: Tables) -> dict[str, str]:
    """Return what the placeholders of [groups] mean."""
    return {
        "group_kind": group.kind,
        "group_id": group.id,
        "group_name": group.name,
        "group_code": group.code,
        "year_group": group.year,
        "suffix": part.get("suffix", ""),
    }


def same_group(group: Group) -> tuple[str, str, str]:
    """Return what two records of one group have in common: kind, id, of houses as a number, and year."""
    return group.kind, number(group.id) if group.kind not in {FORM, YEAR} else group.id, group.year


def safe(value: str) -> str:
    """Put `_` in place of each character other than `A-Z a-z 0-9 _ -`."""
    return sub("[^A-Za-z0-9_-]", "_", value)


def render(template: str, values: Mapping[str, str], change: Callable[[str], str] = str) -> str:
    """Put values, changed or as they are, in place of placeholders."""
    return sub(r"{(\w+)}", lambda found: change(values[found[1]]), template)


def rank(person: Pupil | Staff) -> tuple[bool, int, str]:
    """Put numbers by value before any text."""
    is_number = person.id.isdecimal()
    return (not is_number, int(person.id) if is_number else 0, person.id)
