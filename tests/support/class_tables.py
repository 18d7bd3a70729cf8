"""Random tables of profiles, valid by the contract: [classes], [[classes.merge]], [groups] and what goes with them."""

import random
from collections.abc import Sequence
from datetime import date
from typing import Any

from tests.support.class_schools import NO_DEPARTMENT, SUBJECTS, YEARS, RandomSchool

Tables = dict[str, Any]
_PATTERNS = ("*games*", "7*", "8*", "9?PE*", "*", "??n1", "[7]*", "*1", "7/MA1", "Tutorial", "*all", "8_Sc.1", "10??")


def random_profile(rng: random.Random, school: RandomSchool, years: Sequence[int] = ()) -> Tables:
    """Make a profile of these years, or of some."""
    tables: Tables = {"year_groups": [*years] or sorted(rng.sample(YEARS, rng.randint(1, 4)))}
    _add(rng, tables, "suffix", 0.7, "", "_26", " 26/27")
    _add(rng, tables, "title", 0.3, "{set_code}", "{set_name}{suffix}", "{year_group} {set_code}")
    _add(rng, tables, "class_id", 0.3, "{set_id}{suffix}", "S-{set_id}")
    if rng.random() < 0.3:
        tables["subjects"] = _subjects(rng)
    if rng.random() < 0.3:
        tables["teachers"] = {"extra": [rng.choice([*school.addresses, "head@school.example"])]}
    if rng.random() < 0.8:
        tables["classes"] = _classes(rng, school)
    if rng.random() < 0.8:
        tables["groups"] = random_groups(rng)
    return tables


def random_parts(rng: random.Random, school: RandomSchool) -> list[Tables]:
    """Make two parts of a combined profile, which may share a year, and ask for the same groups in the same words."""
    years = rng.sample(YEARS, len(YEARS))
    split = rng.randint(1, len(years) - 1)
    shared = years[:1] if rng.random() < 0.15 else []
    parts = [random_profile(rng, school, sorted(chosen)) for chosen in (years[:split], years[split:] + shared)]
    least = rng.randint(1, 3)
    groups, suffix = random_groups(rng), rng.choice(["", "_26"])
    are_alike, have_orgs = rng.random() < 0.6, rng.random() < 0.5
    for number, part in enumerate(parts):
        part.setdefault("classes", {"owners": "all"})["min_pupils"] = least
        if are_alike:
            part |= {"groups": groups, "suffix": suffix}
        if have_orgs and rng.random() < 0.8:
            part["org"] = {"id": f"8889999-{number}", "name": f"Part {number}"}
    return parts


def random_groups(rng: random.Random) -> Tables:
    """Make a table of groups that asks for something."""
    tables: Tables = {}
    while not tables:
        _add(rng, tables, "forms", 0.6, True)
        _add(rng, tables, "houses", 0.5, ["academic"], ["boarding"], ["boarding", "academic"])
        _add(rng, tables, "year_groups", 0.5, True)
    _add(
        rng,
        tables,
        "title",
        0.4,
        "{group_name} ({group_kind}){suffix}",
        "{group_code}",
        "{group_name}",
        "Y{year_group} {group_id}",
    )
    _add(
        rng,
        tables,
        "class_id",
        0.6,
        "{group_kind}-{year_group}-{group_id}{suffix}",
        "{group_kind}{group_name}-{year_group}",
        "{group_id}-{group_kind}{year_group}",
    )
    return tables


def wait_until(day: date, tables: Tables, rng: random.Random) -> Tables:
    """Return the tables with pupils who wait until this day for new classes, of which there are some more."""
    classes = {key: value for key, value in tables.get("classes", {}).items() if key not in {"exclude", "include"}}
    groups = {"groups": {"forms": True, "class_id": "{group_kind}-{year_group}-{group_id}{suffix}"}}
    added = groups if rng.random() < 0.5 and "groups" not in tables else {}
    return tables | added | {"classes": classes | {"pupils_from": day}}


def _classes(rng: random.Random, school: RandomSchool) -> Tables:
    tables: Tables = {"owners": rng.choice(["all", "primary"])}
    for key in ("exclude", "include"):
        if rng.random() < 0.4:
            tables[key] = rng.sample(_PATTERNS, rng.randint(1, 4))
    _add(rng, tables, "min_pupils", 0.4, 1, 2, 3, 5)
    merges = _merges(rng, school)
    if merges:
        tables["merge"] = merges
    return tables


def _merges(rng: random.Random, school: RandomSchool) -> list[Tables]:
    """Make merges of sets, each named once and without a wildcard; some are not there."""
    codes = [code for code in school.codes if not set("*?") & set(code)]
    names = [rng.choice([code, code.upper()]) for code in codes] + ["7/Gone", "id:404"]
    if rng.random() < 0.3:  # either codes or ids, so that no set is named by both
        names = [f"id:{set_id}" for set_id in school.set_ids] + ["7/Gone", "id:404"]
    rng.shuffle(names)
    found = []
    for number in range(rng.randint(0, 2)):
        sets, names = names[: rng.randint(2, 4)], names[4:]
        if len(sets) > 1:
            merge = {"sets": sets, "id": rng.choice([f"joint-{number}{{suffix}}", f"J{number}"])}
            _add(rng, merge, "title", 0.5, f"Joint {number}{{suffix}}", "All")
            found.append(merge)
    return found


def _subjects(rng: random.Random) -> Tables:
    known = [int(subject) for subject in (*SUBJECTS, NO_DEPARTMENT)]
    keys = rng.choice([["exclude"], ["include"], ["exclude", "include"]])
    return {key: sorted(rng.sample(known, rng.randint(1, 2))) for key in keys}


def _add(rng: random.Random, tables: Tables, key: str, chance: float, *values: Any) -> None:
    if rng.random() < chance:
        tables[key] = rng.choice(values)
