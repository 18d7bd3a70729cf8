"""Check values that no data type covers: usernames (R17), class ids (M03), class titles (M04)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sdssync.sds.findings import Severity
from sdssync.sds.near_values import blanks_of
from sdssync.sds.schema import CLASSES, USERS


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A rule about the values of one column; an offence is advice unless SDS creates the users."""

    code: str
    is_clean: Callable[[str], object]
    """A quick test that nearly all clean values pass; others need `fault`. A blank value never passes."""
    fault: Callable[[str], str]
    """Return what is wrong with a value that is not blank, or "". Names limits and characters, not the value."""
    when_creating: Severity = Severity.ADVICE


def username_fault(value: str) -> str:
    """Return why a username cannot be a user principal name (R17; "Prepare for directory synchronization")."""
    local, at, domain = value.rpartition("@")
    faults = (
        (not at, "the username has no @"),
        ("@" in local, "the username has more than one @"),
        (not local, "the username has nothing before the @"),
        (len(value) > 113, f"the username has {len(value)} characters, at most 113 are possible"),
        (len(local) > 64, f"the username has {len(local)} characters before the @, at most 64 are possible"),
        (len(domain) > 48, f"the username has {len(domain)} characters after the @, at most 48 are possible"),
        (value != value.strip(), f"the username has {blanks_of(value)}"),
        (any(map(str.isspace, value)), "the username holds a blank"),
        (not value.isascii(), "the username holds a letter with an accent, or another character that is not ASCII"),
        (not _LOCAL(local), "the username holds a character before the @ that is not A-Z a-z 0-9 ' . - _ ! # ^ ~"),
        (local.endswith("."), "the username has a full stop before the @"),
        (not _DOMAIN(domain), "the username has no domain such as school.example after the @"),
        (domain.lower().endswith(".local"), "the domain of the username, .local, cannot be reached from outside"),
    )
    return next((reason for wrong, reason in faults if wrong), "")


_LOCAL = re.compile(r"[A-Za-z0-9'.\-_!#^~]+").fullmatch
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+").fullmatch
_CLEAN_USERNAME = re.compile(
    r"(?!.{114})[A-Za-z0-9'.\-_!#^~]{0,63}[A-Za-z0-9'\-_!#^~]@(?!.{49})(?!.*\.local\Z)[a-z0-9-]+(\.[a-z0-9-]+)+"
).fullmatch


def class_id_fault(value: str) -> str:
    """Return why a class sourcedId cannot become a mail alias (M03)."""
    held_characters = (
        (any(map(str.isspace, value)), "a blank"),
        (not value.isascii(), "a character that is not ASCII"),
        (bool(_PUNCTUATION(value)), "punctuation"),
    )
    held = " and ".join(what for is_held, what in held_characters if is_held)
    faults = (
        (len(value) > 56, f"the class id has {len(value)} characters, at most 56 are safe"),
        (bool(held), f"the class id holds {held}, and only A-Z a-z 0-9 _ - are safe"),
    )
    return _joined(faults)


_PUNCTUATION = re.compile(r"[!-,./:-@\[-^`{-~\x01-\x08\x0e-\x1b\x7f]").search
_CLEAN_CLASS_ID = re.compile(r"[A-Za-z0-9_-]{1,56}").fullmatch


def class_title_fault(value: str) -> str:
    """Return why a class title cannot become the name of a team and its site (M04; Microsoft KB905231)."""
    forbidden = " ".join(sorted(set(value) & _FORBIDDEN))
    faults = (
        (len(value) > 256, f"the title has {len(value)} characters, at most 256 are possible"),
        (bool(forbidden), f"the title holds {forbidden}, which the name of a site or folder may not have"),
        (value.startswith(("_", ".")), f"the title begins with {value[0]}, which the name of a site may not have"),
        (value.endswith("."), "the title ends with a full stop, which the name of a site may not have"),
        (".." in value, "the title holds two full stops together, which the name of a site may not have"),
    )
    return _joined(faults)


_FORBIDDEN = frozenset('~#%&*{}+\\:<>?/|"')
_CLEAN_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ()\[\],'!=-]{0,255}").fullmatch


def _joined(faults: tuple[tuple[bool, str], ...]) -> str:
    return "; ".join(reason for wrong, reason in faults if wrong)


VALUE_RULES: Mapping[tuple[str, str], ValueRule] = {
    (USERS, "username"): ValueRule("SDS217", _CLEAN_USERNAME, username_fault, when_creating=Severity.ERROR),
    (CLASSES, "sourcedId"): ValueRule("SDS303", _CLEAN_CLASS_ID, class_id_fault),
    (CLASSES, "title"): ValueRule("SDS304", _CLEAN_TITLE, class_title_fault),
}
