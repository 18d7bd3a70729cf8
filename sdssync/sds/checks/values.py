"""Rules about one value that no data type says: usernames (R17), class ids (M03), class titles (M04)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sdssync.sds.findings import Severity
from sdssync.sds.schema import CLASSES, USERS


@dataclass(frozen=True, slots=True)
class ValueRule:
    """A rule about the values of one column, which are advice unless SDS creates the users."""

    code: str
    usual: Callable[[str], object]
    """A quick yes for nearly all values; a no means nothing yet, but for a blank value it must be no."""
    fault: Callable[[str], str]
    """What is wrong with a value that is not blank, "" when nothing is. Names limits and characters, not the value."""
    when_creating: Severity = Severity.ADVICE


def username_fault(value: str) -> str:
    """
    Say why a username cannot be a user principal name (R17; Microsoft 365, "prepare for directory synchronization").

    Why: no account has such a name, so the user matches nobody, or cannot be created.
    Bad: "jörg maier@myschool.example".
    Mend: use the user principal name of the account.
    """
    local, at, domain = value.rpartition("@")
    faults = (
        (not at, "the username has no @"),
        ("@" in local, "the username has more than one @"),
        (not local, "the username has nothing before the @"),
        (len(value) > 113, f"the username has {len(value)} characters, at most 113 are possible"),
        (len(local) > 64, f"the username has {len(local)} characters before the @, at most 64 are possible"),
        (len(domain) > 48, f"the username has {len(domain)} characters after the @, at most 48 are possible"),
        (any(map(str.isspace, value)), "the username holds a blank"),
        (not value.isascii(), "the username holds a letter with a diacritic, or another that is not ASCII"),
        (not _LOCAL(local), "the username holds a character before the @ that is not A-Z a-z 0-9 ' . - _ ! # ^ ~"),
        (local.endswith("."), "the username has a full stop before the @"),
        (not _DOMAIN(domain), "the username has no domain such as school.example after the @"),
        (domain.lower().endswith(".local"), "the domain of the username, .local, cannot be reached from outside"),
    )
    return next((reason for wrong, reason in faults if wrong), "")


_LOCAL = re.compile(r"[A-Za-z0-9'.\-_!#^~]+").fullmatch
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+").fullmatch
_USUAL_USERNAME = re.compile(
    r"(?!.{114})[A-Za-z0-9'.\-_!#^~]{0,63}[A-Za-z0-9'\-_!#^~]@(?!.{49})(?!.*\.local\Z)[a-z0-9-]+(\.[a-z0-9-]+)+"
).fullmatch


def class_id_fault(value: str) -> str:
    """
    Say why a class sourcedId cannot become a mail alias (M03).

    Why: the alias of the group is "Section_" and the id, at most 64 characters; some are not allowed there.
    Bad: "10A/Ma 1".
    Mend: build ids from letters, digits, _ and -.
    """
    kinds = (
        (any(map(str.isspace, value)), "a blank"),
        (not value.isascii(), "a character that is not ASCII"),
        (bool(_OTHER_SIGN(value)), "a sign"),
    )
    held = " and ".join(kind for found, kind in kinds if found)
    faults = (
        (len(value) > 56, f"the class id has {len(value)} characters, at most 56 are safe"),
        (bool(held), f"the class id holds {held}, only A-Z a-z 0-9 _ - are safe"),
    )
    return _joined(faults)


_OTHER_SIGN = re.compile(r"[!-,./:-@\[-^`{-~\x01-\x08\x0e-\x1b\x7f]").search
_USUAL_CLASS_ID = re.compile(r"[A-Za-z0-9_-]{1,56}").fullmatch


def class_title_fault(value: str) -> str:
    """
    Say why a class title cannot become the name of a team and its site (M04; Microsoft KB905231).

    Why: SharePoint refuses or changes such names, and the folders of the class are missing.
    Bad: "7A/Science".
    Mend: leave these characters out of the title.
    """
    forbidden = " ".join(sorted(set(value) & _FORBIDDEN))
    faults = (
        (len(value) > 256, f"the title has {len(value)} characters, at most 256 are possible"),
        (bool(forbidden), f"the title holds {forbidden}, which the name of a site or folder may not"),
        (value.startswith(("_", ".")), f"the title begins with {value[0]}, which the name of a site may not"),
        (value.endswith("."), "the title ends with a full stop, which the name of a site may not"),
        (".." in value, "the title holds two full stops together, which the name of a site may not"),
    )
    return _joined(faults)


_FORBIDDEN = frozenset('~#%&*{}+\\:<>?/|"')
_USUAL_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ()\[\],'!=-]{0,255}").fullmatch


def _joined(faults: tuple[tuple[bool, str], ...]) -> str:
    return "; ".join(reason for wrong, reason in faults if wrong)


VALUE_RULES: Mapping[tuple[str, str], ValueRule] = {
    (USERS, "username"): ValueRule("SDS217", _USUAL_USERNAME, username_fault, when_creating=Severity.ERROR),
    (CLASSES, "sourcedId"): ValueRule("SDS303", _USUAL_CLASS_ID, class_id_fault),
    (CLASSES, "title"): ValueRule("SDS304", _USUAL_TITLE, class_title_fault),
}
