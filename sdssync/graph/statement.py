"""
What SDS says of a validation that has ended, as values.

Apart from the requests, so that a run that hands nothing over does not load the HTTP libraries.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

MOST_ISSUES = 100
_LINE = re.compile(r"\b(?:line|row)\W{0,3}([1-9][0-9]{0,8})\b", re.IGNORECASE)
_FILE = re.compile(r"\b([A-Za-z]{3,30}\.csv)\b")


@dataclass(frozen=True, slots=True)
class Issue:
    """One error or warning of the validation."""

    code: str
    """Letters and digits."""
    file: str
    """A file name; "" if the issue names none."""
    line: int | None
    """In the file, if the issue names one."""
    text: str = field(repr=False)
    """Microsoft's words, which may quote a cell: for the screen, not for the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """How a validation ended."""

    status: str
    errors: tuple[Issue, ...]
    warnings: tuple[Issue, ...]
    files: tuple[str, ...]
    """The names of the files that SDS has validated, as far as it says."""

    @property
    def is_good(self) -> bool:
        """Return True if SDS takes the files."""
        return self.status == "succeeded" and not self.errors


def read_validation(status: str, content: Mapping[str, Any]) -> Validation:
    """Return the result of a validation as values; issues beyond the first hundred are left out."""
    files = content.get("validatedFiles")
    return Validation(
        status=status,
        errors=tuple(islice(_issues(content.get("errors")), MOST_ISSUES)),
        warnings=tuple(islice(_issues(content.get("warnings")), MOST_ISSUES)),
        files=tuple(name for name in (files if isinstance(files, list) else ()) if isinstance(name, str)),
    )


def _issues(found: object) -> Iterator[Issue]:
    """Yield the issues of a list; `details` may say more exactly which line is meant."""
    for item in found if isinstance(found, list) else ():
        if isinstance(item, dict):
            listed = item.get("details")
            details = [detail for detail in (listed if isinstance(listed, list) else ()) if isinstance(detail, dict)]
            yield from (_issue(detail, item) for detail in details or [item])
        else:
            yield Issue("unknown", "", None, "")


def _issue(item: Mapping[str, Any], whole: Mapping[str, Any]) -> Issue:
    target, text = (str(item.get(key) or whole.get(key) or "") for key in ("target", "message"))
    where = f"{target} {text}"
    file, line = _FILE.search(where), _LINE.search(where)
    code = word(item.get("code")) or word(whole.get("code")) or "unknown"
    return Issue(code, file[1] if file else "", int(line[1]) if line else None, text)


def word(value: object) -> str:
    """Return a code or a status, if it looks like one."""
    return value if isinstance(value, str) and re.fullmatch("[A-Za-z0-9_.]{1,80}", value) else ""
