"""
The effective profile: what of the settings and of a profile decides the rows of its set (contract, section 6).

No path, no expiry, no `[safety]` and no `[validate]`. Two texts that are equal mean the same rows from the same school.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sdssync.config.classes import ClassTables, GroupTables, Merge
from sdssync.config.profile import Profile
from sdssync.config.settings import SchoolIdentity
from sdssync.config.template import GROUP_PLACEHOLDERS, MERGE_PLACEHOLDERS, Template
from sdssync.school import GroupKind

_COMBINE, _CLASS_ID, _SUFFIX = "combine", "class_id", "suffix"
_MERGES, _GROUPS = "classes.merge", "groups"
_OPTIONAL = re.compile(r"(?P<part>|.*\.)(?:classes\.[a-z_]+|groups)")
"""
Keys that are there only if they say something else than their default: before there were any, profiles had the same
digests.
"""


@dataclass(frozen=True, slots=True)
class EffectiveProfile:
    """Each key that decides rows, like `year_groups` or, of a part, `Seniors.year_groups`, with its value as JSON."""

    keys: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Return the SHA-256 of keys and values."""
        return _sha256(json.dumps(dict(sorted(self.keys.items()))))

    def changed(self, other: "EffectiveProfile") -> tuple[str, ...]:
        """
        Return the keys whose values differ.

        A key that only one of them has is new in this version or belongs to a part, which `combine` names. Or it may
        be missing, because it says nothing.
        """
        both = self.keys.keys() & other.keys.keys()
        optional = {
            name
            for name in self.keys.keys() ^ other.keys.keys()
            if (match := _OPTIONAL.fullmatch(name)) and match["part"] + _SUFFIX in both
        }
        names = both | optional | {_COMBINE}
        return tuple(name for name in sorted(names) if self.keys.get(name) != other.keys.get(name))

    def class_ids(self) -> tuple[tuple[Template, str], ...]:
        """Return the template of class ids with the suffix, once for a profile or for each of its parts."""
        texts = dict.fromkeys(self._with_suffix(_CLASS_ID))
        return tuple((Template.parse(template), suffix) for template, suffix in texts)

    def merges(self) -> tuple[tuple[Merge, str], ...]:
        """Return the merges with the suffix."""
        return tuple(
            (
                Merge(
                    id=Template.parse(merged_id, MERGE_PLACEHOLDERS),
                    title=Template.parse(title, MERGE_PLACEHOLDERS),
                    sets=tuple(sets),
                ),
                suffix,
            )
            for merges, suffix in self._with_suffix(_MERGES)
            for merged_id, title, *sets in merges
        )

    def groups(self) -> tuple[tuple[GroupTables, str], ...]:
        """Return what the profile or its parts say about groups, with the suffix."""
        return tuple(
            (
                GroupTables(
                    kinds=frozenset(map(GroupKind, groups["kinds"])),
                    title=Template.parse(groups["title"], GROUP_PLACEHOLDERS),
                    class_id=Template.parse(groups["class_id"], GROUP_PLACEHOLDERS),
                ),
                suffix,
            )
            for groups, suffix in self._with_suffix(_GROUPS)
        )

    def _with_suffix(self, name: str) -> Iterator[tuple[Any, str]]:
        """Yield the value of a key of the profile, or of each of its parts, with the suffix."""
        for key, value in self.keys.items():
            part = key.removesuffix(name)
            if part != key and part + _SUFFIX in self.keys:
                yield json.loads(value), json.loads(self.keys[part + _SUFFIX])


def effective_profile(profile: Profile, identity: SchoolIdentity) -> EffectiveProfile:
    """Return the effective profile of a profile, a combined one with its parts as they are now."""
    keys: dict[str, object] = {f"school.{key}": getattr(identity, key) for key in ("id", "name", "type")}
    keys |= {"school.include_names": identity.include_names, "format": profile.format, "parity": profile.parity}
    if profile.combined:
        keys[_COMBINE] = [part.name for part in profile.combined]
        for part in profile.combined:
            keys |= {f"{part.name}.{key}": value for key, value in _of_rows(part)}
    else:
        keys |= dict(_of_rows(profile))
    return EffectiveProfile({key: json.dumps(value) for key, value in keys.items()})


def _of_rows(profile: Profile) -> Iterator[tuple[str, object]]:
    """Yield the keys of one part; the order of a list means nothing, and addresses are not kept as they are."""
    yield "year_groups", sorted(profile.year_groups)
    yield _SUFFIX, profile.suffix
    yield "title", str(profile.title)
    yield _CLASS_ID, str(profile.class_id)
    yield "subjects.include", None if profile.include is None else sorted(profile.include, key=int)
    yield "subjects.exclude", sorted(profile.exclude, key=int)
    yield "teachers.extra", sorted(_sha256(address.casefold()) for address in profile.extra_teachers)
    for key in ("id", "name", "type"):
        yield f"org.{key}", getattr(profile.org, key) if profile.org else None
    yield from _of_classes(profile.classes)
    if profile.groups:
        yield "groups", _of_groups(profile.groups)


def _of_classes(tables: ClassTables) -> Iterator[tuple[str, object]]:
    """Yield what `[classes]` says, but defaults; the case of patterns and codes means nothing."""
    patterns = {"exclude": tables.exclude, "include": tables.include}
    values: dict[str, object] = {key: sorted(map(str.casefold, texts)) for key, texts in patterns.items() if texts}
    values["merge"] = sorted(
        [str(merge.id), str(merge.title), *map(str.casefold, merge.sets)] for merge in tables.merges
    )
    values["min_pupils"] = tables.min_pupils if tables.min_pupils > 1 else None
    values["owners"] = "primary" if tables.primary_owners else None
    values["pupils_from"] = tables.pupils_from and str(tables.pupils_from)
    yield from ((f"classes.{key}", value) for key, value in values.items() if value)


def _of_groups(tables: GroupTables) -> Mapping[str, object]:
    """Return what `[groups]` says as one value."""
    return {"class_id": str(tables.class_id), "kinds": sorted(tables.kinds), "title": str(tables.title)}


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
